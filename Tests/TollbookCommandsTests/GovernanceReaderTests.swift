import Foundation
import Testing
import TollbookCommands
import TollbookCore
import TollbookPolicy
import TollbookTesting

// Focus: every error of a governance file names the line and what to write instead.
@Suite struct GovernanceReaderTests {
    /// What reading a text comes to: each problem as `LINE:COLUMN: message. Hint.`
    static func problems(_ text: String) -> [String] {
        do {
            _ = try GovernanceFiles.read(text: text, file: "f")
            return []
        } catch {
            return error.problems.map { String($0.description.dropFirst(2)) }
        }
    }

    static func readable(_ lines: String...) -> String {
        "version: 1\n" + lines.joined(separator: "\n") + "\n"
    }

    @Test func readsTheDesignsExample() throws {
        let document = try GovernanceFiles.read(text: Samples.design, file: "f")
        let project = try #require(document.organizations.first?.teams.first?.projects.first)
        #expect(project.applications.map(\.name) == ["web", "batch"])
        #expect(project.regions == ["eu"])
        #expect(project.location?.line == 8)
        #expect(document.budgets.first?.limit == "25.00 USD")
        #expect(document.rateLimits.first?.quotas[RateQuota.Kind(.tokens, .minute)] == 200_000)
        #expect(document.providers.first?.credentials.first?.source == "env:OPENAI_API_KEY")
        #expect(document.routes.first?.targets == ["mini-eu", "mini-us"])
        #expect(document.prices.first?.effectiveFrom == "2026-01-01")
        #expect(document.prices.first?.perMillion["cache_read"] == "0.075")
    }

    @Test func readsTheDemo() throws {
        let document = try GovernanceFiles.read(text: DemoGovernance.yaml, file: "demo.yaml")
        #expect(document.manager == "demo")
        #expect(document.routes.map(\.name) == ["gpt-4o-mini", "gpt-4o"])
    }

    @Test func readsJSON() throws {
        let document = try GovernanceFiles.read(
            text: "{\"version\": 1,\n\t\"organizations\": [{\"name\": \"acme\", \"teams\": null}]}", file: "f.json")
        #expect(document.organizations.first?.name == "acme")
    }

    @Test(arguments: BadDocument.all)
    func tellsLineAndRemedy(_ bad: BadDocument) {
        #expect(Self.problems(bad.text).first == bad.problem)
    }

