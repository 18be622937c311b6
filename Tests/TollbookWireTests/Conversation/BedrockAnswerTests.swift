import Foundation
import NIOCore
import Testing
import TollbookWire

/// Answers of Bedrock's Converse in other dialects, and others' answers as Converse tells them.
struct BedrockAnswerTests {
    // MARK: Plain

    private static let answer =
        #"""
        {"output":{"message":{"role":"assistant","content":[
        {"reasoningContent":{"reasoningText":{"text":"hm","signature":"s=="}}},
        {"reasoningContent":{"redactedContent":"aGkh"}},{"text":"caf\u00e9"},
        {"toolUse":{"toolUseId":"tooluse_1","name":"f","input":{"n":1.50}}},
        {"toolUse":{"toolUseId":"tooluse_2","name":"g","input":{},"type":"server_tool_use"}}]}},
        "stopReason":"tool_use","usage":{"inputTokens":10,"outputTokens":42,"totalTokens":59,"cacheReadInputTokens":5,
        "cacheReadInputTokenCount":5,"cacheWriteInputTokens":2},"metrics":{"latencyMs":7},
        "serviceTier":{"type":"priority"}}
        """#

    @Test func tellsConverseAsACompletion() throws {
        let told = try AnswerTranslator.translate(
            ByteBuffer(string: Self.answer), from: .bedrockConverse, to: .openAIChat, .sample())
        #expect(told.dropped.names == ["content[].toolUse[type=server_tool_use]"])
        expectJSON(
            told.body,
            #"""
            {"id":"chatcmpl-req_1","object":"chat.completion","created":1700000000,"model":"asked","choices":[
            {"index":0,"message":{"role":"assistant","content":"caf\u00e9","refusal":null,"reasoning_content":"hm",
            "thinking_blocks":[{"type":"thinking","thinking":"hm","signature":"s=="},
            {"type":"redacted_thinking","data":"hi!"}],"tool_calls":[{"id":"tooluse_1","type":"function","function":
            {"name":"f","arguments":"{\"n\":1.50}"}}]},"logprobs":null,"finish_reason":"tool_calls"}],
            "usage":{"prompt_tokens":17,"completion_tokens":42,"total_tokens":59,"prompt_tokens_details":
            {"cached_tokens":5,"cache_write_tokens":2}},"service_tier":"priority"}
            """#)
    }

    @Test func tellsAnthropicsAnswerAsConverse() throws {
        let told = try AnswerTranslator.translate(
            ByteBuffer(
                string: #"""
                    {"id":"msg_1","type":"message","role":"assistant","model":"x","content":[
                    {"type":"thinking","thinking":"hm","signature":"s=="},{"type":"redacted_thinking","data":"hi!"},
                    {"type":"text","text":"a"},{"type":"tool_use","id":"toolu_1","name":"f","input":{"n":1.50}}],
                    "stop_reason":"tool_use","stop_sequence":null,"usage":{"input_tokens":10,
                    "cache_read_input_tokens":5,"cache_creation_input_tokens":2,"output_tokens":42,
                    "service_tier":"standard"}}
                    """#), from: .anthropicMessages, to: .bedrockConverse, .sample())
        #expect(told.dropped.isEmpty)
        expectJSON(
            told.body,
            #"""
            {"output":{"message":{"role":"assistant","content":[
            {"reasoningContent":{"reasoningText":{"text":"hm","signature":"s=="}}},
            {"reasoningContent":{"redactedContent":"aGkh"}},{"text":"a"},
            {"toolUse":{"toolUseId":"toolu_1","name":"f","input":{"n":1.50}}}]}},"stopReason":"tool_use",
            "usage":{"inputTokens":10,"outputTokens":42,"totalTokens":59,"cacheReadInputTokens":5,
            "cacheWriteInputTokens":2},"metrics":{"latencyMs":17},"serviceTier":{"type":"default"}}
            """#)
    }

    /// Converse's reason, OpenAI's, Anthropic's, and what it comes back as.
    @Test(arguments: [
        ("end_turn", "stop", "end_turn", "end_turn"), ("stop_sequence", "stop", "stop_sequence", "stop_sequence"),
        ("max_tokens", "length", "max_tokens", "max_tokens"),
        ("model_context_window_exceeded", "length", "max_tokens", "max_tokens"),
        ("tool_use", "tool_calls", "tool_use", "tool_use"),
        ("guardrail_intervened", "content_filter", "refusal", "content_filtered"),
        ("content_filtered", "content_filter", "refusal", "content_filtered"),
        ("something_new", "stop", "end_turn", "end_turn"),
    ])
    func tellsWhyAnAnswerEnded(_ reason: String, _ openAI: String, _ anthropic: String, _ bedrock: String) throws {
        let body = ByteBuffer(
            string: #"{"output":{"message":{"content":[{"text":"a"}]}},"stopReason":"\#(reason)","#
                + #""usage":{"inputTokens":1,"outputTokens":1},"additionalModelResponseFields":{"stop_sequence":"E"}}"#)
        let chat = try AnswerTranslator.translate(body, from: .bedrockConverse, to: .openAIChat, .sample()).body.text
        let message = try AnswerTranslator.translate(body, from: .bedrockConverse, to: .anthropicMessages, .sample())
        let back = try AnswerTranslator.translate(
            message.body, from: .anthropicMessages, to: .bedrockConverse, .sample())
        #expect(chat.contains(#""finish_reason":"\#(openAI)""#))
        #expect(message.body.text.contains(#""stop_reason":"\#(anthropic)""#))
        #expect(message.body.text.contains(#""stop_sequence":"E""#) == (reason == "stop_sequence"))
        #expect(back.body.text.contains(#""stopReason":"\#(bedrock)""#))
    }

    @Test func anAnswerWithoutAMessageIsNone() {
        #expect(throws: AnswerTranslationError.self) {
            try AnswerTranslator.translate(
                ByteBuffer(string: #"{"stopReason":"end_turn"}"#), from: .bedrockConverse, to: .openAIChat, .sample())
        }
    }

    // MARK: Streams

    /// A message of a stream, as Bedrock sends it.
    static func message(_ name: String, _ payload: String, exception: Bool = false) -> [UInt8] {
        EventStreamWriter.message(
            [
                EventStreamHeader(exception ? ":exception-type" : ":event-type", .string(name)),
                EventStreamHeader(":content-type", .string("application/json")),
                EventStreamHeader(":message-type", .string(exception ? "exception" : "event")),
            ], payload: ByteBuffer(string: payload)
        ).array
    }

    private static func delta(_ index: Int, _ delta: String) -> [UInt8] {
        message("contentBlockDelta", #"{"contentBlockIndex":\#(index),"delta":{\#(delta)},"p":"abc"}"#)
    }

    private static func stop(_ index: Int) -> [UInt8] {
        message("contentBlockStop", #"{"contentBlockIndex":\#(index)}"#)
    }

    private static func start(_ index: Int, _ tool: String) -> [UInt8] {
        message("contentBlockStart", #"{"contentBlockIndex":\#(index),"start":{"toolUse":{\#(tool)}}}"#)
    }

    private static let end = [
        message("messageStop", #"{"stopReason":"tool_use","p":"x"}"#),
        message(
            "metadata",
            #"{"usage":{"inputTokens":10,"outputTokens":42,"totalTokens":59,"cacheReadInputTokens":5,"#
                + #""cacheWriteInputTokens":2},"metrics":{"latencyMs":7}}"#),
    ]

    static let messages: [[UInt8]] = [
        message("messageStart", #"{"role":"assistant","p":"ab"}"#),
        delta(0, #""reasoningContent":{"text":"hm\n"}"#), delta(0, #""reasoningContent":{"signature":"sig=="}"#),
        stop(0),
        delta(1, #""reasoningContent":{"redactedContent":"aGkh"}"#), stop(1),
        delta(2, #""text":"caf\u00e9 \ud83d\ude00 "# + #"\"q\"""#), delta(2, #""text":"!""#), stop(2),
        start(3, #""toolUseId":"tooluse_1","name":"f""#), delta(3, #""toolUse":{"input":"{\"a\":"}"#),
        delta(3, #""toolUse":{"input":"1}"}"#), stop(3),
        start(4, #""toolUseId":"tooluse_2","name":"g""#), delta(4, #""toolUse":{"input":""}"#), stop(4),
        start(5, #""toolUseId":"tooluse_3","name":"h","type":"server_tool_use""#),
        delta(5, #""toolUse":{"input":"{}"}"#), stop(5),
    ]

    static let stream = (messages + end).flatMap { $0 }

    @Test func tellsConversesStreamInChunks() {
        let outcome = translateStream(Self.stream, from: .bedrockConverse, to: .openAIChat)
        let said = Said.openAI(outcome.text)
        #expect(said.text == "café 😀 \"q\"!" && said.thinking == "hm\n" && said.signature == "sig==")
        #expect(
            said.calls == [
                .init(id: "tooluse_1", name: "f", arguments: #"{"a":1}"#),
                .init(id: "tooluse_2", name: "g", arguments: "{}"),
            ])
        #expect(said.finish == "tool_calls" && said.tokens == [10, 5, 2, 42] && said.id == "chatcmpl-req_1")
        #expect(outcome.hasEnded && outcome.text.hasSuffix("data: [DONE]\n\n"))
        #expect(outcome.dropped == ["contentBlockStart.start.toolUse[type=server_tool_use]"])
    }

    @Test func tellsConversesStreamInAnthropicsEvents() {
        let outcome = translateStream(Self.stream, from: .bedrockConverse, to: .anthropicMessages)
        let said = Said.anthropic(outcome.text)
        #expect(said.text == "café 😀 \"q\"!" && said.thinking == "hm\n" && said.signature == "sig==")
        #expect(said.calls.map(\.name) == ["f", "g"] && said.calls[0].arguments == #"{"a":1}"#)
        #expect(said.finish == "tool_use" && said.tokens == [10, 5, 2, 42] && outcome.hasEnded)
        let types = Said.events(outcome.text).compactMap { $0["type"] as? String }
        #expect(types.first == "message_start" && types.last == "message_stop")
        #expect(types.filter { $0 == "content_block_start" }.count == 5)
        #expect(types.filter { $0 == "content_block_stop" }.count == 5)
        #expect(outcome.text.contains(#""type":"redacted_thinking","data":"hi!""#))
    }

    @Test(arguments: [ConversationDialect.openAIChat, .anthropicMessages, .openAIResponses])
    func readsAStreamWhereverItIsCut(_ target: ConversationDialect) {
        let whole = translateStream(Self.stream, from: .bedrockConverse, to: target)
        for cut in 1..<Self.stream.count {
            let reads = [Self.stream[..<cut], Self.stream[cut...]].map { ByteBuffer(bytes: $0) }
            #expect(translateStream(reads, from: .bedrockConverse, to: target).bytes == whole.bytes, "cut at \(cut)")
        }
        #expect(translateStream(Self.stream, from: .bedrockConverse, to: target, chunk: 1).bytes == whole.bytes)
    }

    /// A stream that ends behind its reason to finish is whole, one that ends before it is cut.
    @Test func tellsAStreamThatIsWholeFromOneThatIsCut() {
        for count in 0..<Self.messages.count {
            let outcome = translateStream(
                Self.messages[..<count].flatMap { $0 }, from: .bedrockConverse, to: .openAIChat)
            #expect(outcome.isCut && !outcome.hasEnded)
        }
        let outcome = translateStream(
            (Self.messages + [Self.end[0]]).flatMap { $0 }, from: .bedrockConverse, to: .openAIChat)
        #expect(outcome.hasEnded && Said.openAI(outcome.text).finish == "tool_calls")
        #expect(Said.openAI(outcome.text).tokens.isEmpty)
    }

    @Test(arguments: [
        ("throttlingException", ProviderError.Kind.rateLimited, "rate_limit_error"),
        ("serviceUnavailableException", .overloaded, "overloaded_error"),
        ("validationException", .invalidRequest, "invalid_request_error"),
        ("internalServerException", .server, "api_error"), ("modelStreamErrorException", .server, "api_error"),
        ("somethingNewException", .server, "api_error"),
    ])
    func tellsAnExceptionInTheCallersForm(_ name: String, _ kind: ProviderError.Kind, _ type: String) {
        let stream = Self.messages[0] + Self.message(name, #"{"message":"Too much."}"#, exception: true)
        let outcome = translateStream(stream, from: .bedrockConverse, to: .anthropicMessages)
        #expect(outcome.failure?.kind == kind && !outcome.hasEnded)
        let error = Said.events(outcome.text).last?["error"] as? [String: Any]
        #expect(error?["type"] as? String == type && error?["message"] as? String == "Too much.")
    }

    // MARK: Streams for callers of Converse

    @Test(arguments: [ConversationDialect.openAIChat, .anthropicMessages])
    func tellsOthersStreamsInConversesMessages(_ source: ConversationDialect) {
        let stream = source == .openAIChat ? StreamTranslationTests.openAI : StreamTranslationTests.anthropic
        let outcome = translateStream(Array(stream.utf8), from: source, to: .bedrockConverse)
        let said = Said.bedrock(outcome.bytes)
        let before = source == .openAIChat ? Said.openAI(stream) : Said.anthropic(stream)
        #expect(said.text == before.text && said.thinking == before.thinking && said.signature == before.signature)
        #expect(said.calls.map(\.id) == before.calls.map(\.id))
        #expect(said.calls[0].arguments == #"{"a":1}"#)
        #expect(said.finish == "tool_use" && said.tokens == before.tokens && outcome.hasEnded)
        let names = Said.messages(outcome.bytes).map(\.name)
        #expect(names.first == "messageStart" && names.suffix(2) == ["messageStop", "metadata"])
        let blocks = Set(Said.messages(outcome.bytes).compactMap { $0.payload["contentBlockIndex"] as? Int })
        #expect(names.filter { $0 == "contentBlockStop" }.count == blocks.count)
        #expect(blocks == Set(0..<blocks.count))
    }

    @Test func aStreamGoesThereAndBackUnchanged() {
        let there = translateStream(
            Array(StreamTranslationTests.anthropic.utf8), from: .anthropicMessages, to: .bedrockConverse)
        let back = translateStream(there.bytes, from: .bedrockConverse, to: .anthropicMessages)
        let (before, after) = (Said.anthropic(StreamTranslationTests.anthropic), Said.anthropic(back.text))
        #expect(after.text == before.text && after.calls == before.calls && after.tokens == before.tokens)
        #expect(after.thinking == before.thinking && after.signature == before.signature)
    }

    @Test(arguments: [
        (#"{"error":{"message":"Slow down.","type":"requests","code":"rate_limit_exceeded"}}"#, "throttlingException"),
        (#"{"error":{"message":"Oops.","type":"server_error","code":null}}"#, "internalServerException"),
        (#"{"error":{"message":"No.","type":"invalid_request_error"}}"#, "validationException"),
        (#"{"error":{"message":"Late.","code":504}}"#, "modelStreamErrorException"),
    ])
    func tellsAnErrorAsAnException(_ event: String, _ name: String) {
        let outcome = translateStream(
            Array("data: \(event)\n\n".utf8), from: .openAIChat, to: .bedrockConverse)
        let last = Said.messages(outcome.bytes).last
        #expect(outcome.failure != nil && last?.name == name && last?.payload["message"] is String)
    }

    // MARK: Errors

    /// Bedrock's class and status, and what other dialects' SDKs make classes of.
    @Test(arguments: [
        ("ValidationException:http://internal/", 400, 400, 400), ("ThrottlingException", 429, 429, 429),
        ("ServiceUnavailableException", 503, 503, 529), ("ModelTimeoutException", 408, 504, 504),
        ("ModelErrorException", 424, 500, 500), ("InternalServerException", 500, 500, 500),
        ("ModelNotReadyException", 429, 503, 529), ("ResourceNotFoundException", 404, 404, 404),
        ("ServiceQuotaExceededException", 400, 429, 429),
    ])
    func tellsErrorsAtTheCallersStatus(_ type: String, _ status: Int, _ openAI: Int, _ anthropic: Int) {
        let error = ProviderError(
            status: status, body: ByteBuffer(string: #"{"message":"Why."}"#), requestID: "r", type: type)
        #expect(error.message == JSONText("Why."))
        #expect(error.status(in: .openAIChat) == openAI && error.status(in: .anthropicMessages) == anthropic)
        #expect(error.headers(in: .openAIChat).isEmpty)
    }

    @Test(arguments: [
        (400, "ValidationException", 400), (413, "ValidationException", 400), (422, "ValidationException", 400),
        (404, "ResourceNotFoundException", 404), (429, "ThrottlingException", 429),
        (500, "InternalServerException", 500), (503, "ServiceUnavailableException", 503),
        (529, "ServiceUnavailableException", 503), (504, "ModelTimeoutException", 408),
        (402, "ServiceQuotaExceededException", 400),
    ])
    func tellsOthersErrorsAsAWSs(_ status: Int, _ type: String, _ told: Int) {
        let error = ProviderError(
            status: status, body: ByteBuffer(string: #"{"error":{"message":"Why.","type":"x"}}"#))
        #expect(error.headers(in: .bedrockConverse).map(\.value) == [type])
        #expect(error.status(in: .bedrockConverse) == told)
        expectJSON(error.body(in: .bedrockConverse), #"{"message":"Why."}"#)
    }

    @Test(arguments: [11, 12, 13] as [UInt64])
    func brokenStreamsEndOrAreCut(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let targets: [ConversationDialect] = [.openAIChat, .anthropicMessages, .openAIResponses]
        for round in 0..<300 {
            // Payloads are broken inside whole messages, so that they are read; now and then the frame is.
            var bytes: [UInt8] = []
            for message in Self.messages + Self.end {
                let broken = Int.random(in: 0..<6, using: &random) == 0
                bytes += broken ? Self.rebuilt(message, &random) : message
            }
            if round % 7 == 0 { bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= 1 }
            let target = targets[round % targets.count]
            let outcome = translateStream(
                bytes, from: .bedrockConverse, to: target, chunk: Int.random(in: 1...300, using: &random))
            let endings = [outcome.hasEnded, outcome.isCut, outcome.isMalformed, outcome.failure != nil]
            #expect(endings.filter { $0 }.count == 1, "seed \(seed), round \(round)")
            #expect(StreamOrder.problems(outcome, in: target).isEmpty, "seed \(seed), round \(round)")
            for line in outcome.text.split(separator: "\n") where line.hasPrefix("data: {") {
                let isJSON = (try? JSONView(ByteBuffer(substring: line.dropFirst(6)))) != nil
                #expect(isJSON, "seed \(seed), round \(round): \(line)")
            }
        }
    }

    /// The message with a payload of which a byte was changed or a piece is missing.
    private static func rebuilt(_ message: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var splitter = EventStreamSplitter()
        splitter.append(ByteBuffer(bytes: message))
        guard let read = try? splitter.next() else { return message }
        var payload = read.payload.array
        let at = Int.random(in: 0..<payload.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: payload[at] ^= 1 << UInt8.random(in: 0..<7, using: &random)
        case 1: payload.removeSubrange(at..<min(payload.count, at + 9))
        default: payload.insert(contentsOf: Array("null".utf8), at: at)
        }
        return EventStreamWriter.message(read.headers, payload: ByteBuffer(bytes: payload)).array
    }
}
