import Foundation
import NIOCore
import Testing
import TollbookWire

/// Answers and streams of Gemini for callers of other dialects, and of others for its callers.
struct GeminiAnswerTranslationTests {
    static let chunks = [
        #"{"candidates":[{"content":{"parts":[{"text":"Hm\u00e4.","thought":true}],"role":"model"},"index":0}],"#
            + #""usageMetadata":{"promptTokenCount":9,"totalTokenCount":9},"responseId":"R-1"}"#,
        #"{"candidates":[{"content":{"parts":[{"text":"It"}],"role":"model"},"index":0}],"responseId":"R-1"}"#,
        #"{"candidates":[{"content":{"parts":[{"text":" is.","thoughtSignature":"QUFB"}],"role":"model"}}]}"#,
        #"{"candidates":[{"content":{"parts":[{"functionCall":{"id":"f1","name":"get","args":{"x":[1.0]}},"#
            + #""thoughtSignature":"QkJC"},{"functionCall":{"name":"get","args":{}}}],"role":"model"}}]}"#,
        #"{"candidates":[{"content":{"parts":[{"text":""}],"role":"model"},"finishReason":"STOP","index":0}],"#
            + #""usageMetadata":{"promptTokenCount":10,"cachedContentTokenCount":4,"candidatesTokenCount":6,"#
            + #""thoughtsTokenCount":3,"totalTokenCount":19},"responseId":"R-1"}"#,
    ]
    static let stream = ": hello\n\n" + chunks.map { "data: \($0)\r\n\r\n" }.joined()
    static let answer =
        #"{"candidates":[{"content":{"parts":[{"text":"Hm\u00e4.","thought":true},"#
        + #"{"text":"It is.","thoughtSignature":"QUFB"},{"functionCall":{"id":"f1","name":"get","args":{"x":[1.0]}},"#
        + #""thoughtSignature":"QkJC"},{"functionCall":{"name":"get","args":{}}}],"role":"model"},"#
        + #""finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":10,"cachedContentTokenCount":4,"#
        + #""candidatesTokenCount":6,"thoughtsTokenCount":3,"totalTokenCount":19},"responseId":"R-1"}"#

    private static func translate(
        _ body: String, from source: ConversationDialect, to target: ConversationDialect
    ) throws -> ByteBuffer {
        try AnswerTranslator.translate(ByteBuffer(string: body), from: source, to: target, .sample()).body
    }

