import NIOCore
import Testing
import TollbookWire

/// What Claude's models are told of thinking and sampling goes by their version, in whatever form the name tells it.
@Suite struct ClaudeModelTests {
    private static let hello = #""messages":[{"role":"user","content":"hi"}]"#

    private static let helloBlocks = #""messages":[{"role":"user","content":[{"text":"hi"}]}]"#

    private static func translate(
        _ members: String, _ model: String, from source: ConversationDialect = .openAIChat,
        to target: ConversationDialect = .anthropicMessages
    ) throws -> TranslatedRequest {
        try RequestTranslator.translate(
            ByteBuffer(string: "{\(members),\(source == .bedrockConverse ? helloBlocks : hello)}"), from: source,
            to: target,
            TranslationOptions(model: model, defaultMaxOutputTokens: 8_192))
    }

    /// The members that say how to think and sample; what is left out is named by the translation itself.
    private static func settings(_ request: TranslatedRequest) -> [String: String] {
        let view = try? JSONView(request.body)
        let names = ["thinking", "output_config", "temperature", "top_p", "top_k"]
        var settings: [String: String] = [:]
        for (name, value) in view?.members ?? JSONView.none.members where names.contains(name.string) {
            settings[name.string] = value.bytes.text
        }
        return settings
    }

    private static let budget = #"{"type":"enabled","budget_tokens":8191}"#
    private static let adaptive = #"{"type":"adaptive"}"#

