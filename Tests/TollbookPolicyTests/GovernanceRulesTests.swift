import Testing
import TollbookCore
import TollbookPolicy

// Focus: the rules for single values of governance documents, at their edges.
@Suite struct GovernanceRulesTests {
    @Test(
        arguments: [
            ("1970-01-01", 0), ("1970-01-02", 86_400_000_000), ("2000-02-29", 951_782_400_000_000),
            ("2026-01-01", 1_767_225_600_000_000), ("9999-12-31", 253_402_214_400_000_000),
            ("2026-01-01T00:00:01Z", 1_767_225_601_000_000), ("2026-01-01T08:30:00.25Z", 1_767_256_200_250_000),
            ("2026-01-01t08:30:00.000001+00:00", 1_767_256_200_000_001),
        ] as [(String, Int64)])
    func readsTimes(_ text: String, _ micros: Int64) {
        #expect(UTCTime.parse(text) == micros)
    }

    @Test(arguments: [
        "", "2026", "2026-1-1", "2026-13-01", "2026-00-01", "2026-01-00", "2025-02-29", "1900-02-29", "1969-12-31",
        "2026-01-01T", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T23:59:60Z", "2026-01-01T00:00:00",
        "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00.1234567Z", "2026-01-01T00:00:00+01:00", "2026-01-01X00:00:00Z",
        "２０２６-01-01",
    ])
    func refusesWhatIsNoTime(_ text: String) {
        #expect(UTCTime.parse(text) == nil)
    }

