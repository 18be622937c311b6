import Foundation
import NIOCore
import Testing
import TollbookWire

/// Requests that were made of Bedrock: what is made of them fits the other providers' published descriptions.
@Suite(.enabled(if: Recordings.arePresent && SpecSchema.arePresent, Comment(rawValue: Recordings.missing)))
struct BedrockRecordingTests {
    private static let exchanges =
        Recordings.exchanges("bedrock", "converse") + Recordings.exchanges("bedrock", "converse-stream")

    /// Requests that a rule refuses, with the field; every other one must be translated.
    private static let refused = [
        "bedrock/test-bedrock-model-code-execution-tool-stream-0": "toolConfig.tools[].systemTool",
        "bedrock/test-bedrock-model-guardrail-config-0": "guardrailConfig",
        "bedrock/test-bedrock-model-with-code-execution-tool-1": "toolConfig.tools[].systemTool",
        "bedrock/test-guardrail-converse-0": "guardrailConfig",
        "bedrock/test-multimodal-tool-return-matrix-tool-return-content-uploaded-file-i-1":
            "messages[].content[].source.s3Location",
        "bedrock/test-nova-converse-stream-with-events-with-no-content-0": "guardrailConfig",
        "bedrock/test-nova-converse-with-events-with-no-content-0": "guardrailConfig",
    ]

    @Test(arguments: [
        (ConversationDialect.openAIChat, "openai/openapi.json", "CreateChatCompletionRequest"),
        (.anthropicMessages, "derived/anthropic.MessageCreateParams.schema.json", ""),
    ])
    func requestsFitTheTargetsSchema(_ target: ConversationDialect, _ file: String, _ name: String) throws {
        let schema = try #require(name.isEmpty ? SpecSchema(file) : SpecSchema(file, schema: name))
        var refused: [String: String] = [:]
        var translated = 0
        for (name, folder) in Self.exchanges {
            let body = try #require(Recordings.file("request.json", in: folder))
            do {
                let request = try RequestTranslator.translate(body, from: .bedrockConverse, to: target, .sample)
                let object = try #require(parsed(request.body) as? [String: Any])
                #expect(schema.problems(object).isEmpty, "\(name): \(schema.problems(object))")
                translated += 1
            } catch TranslationError.refused(let refusal) {
                refused[name] = refusal.field
            }
        }
        #expect(refused == Self.refused && translated >= 8)
    }
}
