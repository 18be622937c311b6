import Testing
import TollbookCore
import TollbookPolicy

// Focus: the table of presets, and what a provider is made of with one.
@Suite struct ProviderPresetTests {
    private static func provider(_ dialect: String, preset: String?) -> ProviderRecord {
        ProviderRecord(
            id: 1, version: 1, name: "p", dialect: dialect, baseURL: "https://a.example",
            settings: preset.map { [.preset: $0] } ?? [:])
    }

    @Test func namesAreInOrderAndTheirOwn() {
        let names = ProviderPreset.all.map(\.name)
        #expect(names == Set(names).sorted())
        #expect(names.count >= 15)
    }

    @Test(arguments: ProviderPreset.all.map(\.name)) func addressesAreThoseOfProviders(_ name: String) throws {
        let preset = try ProviderPreset.parse(name)
        // Every resource of Azure's has its own.
        #expect((preset.baseURL == nil) == (name == "azure"))
        if let address = preset.baseURL { #expect(try ProviderAddress.parse(address) == address) }
        #expect(!preset.sources.isEmpty)
        for endpoint in preset.endpoints ?? [] { #expect(preset.dialect.service(of: endpoint) == .native) }
    }

    @Test(arguments: [
        ("grok", "Write groq, or give dialect and base_url instead."),
        ("ollma", "Write ollama, or give dialect and base_url instead."),
    ]) func tellsTheNearestName(_ text: String, _ advice: String) {
        let violation = #expect(throws: RuleViolation.self) { try ProviderPreset.parse(text) }
        #expect(violation?.problem == "'\(text)' is no preset")
        #expect(violation?.advice == advice)
    }

    @Test func aProviderServesWhatItsPresetServes() {
        let plain = Self.provider("openai", preset: nil)
        #expect(plain.service(of: .chatCompletions) == .native && plain.service(of: .embeddings) == .native)
        #expect(plain.service(of: .messages) == .translated(.chatCompletions))
        #expect(plain.fieldRules == .standard)
        let mistral = Self.provider("openai", preset: "mistral")
        #expect(mistral.service(of: .chatCompletions) == .native && mistral.service(of: .embeddings) == .native)
        #expect(mistral.service(of: .completions) == nil)
        #expect(mistral.service(of: .messages) == .translated(.chatCompletions))
        #expect(mistral.service(of: .countTokens) == .estimated)
        #expect(plain.service(of: .responses) == .native && plain.service(of: .responsesInputTokens) == .native)
        #expect(mistral.service(of: .responses) == .translated(.chatCompletions))
        #expect(mistral.service(of: .responsesInputTokens) == .estimated)
        let deepseek = Self.provider("openai", preset: "deepseek")
        #expect(
            deepseek.service(of: .responses) == .native && deepseek.service(of: .responsesInputTokens) == .estimated)
        #expect(!mistral.fieldRules.takesStreamOptions && !mistral.fieldRules.takesMaxCompletionTokens)
        #expect(plain.fieldRules.chat.isEmpty && mistral.fieldRules.chat.isSuperset(of: [.noUser, .nineLetters]))
    }

    @Test func aPresetSaysNothingOfAnotherDialect() {
        let record = Self.provider("anthropic", preset: "mistral")
        #expect(record.service(of: .messages) == .native)
        #expect(record.service(of: .chatCompletions) == .translated(.messages))
        #expect(record.service(of: .responses) == .translated(.messages))
        #expect(record.fieldRules == .standard)
    }

    @Test func anUnknownPresetOfALaterVersionIsLeftAside() {
        let record = Self.provider("openai", preset: "of-tomorrow")
        #expect(record.service(of: .chatCompletions) == .native && record.fieldRules == .standard)
    }

    @Test func whatIsWrittenWins() {
        var entry = ProviderEntry(name: "p", dialect: nil)
        entry.preset = "groq"
        #expect(entry.effectiveDialect == "openai")
        #expect(entry.effectiveBaseURL == "https://api.groq.com/openai/v1")
        entry.baseURL = "https://proxy.example/v1"
        #expect(entry.effectiveBaseURL == "https://proxy.example/v1")
        entry.baseURL = nil
        entry.dialect = "anthropic"
        #expect(entry.effectiveDialect == "anthropic")
        #expect(entry.effectiveBaseURL == nil)
    }
}
