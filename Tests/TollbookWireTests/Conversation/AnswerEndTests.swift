import Foundation
import NIOCore
import Testing
import TollbookWire

/// How answers end: what is whole, what is not, and what failed.
struct AnswerEndTests {
    private static let targets: [ConversationDialect] = [
        .anthropicMessages, .bedrockConverse, .openAIResponses, .gemini,
    ]
    private static let text = #"data: {"id":"c","choices":[{"index":0,"delta":{"content":"Hi"}}]}"# + "\n\n"
    private static let thought =
        #"data: {"id":"c","choices":[{"index":0,"delta":{"reasoning_content":"hm"}}]}"# + "\n\n"
    private static let done = "data: [DONE]\n\n"

    private static func call(_ arguments: String) -> String {
        #"data: {"id":"c","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","#
            + #""arguments":"\#(arguments)"}}]}}]}"# + "\n\n"
    }

    private static func finish(_ reason: String) -> String {
        #"data: {"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"\#(reason)"}]}"# + "\n\n"
    }

    private static func outcome(
        _ stream: String, from source: ConversationDialect = .openAIChat, to target: ConversationDialect
    ) -> StreamOutcome {
        translateStream(Array(stream.utf8), from: source, to: target, chunk: 9)
    }

    // MARK: Events that cannot be read

    @Test(arguments: targets) func aBrokenChunkEndsTheStream(_ target: ConversationDialect) {
        for broken in ["{oops}", "[1]", #"{"choices":"#] {
            let stream = Self.text + "data: \(broken)\n\n" + Self.text + Self.finish("stop") + Self.done
            let outcome = Self.outcome(stream, to: target)
            #expect(outcome.isMalformed && !outcome.hasEnded && !outcome.isCut, "\(broken)")
            #expect(outcome.text.contains("Hi"))
        }
    }

    @Test func anEventThatBreaksOffIsACut() {
        #expect(Self.outcome(Self.text + #"data: {"choi"#, to: .anthropicMessages).isCut)
        let claude = StreamTranslationTests.anthropic.prefix(500)
        #expect(Self.outcome(String(claude), from: .anthropicMessages, to: .openAIChat).isCut)
    }

    @Test func anEmptyEventIsAKeepAlive() {
        let outcome = Self.outcome(Self.text + "data:\n\ndata:  \n\n" + Self.finish("stop"), to: .anthropicMessages)
        #expect(outcome.hasEnded && Said.anthropic(outcome.text).finish == "end_turn")
    }