    @Test(
        arguments: [
            ("claude-2.1", nil, nil), ("claude-instant-1.2", nil, nil), ("claude-v2:1", nil, nil),
            ("claude-3-haiku-20240307", nil, nil), ("claude-3-5-sonnet-20241022", nil, nil),
            ("claude-3.5-haiku", nil, nil), ("claude-3-5-haiku-latest", nil, nil),
            ("claude-3-7-sonnet-20250219", budget, nil), ("claude-3-7-sonnet@20250219", budget, nil),
            ("claude-sonnet-4-20250514", budget, nil), ("claude-sonnet-4@20250514", budget, nil),
            ("claude-opus-4-1-20250805", budget, nil), ("anthropic.claude-opus-4-1-20250805-v1:0", budget, nil),
            ("claude-sonnet-4-5", budget, nil), ("anthropic/claude-haiku-4.5", budget, nil),
            ("claude-opus-4-5-20251101", budget, nil), ("claude-sonnet-4-6", adaptive, "high"),
            ("claude-4.6-sonnet-20260217", adaptive, "high"), ("us.anthropic.claude-opus-4-6-v1", adaptive, "high"),
            ("claude-opus-4-7", adaptive, "xhigh"), ("claude-opus-5", adaptive, "xhigh"),
            ("claude-fable-5-1", adaptive, "xhigh"), ("claude-mythos-preview", adaptive, "xhigh"),
            ("claude-sonnet-5@20260630", adaptive, "xhigh"),
            // Other makers' models.
            ("MiniMax-M2", budget, nil), ("served", budget, nil),
        ] as [(String, String?, String?)])
    func anEffortBecomesWhatTheModelTakes(_ model: String, _ thinking: String?, _ effort: String?) throws {
        let request = try Self.translate(#""model":"m","reasoning_effort":"xhigh""#, model)
        let settings = Self.settings(request)
        #expect(settings["thinking"] == thinking)
        #expect(settings["output_config"] == effort.map { #"{"effort":"\#($0)"}"# })
        #expect(request.notes.dropped.names == (thinking == nil ? ["reasoning_effort"] : []))
    }

    @Test(
        arguments: [
            ("claude-sonnet-4-0", ["temperature": "1", "top_p": "0.5"], []),
            ("claude-opus-4-1", ["temperature": "1"], ["top_p"]),
            ("claude-sonnet-4-6", ["temperature": "1"], ["top_p"]),
            ("claude-opus-4-7", [:], ["temperature", "top_p"]), ("claude-sonnet-5", [:], ["temperature", "top_p"]),
            ("served", ["temperature": "1", "top_p": "0.5"], []),
        ] as [(String, [String: String], [String])])
    func samplingIsKeptFromModelsThatRefuseIt(
        _ model: String, _ expected: [String: String], _ dropped: [String]
    ) throws {
        let request = try Self.translate(#""model":"m","temperature":1.5,"top_p":0.5"#, model)
        #expect(Self.settings(request) == expected)
        #expect(request.notes.dropped.names == dropped)
    }

    @Test(
        arguments: [
            ("claude-sonnet-4-5", #"{"type":"disabled"}"#, []), ("claude-opus-5", #"{"type":"disabled"}"#, []),
            ("claude-haiku-5-5", #"{"type":"disabled"}"#, []), ("claude-opus-5-5", nil, ["reasoning_effort"]),
            ("claude-opus-4-7", nil, []), ("claude-2.1", nil, []),
            ("claude-fable-5", nil, ["reasoning_effort"]), ("claude-mythos-preview", nil, ["reasoning_effort"]),
        ] as [(String, String?, [String])])
    func aModelIsToldNotToThinkWhereThatCanBeSaid(_ model: String, _ thinking: String?, _ dropped: [String]) throws {
        let request = try Self.translate(#""model":"m","reasoning_effort":"none""#, model)
        #expect(Self.settings(request)["thinking"] == thinking)
        #expect(request.notes.dropped.names == dropped)
    }

    @Test func aModelThatThinksTakesNoSampling() throws {
        let request = try Self.translate(
            #""model":"m","temperature":0.2,"top_p":0.5,"reasoning_effort":"low""#, "claude-sonnet-4-6")
        #expect(Self.settings(request) == ["thinking": Self.adaptive, "output_config": #"{"effort":"low"}"#])
        #expect(request.notes.dropped.names == ["temperature", "top_p"])
        let topK = try Self.translate(
            #""inferenceConfig":{"topP":0.5},"additionalModelRequestFields":{"top_k":5,"thinking":{"type":"enabled","#
                + #""budget_tokens":2000}}"#, "claude-sonnet-4-6", from: .bedrockConverse)
        #expect(Self.settings(topK) == ["thinking": #"{"type":"enabled","budget_tokens":2000}"#])
        #expect(topK.notes.dropped.names == ["additionalModelRequestFields.top_k", "inferenceConfig.topP"])
    }

    @Test func aBudgetStaysWithinTheMaximum() throws {
        let small = try Self.translate(
            #""model":"m","max_tokens":900,"reasoning_effort":"low""#, "claude-sonnet-4-5")
        #expect(Self.settings(small)["thinking"] == nil)
        #expect(small.notes.dropped.names == ["reasoning_effort"])
        let low = try Self.translate(#""model":"m","max_tokens":5000,"reasoning_effort":"low""#, "claude-sonnet-4-5")
        #expect(Self.settings(low)["thinking"] == #"{"type":"enabled","budget_tokens":4096}"#)
    }

    @Test(
        arguments: [
            ("claude-sonnet-4-5", #"{"type":"enabled","budget_tokens":6000,"display":"omitted"}"#, nil, []),
            ("claude-opus-4-7", #"{"type":"adaptive","display":"omitted"}"#, #"{"effort":"medium"}"#, []),
            (
                "claude-3-haiku", nil, nil,
                [
                    "additionalModelRequestFields.thinking.budget_tokens",
                    "additionalModelRequestFields.thinking.display",
                ]
            ),
        ] as [(String, String?, String?, [String])])
    func aBudgetOfClaudesOwnDialect(
        _ model: String, _ thinking: String?, _ output: String?, _ dropped: [String]
    ) throws {
        let request = try Self.translate(
            #""additionalModelRequestFields":{"thinking":{"type":"enabled","budget_tokens":6000,"display":"omitted"}}"#,
            model, from: .bedrockConverse)
        #expect(Self.settings(request)["thinking"] == thinking)
        #expect(Self.settings(request)["output_config"] == output)
        #expect(request.notes.dropped.names == dropped)
    }

    /// The same rules hold at Bedrock.
    @Test func bedrockHasTheSameRules() throws {
        let old = try Self.translate(
            #""model":"m","max_tokens":9,"thinking":{"type":"adaptive"}"#, "anthropic.claude-3-haiku-20240307-v1:0",
            from: .anthropicMessages, to: .bedrockConverse)
        #expect(!old.body.text.contains("thinking"))
        #expect(old.notes.dropped.names == ["thinking"])
        let new = try Self.translate(
            #""model":"m","max_tokens":9,"temperature":0.5,"top_k":3,"#
                + #""thinking":{"type":"enabled","budget_tokens":2000}"#,
            "global.anthropic.claude-opus-5", from: .anthropicMessages, to: .bedrockConverse)
        #expect(new.body.text.contains(#""thinking":{"type":"adaptive"}"#))
        #expect(new.body.text.contains(#""outputConfig":{"effort":"low"}"#))
        #expect(new.notes.dropped.names == ["temperature", "top_k"])
    }
}

extension JSONView {
    fileprivate static let none = JSONView(validated: ByteBuffer(staticString: "{}"))
}