    @Test func writesTimesThatReadBack() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            let micros = Int64.random(in: 0..<253_402_300_800_000_000, using: &generator)
            #expect(UTCTime.parse(UTCTime.text(micros: micros)) == micros)
            let day = micros - micros % 86_400_000_000
            #expect(UTCTime.text(micros: day).utf8.count == 10)
            #expect(UTCTime.parse(UTCTime.text(micros: day)) == day)
        }
    }

    @Test(
        arguments: [
            ("25.00 USD", 25_000_000_000), ("0 USD", 0), ("0.000000001 USD", 1),
            ("9223372036 USD", 9_223_372_036_000_000_000),
        ] as [(String, Int64)])
    func readsMoney(_ text: String, _ nano: Int64) throws {
        #expect(try MoneyText.parse(text).nano == nano)
    }

    @Test(arguments: [
        ("$25", "Write \"25 USD\"."), ("25", "Write \"25 USD\"."), ("25,5", "Write \"25.5 USD\"."),
        ("1,000.00 USD", "Write \"25.00 USD\"."), ("25.00  USD", "Write \"25.00 USD\"."),
        ("-0 USD", "Write \"0 USD\"."),
        ("25 usd", "Write \"25 USD\"."), ("1e3 USD", "Write \"25.00 USD\"."), ("1,000", "Write \"25.00 USD\"."),
        ("", "Write \"25.00 USD\"."),
        ("0.0000000001 USD", "Write \"25.00 USD\"."), ("9223372037 USD", "Write \"25.00 USD\"."),
    ])
    func saysHowMoneyIsWritten(_ text: String, _ advice: String) {
        let violation = #expect(throws: RuleViolation.self) { try MoneyText.parse(text) }
        #expect(violation?.advice == advice)
    }

    @Test func writesMoneyShort() {
        #expect(MoneyText.text(NanoAmount(nano: 25_000_000_000), currency: "USD") == "25.00 USD")
        #expect(MoneyText.text(NanoAmount(nano: 1_234_500_000), currency: "USD") == "1.2345 USD")
        #expect(MoneyText.text(.zero, currency: "USD") == "0.00 USD")
        #expect(MoneyText.perMillionText(PicoPrice(picoPerUnit: 75_000)) == "0.075")
        #expect(MoneyText.perMillionText(PicoPrice(picoPerUnit: 10_000_000)) == "10.00")
    }

    @Test(arguments: ["a", "ranking", "gpt-4o:free", "日本", "a b", String(repeating: "x", count: 128), "a'b", "👩‍💻"])
    func acceptsNames(_ name: String) {
        #expect(ObjectName.violation(in: name, allowsSlash: false) == nil)
    }

    @Test(arguments: [
        "", " ", " a", "a ", "a\u{A0}", "=a", "+a", "-a", "@a", "a\nb", "a\tb", "\u{0}", "a\u{85}b", "a\u{2028}b",
        "a\u{202E}b",
        "a\u{2066}b", "a/b", String(repeating: "x", count: 129), String(repeating: "é", count: 65),
    ])
    func refusesNames(_ name: String) {
        #expect(ObjectName.violation(in: name, allowsSlash: false) != nil)
    }

    @Test func acceptsSlashesOnlyOutsidePaths() {
        #expect(ObjectName.violation(in: "meta/llama", allowsSlash: true) == nil)
        #expect(ObjectName.violation(in: "meta/llama", allowsSlash: false)?.advice == "Write 'meta-llama'.")
    }

    @Test(arguments: [
        ("none", CredentialSource.none), ("env:OPENAI_API_KEY", .environment("OPENAI_API_KEY")),
        ("env:_x9", .environment("_x9")),
        ("file:/etc/tollbook/key", .file("/etc/tollbook/key")),
    ])
    func readsCredentialSources(_ text: String, _ source: CredentialSource) throws {
        #expect(try CredentialSource.parse(text) == source)
    }

    @Test(arguments: [
        "", "env:", "env:9A", "env:A-B", "env:A B", "file:", "file:key", "file://etc/key", "file:/a\nb", "None",
        "vault:x", "NONE ",
    ])
    func refusesOtherCredentialSources(_ text: String) {
        let violation = #expect(throws: RuleViolation.self) { try CredentialSource.parse(text) }
        let told = violation.map { $0.problem + " " + $0.advice } ?? ""
        // The bare beginnings hold no secret and are part of the advice.
        #expect(["", "env:", "file:"].contains(text) || !told.contains(text))
    }

    @Test(arguments: [
        ("https://api.openai.com/v1", "https://api.openai.com/v1"), ("http://127.0.0.1:9/", "http://127.0.0.1:9"),
        ("https://[::1]:8443/v1//", "https://[::1]:8443/v1"), ("http://h", "http://h"),
    ])
    func readsAddresses(_ text: String, _ address: String) throws {
        #expect(try ProviderAddress.parse(text) == address)
    }

    @Test(arguments: [
        "", "api.openai.com", "ftp://h", "https://", "https:///v1", "https://:80", "https://u@h", "https://u:p@h/v1",
        "https://h/v1?k=v",
        "https://h/#x", "https://h h", "https://h:", "https://h:x", "https://h:65536", "https://h:-1", "https://[::1",
        "https://bücher.example",
        "https://h\\@evil", "HTTPS://h", "https://[]",
    ])
    func refusesAddresses(_ text: String) {
        #expect(throws: RuleViolation.self) { try ProviderAddress.parse(text) }
    }

    @Test(arguments: [
        ("project/ranking", ["ranking"]), ("project/acme/search/ranking", ["acme", "search", "ranking"]),
        ("team/acme/search", ["acme", "search"]),
        ("application/ranking/web", ["ranking", "web"]), ("key/ci", ["ci"]), ("organization/acme", ["acme"]),
        ("user/anna", ["anna"]), ("tag/team=a", ["team=a"]), ("model/meta/llama-3", ["meta/llama-3"]),
        ("end_user/x", ["x"]), ("route/a/b", ["a/b"]), ("provider/up", ["up"]),
    ])
    func readsScopes(_ text: String, _ names: [String]) throws {
        let path = try ScopePath.parse(text)
        #expect(path.names == names)
        #expect(path.text == text)
    }

    @Test(arguments: [
        "", "/", "project", "project/", "project//a", "project/a/b/c/d", "organization/a/b", "application/web",
        "user", "tag/team", "tag/=a", "tag/a=b,c=d", "model/", "end_user", "Project/a", "team/a/b/c",
    ])
    func refusesScopes(_ text: String) {
        #expect(throws: RuleViolation.self) { try ScopePath.parse(text) }
    }

    @Test func suggestsOnlyWhatIsNear() {
        #expect(Suggestion.nearest(to: "budgest", in: ["budgets", "routes"]) == "budgets")
        #expect(Suggestion.nearest(to: "ROUTES", in: ["budgets", "routes"]) == "routes")
        #expect(Suggestion.nearest(to: "guardrail", in: ["budgets", "routes"]) == nil)
        #expect(Suggestion.nearest(to: "", in: ["ab"]) == nil)
    }

    @Test func joinsTheFilesOfADirectory() throws {
        var first = GovernanceDocument()
        var acme = OrganizationEntry(name: "acme")
        acme.timeZone = "UTC"
        acme.teams = [TeamEntry(name: "search")]
        first.organizations = [acme]
        var second = GovernanceDocument()
        acme.timeZone = "Europe/Berlin"
        acme.teams = [TeamEntry(name: "ads"), TeamEntry(name: "search")]
        acme.teams[1].projects = [ProjectEntry(name: "ranking")]
        second.organizations = [acme, OrganizationEntry(name: "umbrella")]
        let problems = first.merge(second)
        #expect(problems.map(\.message) == ["the organization 'acme' has the time zone 'UTC' elsewhere"])
        #expect(first.organizations.map(\.name) == ["acme", "umbrella"])
        #expect(first.organizations[0].teams.map(\.name) == ["search", "ads"])
        #expect(first.organizations[0].teams[0].projects.map(\.name) == ["ranking"])
    }
}