    @Test func brokenEventsOfOthersEndTheStreamToo() {
        let claude = anthropicStream(#"{"type":"message_start","message":{"id":"msg_1"}}"#) + "\n\n"
        for event in ["event: x\ndata: {oops}\n\n", "data: {\"index\":0}\n\n"] {
            #expect(Self.outcome(claude + event, from: .anthropicMessages, to: .openAIChat).isMalformed)
        }
        #expect(Self.outcome("data: {oops}\n\n", from: .gemini, to: .openAIChat).isMalformed)
        let bytes = BedrockAnswerTests.message("contentBlockDelta", "{oops}")
        #expect(translateStream(bytes, from: .bedrockConverse, to: .openAIChat).isMalformed)
    }

    // MARK: Ends without a reason

    @Test(arguments: targets)
    func anEndWithoutAReasonCompletesAnAnswerThatSaysSomething(_ target: ConversationDialect) {
        #expect(Self.outcome(Self.text + Self.done, to: target).hasEnded)
        let called = Self.outcome(Self.call("{}") + Self.done, to: target)
        #expect(called.hasEnded)
        if target == .anthropicMessages { #expect(Said.anthropic(called.text).finish == "tool_use") }
        if target == .bedrockConverse { #expect(Said.bedrock(called.bytes).finish == "tool_use") }
    }

    @Test(arguments: targets) func anEndThatSaysNothingIsACut(_ target: ConversationDialect) {
        for stream in ["", Self.thought, Self.call(#"{\"a\":"#), Self.call("")] {
            let outcome = Self.outcome(stream + Self.done, to: target)
            #expect(outcome.isCut && !outcome.hasEnded, "\(stream)")
        }
        #expect(Self.outcome(Self.text, to: target).isCut)
    }

    @Test func endsOfOthersWithoutAReason() {
        let stop = anthropicStream(#"{"type":"message_stop"}"#) + "\n\n"
        #expect(Self.outcome(stop, from: .anthropicMessages, to: .openAIChat).isCut)
        let events = StreamTranslationTests.anthropic.components(separatedBy: "\n\n").prefix(9).map { $0 + "\n\n" }
        let said = Self.outcome(events.joined() + stop, from: .anthropicMessages, to: .openAIChat)
        #expect(said.hasEnded && Said.openAI(said.text).finish == "stop")
        let open = Self.outcome(events.dropLast().joined() + stop, from: .anthropicMessages, to: .openAIChat)
        #expect(open.isCut)
        let metadata = BedrockAnswerTests.message("metadata", #"{"usage":{"inputTokens":1,"outputTokens":2}}"#)
        #expect(translateStream(metadata, from: .bedrockConverse, to: .openAIChat).isCut)
        let delta = BedrockAnswerTests.message("contentBlockDelta", #"{"contentBlockIndex":0,"delta":{"text":"a"}}"#)
        #expect(translateStream(delta + metadata, from: .bedrockConverse, to: .openAIChat).hasEnded)
    }

    // MARK: Reasons

    @Test func aReasonToStopBesideCallsIsTheCalls() throws {
        let stream = Self.call("{}") + Self.finish("stop") + Self.done
        #expect(Said.anthropic(Self.outcome(stream, to: .anthropicMessages).text).finish == "tool_use")
        #expect(Said.bedrock(Self.outcome(stream, to: .bedrockConverse).bytes).finish == "tool_use")
        let length = Self.call("{") + Self.finish("length") + Self.done
        #expect(Said.anthropic(Self.outcome(length, to: .anthropicMessages).text).finish == "max_tokens")

        let body =
            #"{"choices":[{"message":{"content":null,"tool_calls":[{"id":"a","function":{"name":"f","#
            + #""arguments":"{}"}}]},"finish_reason":"stop"}]}"#
        let plain = try AnswerTranslator.translate(
            ByteBuffer(string: body), from: .openAIChat, to: .anthropicMessages, .sample()
        ).body.text
        #expect(plain.contains(#""stop_reason":"tool_use""#))
        let converse =
            #"{"output":{"message":{"content":[{"toolUse":{"toolUseId":"a","name":"f","input":{}}}]}},"#
            + #""stopReason":"end_turn"}"#
        let told = try AnswerTranslator.translate(
            ByteBuffer(string: converse), from: .bedrockConverse, to: .openAIChat, .sample()
        ).body.text
        #expect(told.contains(#""finish_reason":"tool_calls""#))
    }

    /// Google's reasons of failure, what Converse has for them, and whether it is an error there.
    private static let faults: [(reason: String, bedrock: String?)] = [
        ("MALFORMED_FUNCTION_CALL", "malformed_tool_use"), ("UNEXPECTED_TOOL_CALL", "malformed_tool_use"),
        ("TOO_MANY_TOOL_CALLS", "malformed_tool_use"), ("MALFORMED_RESPONSE", "malformed_model_output"),
        ("OTHER", nil), ("IMAGE_OTHER", nil), ("NO_IMAGE", nil), ("MISSING_THOUGHT_SIGNATURE", nil),
        ("SOMETHING_NEW", nil),
    ]

    @Test(arguments: faults) func geminisFailuresAreNoCleanStops(_ reason: String, _ bedrock: String?) throws {
        let chunk =
            #"{"candidates":[{"content":{},"finishReason":"\#(reason)","finishMessage":"Why \"so\"."}],"#
            + #""usageMetadata":{"promptTokenCount":3,"totalTokenCount":3}}"#
        for target in [ConversationDialect.openAIChat, .anthropicMessages, .openAIResponses, .bedrockConverse] {
            let stream = translateStream(Array("data: \(chunk)\n\n".utf8), from: .gemini, to: target)
            let plain = Result {
                try AnswerTranslator.translate(ByteBuffer(string: chunk), from: .gemini, to: target, .sample())
            }
            if target == .bedrockConverse, let bedrock {
                #expect(Said.bedrock(stream.bytes).finish == bedrock)
                #expect(try plain.get().body.text.contains(#""stopReason":"\#(bedrock)""#))
                continue
            }
            #expect(!stream.hasEnded && stream.failure?.kind == .server, "\(target)")
            #expect(stream.failure?.message.string == "the provider's answer failed: \(reason) (Why \"so\".)")
            guard case .failure(AnswerTranslationError.failed(let error)) = plain else {
                Issue.record("\(reason) is an answer in \(target)")
                continue
            }
            #expect(error.code?.string == reason && error.status(in: target) == 500)
        }
    }

    @Test(arguments: ["error", "abort", "insufficient_system_resource"])
    func serversOfOpenAIsDialectTellFailuresToo(_ reason: String) {
        for target in Self.targets {
            let outcome = Self.outcome(Self.text + Self.finish(reason) + Self.done, to: target)
            if target == .gemini {
                #expect(outcome.hasEnded && outcome.text.contains(#""finishReason":"OTHER""#))
            } else {
                #expect(outcome.failure?.code?.string == reason && !outcome.hasEnded, "\(target)")
            }
        }
    }

    @Test func conversesFailuresAreTold() throws {
        let body = ByteBuffer(
            string: #"{"output":{"message":{"content":[{"text":"a"}]}},"stopReason":"malformed_tool_use"}"#)
        #expect(throws: AnswerTranslationError.self) {
            try AnswerTranslator.translate(body, from: .bedrockConverse, to: .anthropicMessages, .sample())
        }
        let google = try AnswerTranslator.translate(body, from: .bedrockConverse, to: .gemini, .sample()).body.text
        #expect(google.contains(#""finishReason":"MALFORMED_FUNCTION_CALL""#))
    }
}
