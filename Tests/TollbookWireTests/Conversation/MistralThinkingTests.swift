import Foundation
import NIOCore
import Testing
import TollbookWire

/// Thoughts that stand in the content's parts, as Mistral's models have them.
struct MistralThinkingTests {
    private static let parts =
        #"[{"type":"thinking","thinking":[{"type":"text","text":"h\u00f6"},{"type":"text","text":"m"}],"closed":true},"#
        + #"{"type":"text","text":"Yes."},{"type":"reference","reference_ids":[1]}]"#

    @Test func plainThoughtsAreThoughts() throws {
        let body = ByteBuffer(
            string: #"{"id":"1","choices":[{"message":{"content":\#(Self.parts)},"finish_reason":"stop"}]}"#)
        let message = try AnswerTranslator.translate(body, from: .openAIChat, to: .anthropicMessages, .sample())
        #expect(message.dropped.names == ["message.content[]"])
        let blocks = try #require(parsed(message.body)?["content"] as? [[String: Any]])
        #expect(blocks.map { $0["type"] as? String } == ["thinking", "thinking", "text"])
        #expect(blocks.compactMap { $0["thinking"] as? String }.joined() == "höm")
        #expect(blocks.last?["text"] as? String == "Yes.")
        let google = try AnswerTranslator.translate(body, from: .openAIChat, to: .gemini, .sample()).body.text
        #expect(google.contains(#"{"text":"m","thought":true}"#))
    }

    @Test(arguments: [0, 1, 5]) func streamedThoughtsAreThoughts(_ size: Int) {
        let chunks = [#"[{"type":"thinking","thinking":[{"type":"text","text":"a"}]}]"#, Self.parts, #""No.""#].map {
            #"data: {"id":"1","choices":[{"index":0,"delta":{"content":\#($0)},"finish_reason":null}]}"# + "\n\n"
        }
        let stream = chunks.joined() + #"data: {"choices":[{"delta":{"content":""},"finish_reason":"stop"}]}"# + "\n\n"
        for target in [ConversationDialect.anthropicMessages, .bedrockConverse] {
            let outcome = translateStream(Array(stream.utf8), from: .openAIChat, to: target, chunk: size)
            let said = target == .anthropicMessages ? Said.anthropic(outcome.text) : Said.bedrock(outcome.bytes)
            #expect(said.thinking == "ahöm" && said.text == "Yes.No.", "\(target)")
            #expect(outcome.hasEnded && outcome.dropped == ["delta.content[]"])
        }
    }

    @Test(.enabled(if: Recordings.arePresent, Comment(rawValue: Recordings.missing)))
    func recordedThoughtsArriveWhole() throws {
        let root = try #require(Recordings.root).appending(path: "mistral")
        let stream = try #require(
            Recordings.file("response.sse", in: root.appending(path: "test-mistral-model-thinking-part-iter-0")))
        var thoughts = ""
        var text = ""
        for event in Said.events(stream.text) {
            let delta = (event["choices"] as? [[String: Any]])?.first?["delta"] as? [String: Any]
            text += delta?["content"] as? String ?? ""
            for part in delta?["content"] as? [[String: Any]] ?? [] {
                text += part["text"] as? String ?? ""
                thoughts += (part["thinking"] as? [[String: Any]] ?? []).compactMap { $0["text"] as? String }.joined()
            }
        }
        let told = translateStream(stream.array, from: .openAIChat, to: .anthropicMessages, chunk: 77)
        let said = Said.anthropic(told.text)
        #expect(!thoughts.isEmpty && said.thinking == thoughts && said.text == text)
        let plain = try #require(
            Recordings.file("response.json", in: root.appending(path: "test-mistral-model-thinking-part-1")))
        let response = try AnswerTranslator.translate(plain, from: .openAIChat, to: .openAIResponses, .sample())
        let items = try #require(parsed(response.body)?["output"] as? [[String: Any]])
        #expect(items.map { $0["type"] as? String } == ["reasoning", "message"])
    }
}
