import Testing
import TollbookPolicy

// Focus: commands that print credentials, as people write them and as the ledger has them.
@Suite struct CredentialCommandTests {
    @Test(
        arguments: [
            (["/bin/token"], nil, "command:300s:[\"/bin/token\"]"),
            (["/bin/token", "--for", "a b"], "15m", "command:900s:[\"/bin/token\",\"--for\",\"a b\"]"),
            (["/bin/t", "", "\"\\,]"], "24h", "command:86400s:[\"/bin/t\",\"\",\"\\\"\\\\,]\"]"),
            (["/bin/t", "ü:[1]"], "1s", "command:1s:[\"/bin/t\",\"ü:[1]\"]"),
        ] as [([String], String?, String)])
    func readsBackWhatItWrites(_ arguments: [String], _ ttl: String?, _ source: String) throws {
        let command = try CredentialCommand(arguments, ttl: ttl)
        #expect(command.source == source)
        #expect(try CredentialSource.parse(source) == .command(command))
    }

    @Test(arguments: [
        "command:", "command:5m", "command:5m:", "command:5m:[]", "command:5m:[\"]", "command:5m:[\"/a\"",
        "command:5m:[\"/a\"]x", "command:5m:[\"/a\",]", "command:5m:[\"/a\"\"b\"]", "command:5m:[\"/a\\\"]",
        "command:0s:[\"/a\"]", "command:-1s:[\"/a\"]", "command:99999h:[\"/a\"]", "command:m:[\"/a\"]",
        "command:5m:[\"a\"]", "command:5m:[\"/a\",\"b\nc\"]", "command:5m:[\"/a\",\"sk-secret\"]",
    ])
    func refusesOthers(_ text: String) {
        #expect(throws: RuleViolation.self) { try CredentialSource.parse(text) }
    }

    @Test func repeatsNothingThatMayBeACredential() {
        let violation = #expect(throws: RuleViolation.self) {
            try CredentialCommand(["/bin/token", "--key=sk-secret"], ttl: nil)
        }
        #expect(violation.map { $0.problem.contains("secret") || $0.advice.contains("secret") } == false)
    }

    @Test func hasLimits() {
        let many = ["/bin/token"] + Array(repeating: "a", count: 64)
        #expect(throws: RuleViolation.self) { try CredentialCommand(many, ttl: nil) }
        let long = ["/bin/token", String(repeating: "a", count: 8_192)]
        #expect(throws: RuleViolation.self) { try CredentialCommand(long, ttl: nil) }
    }
}
