import Foundation
import NIOCore
import Testing
import TollbookWire

/// Answers and streams of Cohere's chat for callers of other dialects.
struct CohereAnswerTests {
    static let events = [
        #"{"id":"c-1","type":"message-start","delta":{"message":{"role":"assistant","content":[],"tool_plan":""}}}"#,
        #"{"type":"content-start","index":0,"delta":{"message":{"content":{"type":"thinking","thinking":""}}}}"#,
        #"{"type":"content-delta","index":0,"delta":{"message":{"content":{"thinking":"Hm\u00e4."}}}}"#,
        #"{"type":"content-end","index":0}"#,
        #"{"type":"content-start","index":1,"delta":{"message":{"content":{"type":"text","text":""}}}}"#,
        #"{"type":"content-delta","index":1,"delta":{"message":{"content":{"text":"It \"is\"."}}}}"#,
        #"{"type":"citation-start","index":0,"delta":{"message":{"citations":{"start":0,"end":2,"text":"It"}}}}"#,
        #"{"type":"citation-end","index":0}"#,
        #"{"type":"content-end","index":1}"#,
        #"{"type":"tool-plan-delta","delta":{"message":{"tool_plan":" Look."}}}"#,
        #"{"type":"tool-call-start","index":0,"delta":{"message":{"tool_calls":{"id":"get_a","type":"function","#
            + #""function":{"name":"get","arguments":""}}}}}"#,
        #"{"type":"tool-call-delta","index":0,"delta":{"message":{"tool_calls":{"function":"#
            + #"{"arguments":"{\"x\":"}}}}}"#,
        #"{"type":"tool-call-delta","index":0,"delta":{"message":{"tool_calls":{"function":{"arguments":"1}"}}}}}"#,
        #"{"type":"tool-call-end","index":0}"#,
        #"{"type":"tool-call-start","index":1,"delta":{"message":{"tool_calls":{"id":"now_b","type":"function","#
            + #""function":{"name":"now","arguments":""}}}}}"#,
        #"{"type":"tool-call-end","index":1}"#,
        #"{"type":"message-end","delta":{"finish_reason":"TOOL_CALL","usage":{"billed_units":{"input_tokens":46,"#
            + #""output_tokens":14},"tokens":{"input_tokens":1445,"output_tokens":43},"cached_tokens":704}}}"#,
    ]
    static let stream = framed(events) + "data: [DONE]\n\n"
    static let answer =
        #"{"id":"c-1","message":{"role":"assistant","tool_plan":"Look.","content":[{"type":"thinking","#
        + #""thinking":"Hm\u00e4."},{"type":"text","text":"It \"is\"."}],"tool_calls":[{"id":"get_a","#
        + #""type":"function","function":{"name":"get","arguments":"{\"x\":1}"}},{"id":"now_b","type":"function","#
        + #""function":{"name":"now","arguments":"null"}}],"citations":[{"start":0,"end":2,"text":"It"}]},"#
        + #""finish_reason":"TOOL_CALL","usage":{"billed_units":{"input_tokens":46.0,"output_tokens":14},"#
        + #""tokens":{"input_tokens":1445,"output_tokens":43},"cached_tokens":704}}"#