    @Test func isToldToCallersOfChats() throws {
        expectJSON(
            try Self.translate(Self.answer, from: .gemini, to: .openAIChat),
            #"""
            {"id":"chatcmpl-R-1","object":"chat.completion","created":1700000000,"model":"asked","choices":[{"index":0,
            "message":{"role":"assistant","content":"It is.","refusal":null,"reasoning_content":"Hm\u00e4.",
            "thinking_blocks":[{"type":"thinking","thinking":"Hm\u00e4."}],
            "extra_content":{"google":{"thought_signature":"QUFB"}},"tool_calls":[{"id":"f1","type":"function",
            "function":{"name":"get","arguments":"{\"x\":[1.0]}"},
            "extra_content":{"google":{"thought_signature":"QkJC"}}},{"id":"call_R_1_1","type":"function",
            "function":{"name":"get","arguments":"{}"}}]},"logprobs":null,"finish_reason":"tool_calls"}],
            "usage":{"prompt_tokens":10,"completion_tokens":9,"total_tokens":19,
            "prompt_tokens_details":{"cached_tokens":4,"cache_write_tokens":0},
            "completion_tokens_details":{"reasoning_tokens":3}}}
            """#)
    }

    @Test func isToldToCallersOfMessages() throws {
        expectJSON(
            try Self.translate(Self.answer, from: .gemini, to: .anthropicMessages),
            #"""
            {"id":"msg_R-1","type":"message","role":"assistant","model":"asked","content":[
            {"type":"thinking","thinking":"Hm\u00e4.","signature":"gemini.QUFB"},
            {"type":"text","text":"It is.","citations":null},
            {"type":"thinking","thinking":"","signature":"gemini.QkJC"},
            {"type":"tool_use","id":"f1","name":"get","input":{"x":[1.0]}},
            {"type":"tool_use","id":"call_R_1_1","name":"get","input":{}}],
            "stop_reason":"tool_use","stop_sequence":null,"usage":{"input_tokens":6,"cache_creation_input_tokens":0,
            "cache_read_input_tokens":4,"output_tokens":9,"output_tokens_details":{"thinking_tokens":3}}}
            """#)
    }

    /// What a candidate says of its end, and what callers of chats and messages are told.
    private static let ends: [(String, String, String)] = [
        (#""finishReason":"MAX_TOKENS""#, "length", "max_tokens"),
        (#""finishReason":"SAFETY""#, "content_filter", "refusal"),
        (#""finishReason":"RECITATION","finishMessage":"m""#, "content_filter", "refusal"),
    ]

    @Test(arguments: ends) func tellsTheEnd(_ member: String, _ chat: String, _ message: String) throws {
        let body = "{\"candidates\":[{\"content\":{},\(member)}]}"
        #expect(try Self.translate(body, from: .gemini, to: .openAIChat).text.contains("\"finish_reason\":\"\(chat)\""))
        let told = try Self.translate(body, from: .gemini, to: .anthropicMessages).text
        #expect(told.contains("\"stop_reason\":\"\(message)\""))
    }

    @Test func whatCannotBeSaidIsNamed() throws {
        let body = #"""
            {"candidates":[{"content":{"parts":[{"text":"a"},{"inlineData":{"mimeType":"image/png","data":"AA"}}]},
            "finishReason":"STOP","citationMetadata":{"citationSources":[{"uri":"u"}]},
            "groundingMetadata":{"webSearchQueries":["q"]}},{"content":{}}]}
            """#
        let answer = try AnswerTranslator.translate(
            ByteBuffer(string: body), from: .gemini, to: .openAIChat, .sample())
        #expect(
            Set(answer.dropped.names) == [
                "candidates[1...]", "parts[].inlineData", "candidates[].citationMetadata",
                "candidates[].groundingMetadata",
            ])
    }

    @Test(arguments: ["{}", "[]", #"{"candidates":[]}"#, #"{"candidates":[{"content":"#])
    func isNoAnswer(_ body: String) {
        #expect(throws: AnswerTranslationError.self) {
            try Self.translate(body, from: .gemini, to: .openAIChat)
        }
    }

    // MARK: Streams

    @Test func streamsSayWhatTheAnswerSays() {
        let chat = Said.openAI(translateStream(Array(Self.stream.utf8), from: .gemini, to: .openAIChat).text)
        #expect(chat.text == "It is." && chat.thinking == "Hmä." && chat.finish == "tool_calls")
        #expect(
            chat.calls.map(\.id) == ["f1", "call_R_1_1"] && chat.calls.map(\.arguments) == [#"{"x":[1.0]}"#, "{}"])
        #expect(chat.tokens == [6, 4, 0, 9] && chat.id == "chatcmpl-R-1")
        let events = translateStream(Array(Self.stream.utf8), from: .gemini, to: .anthropicMessages).text
        let message = Said.anthropic(events)
        #expect(message.text == chat.text && message.thinking == chat.thinking && message.finish == "tool_use")
        #expect(message.calls == chat.calls && message.tokens == chat.tokens)
        #expect(message.signature == "gemini.QUFBgemini.QkJC")
    }

    @Test(arguments: [ConversationDialect.openAIChat, .anthropicMessages, .openAIResponses])
    func streamsMayBeCutIntoReadsAnywhere(_ target: ConversationDialect) {
        let bytes = Array(Self.stream.utf8)
        let whole = translateStream(bytes, from: .gemini, to: target)
        #expect(whole.hasEnded && !whole.isCut)
        for end in 1..<bytes.count {
            let reads = [ByteBuffer(bytes: bytes[..<end]), ByteBuffer(bytes: bytes[end...])]
            #expect(translateStream(reads, from: .gemini, to: target).text == whole.text, "cut at \(end)")
        }
    }

    @Test func aStreamWithoutAnEndIsCut() {
        let parts = Self.chunks.dropLast().map { "data: \($0)\n\n" }.joined()
        let outcome = translateStream(Array(parts.utf8), from: .gemini, to: .openAIChat)
        #expect(outcome.isCut && !outcome.hasEnded)
    }

    @Test func anErrorInsideIsTold() {
        let error = #"{"error":{"code":503,"message":"Overloaded.","status":"UNAVAILABLE"}}"#
        let outcome = translateStream(
            Array("data: \(Self.chunks[1])\n\ndata: \(error)\n\n".utf8), from: .gemini, to: .anthropicMessages)
        #expect(outcome.failure?.kind == .overloaded && outcome.text.contains("overloaded_error"))
    }

    @Test(arguments: [
        (StreamTranslationTests.openAI, ConversationDialect.openAIChat),
        (StreamTranslationTests.anthropic, .anthropicMessages),
    ])
    func otherStreamsAreToldToItsCallers(_ stream: String, _ source: ConversationDialect) throws {
        let bytes = Array(stream.utf8)
        let outcome = translateStream(bytes, from: source, to: .gemini)
        let expected = source == .openAIChat ? Said.openAI(stream) : Said.anthropic(stream)
        let chunks = Said.events(outcome.text)
        let candidates = chunks.compactMap { ($0["candidates"] as? [[String: Any]])?.first }
        let parts = candidates.flatMap { ($0["content"] as? [String: Any])?["parts"] as? [[String: Any]] ?? [] }
        let said = parts.filter { $0["thought"] == nil }.compactMap { $0["text"] as? String }.joined()
        let calls = parts.compactMap { ($0["functionCall"] as? [String: Any])?["name"] as? String }
        #expect(said == expected.text && calls == expected.calls.map(\.name))
        #expect(outcome.hasEnded && candidates.last?["finishReason"] as? String == "STOP")
        let usage = try #require(chunks.last?["usageMetadata"] as? [String: Any])
        #expect(usage["promptTokenCount"] as? Int == expected.tokens.prefix(3).reduce(0, +))
        // No comment goes on: Google's SDKs take one for broken JSON.
        #expect(outcome.text.components(separatedBy: "\n\n").allSatisfy { $0.isEmpty || $0.hasPrefix("data: {") })
    }

    @Test func aStreamMayBeAnArray() throws {
        var context = AnswerContext.sample()
        context.isArray = true
        for (stream, source) in [
            (StreamTranslationTests.openAI, ConversationDialect.openAIChat),
            (StreamTranslationTests.anthropic, .anthropicMessages),
            ("data: {\"error\":{\"message\":\"m\"}}\n\n", .openAIChat),
        ] {
            var translator = StreamTranslator(from: source, to: .gemini, context)
            var splitter = SSESplitter()
            splitter.append(ByteBuffer(string: stream))
            var out = ByteBuffer()
            var text = ""
            while let event = try splitter.next() {
                switch translator.translate(event, into: &out) {
                case .ended(let last): text = out.text + last.text
                case .failed(_, let last): text = out.text + last.text
                case .open, .cut, .malformed: continue
                }
            }
            let elements = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]]
            #expect(elements?.isEmpty == false, "\(text)")
        }
    }

    @Test func argumentsPastTheLimitAreALostCall() throws {
        let long = String(repeating: "x", count: 600_000)
        let piece =
            #"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"\#(long)"}}]}}]}"#
        let begin =
            #"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c","type":"function","#
            + #""function":{"name":"f","arguments":""}}]}}]}"#
        let end = #"{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}"#
        let stream = [begin, piece, piece, end, "[DONE]"].map { "data: \($0)\n\n" }.joined()
        let outcome = translateStream(Array(stream.utf8), from: .openAIChat, to: .gemini)
        #expect(outcome.text.contains("MALFORMED_FUNCTION_CALL") && !outcome.text.contains("functionCall\""))
    }

    @Test(arguments: [
        (400, "INVALID_ARGUMENT", "The input token count (9) exceeds the maximum", ProviderError.Kind.contextTooLong),
        (429, "RESOURCE_EXHAUSTED", "q", .rateLimited), (403, "PERMISSION_DENIED", "p", .permission),
        (400, "FAILED_PRECONDITION", "f", .invalidRequest), (504, "DEADLINE_EXCEEDED", "d", .timeout),
    ])
    func googlesErrorsAreKnown(_ status: Int, _ name: String, _ message: String, _ kind: ProviderError.Kind) {
        let body = #"{"error":{"code":\#(status),"message":"\#(message)","status":"\#(name)"}}"#
        let error = ProviderError(status: status, body: ByteBuffer(string: body))
        #expect(error.kind == kind && error.code == JSONText(name))
        #expect(ProviderError(status: status, body: ByteBuffer(string: "[\(body)]")).kind == kind)
    }
}
