import SQLite
import Testing
import TollbookCore
import TollbookLedger
import TollbookPolicy

// Focus: settings of providers as governed objects of their own.
@Suite struct ProviderSettingTests {
    private static func file(_ provider: String) -> String {
        """
        "providers": [{"name": "up", \(provider)}],
        "deployments": [{"name": "d", "provider": "up", "model": "m"}], "routes": [{"name": "r", "targets": ["d"]}]
        """
    }

    private func provider(_ lab: GovernanceLab) throws -> ProviderRecord {
        try #require(lab.ledger.snapshot.routes["r"]?.targets.first?.provider)
    }

    @Test func aPresetGivesDialectAndAddress() async throws {
        let lab = try GovernanceLab()
        let receipt = try await lab.apply(
            Self.file(#""preset": "mistral", "credentials": [{"name": "default", "source": "none"}]"#))
        #expect(
            receipt.text.hasPrefix(
                """
                create provider up
                  dialect: openai
                  base_url: https://api.mistral.ai/v1
                create provider setting up/preset
                  value: mistral

                """))
        let record = try provider(lab)
        #expect(record.baseURL == "https://api.mistral.ai/v1" && record.dialect == "openai")
        #expect(!record.fieldRules.takesStreamOptions && record.service(of: .completions) == nil)
        #expect(try lab.rows("SELECT name, value FROM provider_setting") == [[.text("preset"), .text("mistral")]])
    }

    @Test func appliedAgainMakesNoRevision() async throws {
        let lab = try GovernanceLab()
        let file = Self.file(#""preset": "ollama""#)
        let first = try await lab.apply(file)
        let second = try await lab.apply(file)
        #expect(second.isEmpty && second.revision == first.revision)
    }

    @Test func whatIsLeftOutIsSetToNothing() async throws {
        let lab = try GovernanceLab()
        try await lab.apply(Self.file(#""preset": "ollama""#))
        let before = try provider(lab)
        let plain = Self.file(
            #""dialect": "openai", "base_url": "http://localhost:11434/v1", "#
                + #""credentials": [{"name": "default", "source": "none"}]"#)
        let receipt = try await lab.apply(plain)
        #expect(
            receipt.text.hasPrefix(
                """
                update provider setting up/preset
                  value: ollama -> none

                """))
        let after = try provider(lab)
        // The connections to it must be made anew.
        #expect(after.version == receipt.revision && after.version > before.version)
        #expect(after.fieldRules == .standard && after.service(of: .completions) == .native)
        #expect(try lab.rows("SELECT value FROM provider_setting") == [[.null]])
        #expect(try await lab.apply(plain).isEmpty)
        #expect(try lab.count("provider_setting_version") == 2)
    }

    @Test func settingsAreClosedWithTheirProvider() async throws {
        let lab = try GovernanceLab()
        try await lab.apply(#""providers": [{"name": "up", "preset": "ollama"}]"#)
        try await lab.apply(#""providers": []"#, prune: true)
        #expect(try lab.rows("SELECT count(*) FROM provider_setting WHERE closed = 0") == [[.integer(0)]])
        try await lab.apply(#""providers": [{"name": "up", "preset": "vllm"}]"#)
        #expect(
            try lab.rows("SELECT value FROM provider_setting WHERE closed = 0") == [[.text("vllm")]])
    }
}