    @Test func tellsSeveralProblemsInOrder() {
        let text = Self.readable(
            "budgets:", "  - {scope: project/a, limit: 25, period: weekly}", "routes:", "  - {name: x}",
            "organisations: []")
        #expect(
            Self.problems(text) == [
                "3:31: '25' is no amount of money. Write \"25 USD\".",
                "3:43: 'weekly' is no period. Write week.",
                "5:5: the route has no targets. Write targets: [DEPLOYMENT].",
                "6:1: the file has an unknown key 'organisations'. Write organizations.",
            ])
    }

    @Test func tellsAtMostTwentyProblems() {
        let entries = (0..<30).map { "  - {name: r\($0)}" }.joined(separator: "\n")
        let text = Self.readable("routes:", entries)
        do {
            _ = try GovernanceFiles.read(text: text, file: "f")
            Issue.record("read what is wrong")
        } catch {
            #expect(error.problems.count == 20)
            #expect(error.untold == 10)
            #expect(error.description.hasSuffix("and 10 more"))
        }
    }

    @Test(arguments: [
        "sk-proj-AbCdEf0123456789", "env:sk-AbCdEf0123456789", "AbCdEf0123456789AbCdEf0123456789", "hunter2",
        "file:relative/AbCdEf0123456789", "env:ghp_AbCdEf0123456789AbCdEf0123456789",
    ])
    func neverRepeatsWhatMayBeACredential(_ secret: String) {
        let single = Self.readable("providers:", "  - {name: p, dialect: simulated, credential: \"\(secret)\"}")
        let named = Self.readable(
            "providers:", "  - name: p", "    dialect: simulated", "    credentials:",
            "      - {name: c, source: \"\(secret)\"}")
        for problems in [Self.problems(single), Self.problems(named)] {
            #expect(problems.count == 1)
            #expect(!problems.joined().contains("0123456789"))
            #expect(!problems.joined().contains("hunter2"))
        }
    }

    @Test func refusesAliasesThatStandForTooMuch() {
        var lines = ["a0: &a0 [xxxxxxxxxx]"]
        for level in 1...40 { lines.append("a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]") }
        lines.append("? *a40\n: 1")
        let problems = Self.problems(Self.readable(lines.joined(separator: "\n")))
        #expect(problems == ["1:1: the aliases stand for more than 16 MiB. Write the values out."])
    }

    @Test func readsOrdinaryAliases() throws {
        var lines = ["organizations:", "  - name: acme", "    teams:", "      - name: t", "        projects:"]
        lines.append("          - {name: p0, regions: &eu [eu, uk]}")
        for number in 1..<60 { lines.append("          - {name: p\(number), regions: *eu}") }
        let document = try GovernanceFiles.read(text: Self.readable(lines.joined(separator: "\n")), file: "f")
        #expect(document.organizations[0].teams[0].projects.allSatisfy { $0.regions == ["eu", "uk"] })
    }

    @Test func refusesDeepNesting() {
        let text = Self.readable("routes: " + String(repeating: "[", count: 100_000))
        #expect(Self.problems(text).first?.contains("this is no YAML") == true)
    }

    @Test func refusesBytesThatAreNoUTF8() {
        let bytes = Array("version: 1\nmanager: é".utf8) + [0xC3, 0x28]
        do {
            _ = try GovernanceReader.read(bytes, file: "f")
            Issue.record("read what is no UTF-8")
        } catch {
            #expect(error.description == "f:2:11: the text is not UTF-8. Save the file as UTF-8.")
        }
    }

    @Test func refusesTooMuch() {
        let bytes = [UInt8](repeating: UInt8(ascii: "#"), count: YAMLText.maximumBytes + 1)
        do {
            _ = try GovernanceReader.read(bytes, file: "f")
            Issue.record("read too much")
        } catch {
            #expect(error.description.contains("over 4 MiB"))
        }
    }

    /// Cuts and changes bytes of a sound file: whatever comes of it, the reader answers with places, not with a trap.
    @Test func survivesDamagedFiles() {
        var generator = SystemRandomNumberGenerator()
        let sound = Array(Samples.design.utf8)
        let interesting = Array("{}[]:,-&*!|>'\"#%@`? \n\t\\".utf8) + [0, 0x7F, 0xC3, 0xFF]
        for _ in 0..<1_500 {
            var bytes = sound
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes.removeSubrange(place...min(place + 8, bytes.count - 1))
                case 1: bytes[place] = interesting.randomElement(using: &generator) ?? 0
                default: bytes.insert(interesting.randomElement(using: &generator) ?? 0, at: place)
                }
            }
            do {
                let (document, problems) = try GovernanceReader.read(bytes, file: "f")
                #expect(problems.allSatisfy { $0.location != nil })
                #expect(document.organizations.count <= 1)
            } catch {
                #expect(error.problems.allSatisfy { $0.location != nil }, "\(error)")
            }
        }
    }

    @Test func readsTheFilesOfADirectoryInOrder() throws {
        let directory = try TemporaryDirectory()
        func write(_ name: String, _ text: String) throws {
            try Data(text.utf8).write(to: URL(fileURLWithPath: directory.path + "/" + name))
        }
        try write("b.yml", "version: 1\nroutes: [{name: b, targets: [d]}]")
        try write("a.yaml", "version: 1\nmanager: m\nroutes: [{name: a, targets: [d]}]")
        try write("c.json", "{\"version\": 1, \"routes\": [{\"name\": \"c\", \"targets\": [\"d\"]}]}")
        try write(".d.yaml", "not read")
        try write("e.txt", "not read")
        let document = try GovernanceFiles.read(path: directory.path)
        #expect(document.manager == "m")
        #expect(document.routes.map(\.name) == ["a", "b", "c"])
        try write("f.yaml", "version: 1\nroutes: [{name: a, targets: [d]}]")
        let error = #expect(throws: GovernanceDocumentError.self) { try GovernanceFiles.read(path: directory.path) }
        #expect(error?.problems.map(\.location?.description) == ["\(directory.path)/f.yaml:2:17"])
        #expect(error?.description.contains("(the first is at \(directory.path)/a.yaml:3:10)") == true)
    }

    @Test func tellsWhatCannotBeRead() throws {
        let directory = try TemporaryDirectory()
        let missing = #expect(throws: TollbookError.self) { try GovernanceFiles.read(path: directory.path + "/none") }
        #expect(missing?.code.rawValue == "governance_unreadable")
        let empty = #expect(throws: TollbookError.self) { try GovernanceFiles.read(path: directory.path) }
        #expect(empty?.code.rawValue == "governance_unreadable")
    }

    @Test func keepsPlacesThroughJSON() throws {
        let document = try GovernanceFiles.read(text: Samples.design, file: "f")
        let decoded = try JSONDecoder().decode(GovernanceDocument.self, from: JSONEncoder().encode(document))
        #expect(decoded == document)
        #expect(decoded.budgets.first?.location?.of("limit").description == "f:13:37")
    }
}