    /// Events as Cohere frames them.
    static func framed(_ events: [String]) -> String {
        events.map { event in
            let type = event.components(separatedBy: #""type":""#)[1].prefix { $0 != "\"" }
            return "event: \(type)\ndata: \(event)\n\n"
        }.joined()
    }

    private static func translate(_ body: String, to target: ConversationDialect) throws -> TranslatedAnswer {
        try AnswerTranslator.translate(ByteBuffer(string: body), from: .cohereChat, to: target, .sample())
    }

    @Test func isToldToCallersOfChats() throws {
        let translated = try Self.translate(Self.answer, to: .openAIChat)
        let choice = (parsed(translated.body)?["choices"] as? [[String: Any]])?.first
        let message = choice?["message"] as? [String: Any]
        let calls = (message?["tool_calls"] as? [[String: Any]])?.compactMap { $0["function"] as? [String: String] }
        #expect(message?["content"] as? String == "It \"is\"." && choice?["finish_reason"] as? String == "tool_calls")
        // The plan is a thought like others.
        #expect(message?["reasoning_content"] as? String == "Look.Hmä.")
        #expect(calls == [["name": "get", "arguments": #"{"x":1}"#], ["name": "now", "arguments": "{}"]])
        let usage = parsed(translated.body)?["usage"] as? [String: Any]
        #expect(usage?["prompt_tokens"] as? Int == 46 && usage?["completion_tokens"] as? Int == 14)
        #expect(translated.dropped.names == ["message.citations"])
    }

    @Test func isToldToCallersOfMessages() throws {
        let body = try Self.translate(Self.answer, to: .anthropicMessages).body
        let blocks = parsed(body)?["content"] as? [[String: Any]] ?? []
        #expect(blocks.map { $0["type"] as? String } == ["thinking", "thinking", "text", "tool_use", "tool_use"])
        #expect((blocks.last?["input"] as? [String: Any])?.isEmpty == true)
        #expect(parsed(body)?["stop_reason"] as? String == "tool_use")
    }

    @Test(arguments: [
        ("COMPLETE", "stop"), ("MAX_TOKENS", "length"), ("STOP_SEQUENCE", "stop"), ("TOOL_CALL", "tool_calls"),
    ])
    func reasonsAreTold(_ reason: String, _ expected: String) throws {
        let text = #"{"id":"c","message":{"content":[{"type":"text","text":"a"}]},"finish_reason":"\#(reason)"}"#
        let choices = parsed(try Self.translate(text, to: .openAIChat).body)?["choices"] as? [[String: Any]]
        #expect(choices?.first?["finish_reason"] as? String == expected)
    }

    /// Answers that failed come with a status of success all the same.
    @Test(arguments: [
        (#"{"id":"c","message":{"content":[]},"finish_reason":"ERROR"}"#, ProviderError.Kind.server),
        (#"{"id":"c","message":{"content":[]},"finish_reason":"ERROR_LIMIT"}"#, .server),
        (#"{"id":"c","message":{"content":[]},"finish_reason":"TIMEOUT"}"#, .timeout),
        (#"{"id":"c","message":"internal server error"}"#, .server),
    ])
    func failuresAreErrors(_ body: String, _ kind: ProviderError.Kind) {
        do throws(AnswerTranslationError) {
            _ = try AnswerTranslator.translate(
                ByteBuffer(string: body), from: .cohereChat, to: .openAIChat, .sample())
            Issue.record("\(body) was taken for an answer")
        } catch {
            guard case .failed(let failure) = error else { return #expect(Bool(false), "\(error)") }
            #expect(failure.kind == kind && !failure.message.isEmpty)
        }
    }

    @Test(arguments: [0, 1, 7, 64])
    func streamsSayTheSameAtEverySplit(_ size: Int) {
        let chat = translateStream(Array(Self.stream.utf8), from: .cohereChat, to: .openAIChat, chunk: size)
        let said = Said.openAI(chat.text)
        #expect(said.text == "It \"is\"." && said.thinking == "Hmä. Look." && said.finish == "tool_calls")
        #expect(said.calls.map(\.name) == ["get", "now"] && said.calls.map(\.arguments) == [#"{"x":1}"#, "{}"])
        #expect(said.calls.map(\.id) == ["get_a", "now_b"] && said.tokens == [46, 0, 0, 14])
        #expect(chat.hasEnded && chat.dropped == ["citation-start"] && said.id == "chatcmpl-c-1")
        let messages = translateStream(Array(Self.stream.utf8), from: .cohereChat, to: .anthropicMessages, chunk: size)
        let told = Said.anthropic(messages.text)
        #expect(told.text == said.text && told.thinking == said.thinking && told.tokens == said.tokens)
        // An empty object is an input of Anthropic's without a piece.
        #expect(told.calls.map(\.name) == ["get", "now"] && told.calls[0].arguments == #"{"x":1}"#)
        #expect(messages.hasEnded && told.finish == "tool_use")
    }

    /// Calls side by side are told apart by their numbers.
    @Test func piecesGoToTheirCalls() {
        func piece(_ index: Int, _ text: String) -> String {
            #"{"type":"tool-call-delta","index":\#(index),"delta":{"message":{"tool_calls":{"function":"#
                + #"{"arguments":"\#(text)"}}}}}"#
        }
        let begun = [Self.events[0], Self.events[10], Self.events[14]]
        let pieces = [piece(0, "{"), piece(1, "{"), piece(0, "}"), piece(1, "}"), Self.events[16]]
        let outcome = translateStream(
            Array(Self.framed(begun + pieces).utf8), from: .cohereChat, to: .openAIChat)
        #expect(Said.openAI(outcome.text).calls.map(\.arguments) == ["{}", "{}"])
    }

    @Test(arguments: [
        (#"{"type":"message-end","delta":{"finish_reason":"ERROR","error":"no memory left"}}"#, "no memory left"),
        (#"{"type":"message-end","delta":{"finish_reason":"TIMEOUT"}}"#, "TIMEOUT"),
        (#"{"type":"message-end","delta":{"error":"no memory left"}}"#, "no memory left"),
    ])
    func failuresEndStreams(_ event: String, _ message: String) {
        let outcome = translateStream(
            Array(Self.framed(Self.events.prefix(6) + [event]).utf8), from: .cohereChat, to: .openAIChat)
        #expect(outcome.failure?.message.string.contains(message) == true && !outcome.hasEnded)
        #expect(outcome.text.contains(#""error":{"message":""#) && !outcome.text.contains("[DONE]"))
    }

    /// A plain error inside a stream has no type.
    @Test func anErrorWithoutATypeEndsAStream() {
        let error = #"data: {"id":"c","message":"internal error"}"# + "\n\n"
        let text = Self.framed(Array(Self.events.prefix(6))) + error
        let outcome = translateStream(Array(text.utf8), from: .cohereChat, to: .anthropicMessages)
        #expect(outcome.failure?.message.string == "internal error")
    }

    @Test func aStreamWithoutItsEndIsCut() {
        let outcome = translateStream(
            Array(Self.framed(Array(Self.events.dropLast())).utf8), from: .cohereChat, to: .openAIChat)
        #expect(outcome.isCut && !outcome.hasEnded)
    }
}
