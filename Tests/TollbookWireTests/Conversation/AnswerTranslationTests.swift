import Foundation
import NIOCore
import Testing
import TollbookWire

/// Plain answers from one dialect to the other.
struct AnswerTranslationTests {
    private func translate(_ body: String, from source: ConversationDialect) throws -> TranslatedAnswer {
        let target: ConversationDialect = source == .openAIChat ? .anthropicMessages : .openAIChat
        return try AnswerTranslator.translate(ByteBuffer(string: body), from: source, to: target, .sample())
    }

    @Test func tellsAnthropicsAnswerAsACompletion() throws {
        let answer = try translate(
            #"""
            {"id":"msg_1","type":"message","role":"assistant","model":"x","content":[
            {"type":"thinking","thinking":"hm","signature":"s=="},{"type":"redacted_thinking","data":"d=="},
            {"type":"text","text":"a\u0301"},{"type":"text","text":"b"},
            {"type":"tool_use","id":"toolu_1","name":"f","input":{"n":1.50,"s":"q\"\n"}}],
            "stop_reason":"tool_use","stop_sequence":null,"usage":{"input_tokens":10,"cache_read_input_tokens":5,
            "cache_creation_input_tokens":2,"output_tokens":42,"output_tokens_details":{"thinking_tokens":7},
            "service_tier":"standard"}}
            """#, from: .anthropicMessages)
        #expect(answer.dropped.isEmpty)
        expectJSON(
            answer.body,
            #"""
            {"id":"chatcmpl-1","object":"chat.completion","created":1700000000,"model":"asked","choices":[{"index":0,
            "message":{"role":"assistant","content":"a\u0301b","refusal":null,"reasoning_content":"hm",
            "thinking_blocks":[
            {"type":"thinking","thinking":"hm","signature":"s=="},{"type":"redacted_thinking","data":"d=="}],
            "tool_calls":[{"id":"toolu_1","type":"function","function":{"name":"f",
            "arguments":"{\"n\":1.50,\"s\":\"q\\\"\\n\"}"}}]},"logprobs":null,"finish_reason":"tool_calls"}],
            "usage":{"prompt_tokens":17,"completion_tokens":42,"total_tokens":59,"prompt_tokens_details":
            {"cached_tokens":5,"cache_write_tokens":2},"completion_tokens_details":{"reasoning_tokens":7}},
            "service_tier":"default"}
            """#)
    }

    @Test func tellsACompletionAsAnthropicsAnswer() throws {
        let answer = try translate(
            #"""
            {"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"x","choices":[{"index":0,"message":
            {"role":"assistant","content":"hi","refusal":null,"annotations":[],"reasoning_content":"so","tool_calls":[
            {"id":"call_1","type":"function","function":{"name":"f","arguments":"{\"n\": 1.50}"}},
            {"id":"","type":"function","function":{"name":"g","arguments":""}}]},"logprobs":null,
            "finish_reason":"tool_calls"}],"usage":{"prompt_tokens":17,"completion_tokens":42,"total_tokens":59,
            "prompt_tokens_details":{"cached_tokens":5},"completion_tokens_details":{"reasoning_tokens":7}}}
            """#, from: .openAIChat)
        #expect(answer.dropped.isEmpty)
        expectJSON(
            answer.body,
            #"""
            {"id":"msg_1","type":"message","role":"assistant","model":"asked","content":[{"type":"thinking",
            "thinking":"so","signature":""},{"type":"text","text":"hi","citations":null},{"type":"tool_use",
            "id":"call_1",
            "name":"f","input":{"n":1.50}},{"type":"tool_use","id":"call_chatcmpl_1_1","name":"g","input":{}}],
            "stop_reason":"tool_use","stop_sequence":null,"usage":{"input_tokens":12,"cache_creation_input_tokens":0,
            "cache_read_input_tokens":5,"output_tokens":42,"output_tokens_details":{"thinking_tokens":7}}}
            """#)
        // The number's own text, which a parse would hide.
        #expect(answer.body.text.contains("1.50"))
    }

    @Test(arguments: [
        ("end_turn", "stop"), ("stop_sequence", "stop"), ("max_tokens", "length"), ("tool_use", "tool_calls"),
        ("model_context_window_exceeded", "length"), ("refusal", "content_filter"), ("pause_turn", "stop"),
        ("something_new", "stop"),
    ])
    func tellsWhyAnthropicStopped(_ reason: String, _ expected: String) throws {
        let answer = try translate(#"{"content":[],"stop_reason":"\#(reason)"}"#, from: .anthropicMessages)
        #expect(answer.body.text.contains(#""finish_reason":"\#(expected)""#))
        #expect(answer.body.text.contains("\"id\":\"chatcmpl-req_1\""))
    }

    @Test(arguments: [
        ("stop", "end_turn"), ("length", "max_tokens"), ("tool_calls", "tool_use"), ("content_filter", "refusal"),
        ("function_call", "tool_use"), ("eos", "end_turn"),
    ])
    func tellsWhyOpenAIStopped(_ reason: String, _ expected: String) throws {
        let answer = try translate(
            #"{"choices":[{"message":{"content":"x"},"finish_reason":"\#(reason)"}]}"#, from: .openAIChat)
        #expect(answer.body.text.contains(#""stop_reason":"\#(expected)""#))
    }

    @Test func aRefusalIsToldAsOne() throws {
        let answer = try translate(
            #"{"choices":[{"message":{"content":null,"refusal":"I cannot"},"finish_reason":"stop"}]}"#,
            from: .openAIChat)
        #expect(answer.body.text.contains(#""stop_reason":"refusal""#))
        #expect(answer.body.text.contains(#""explanation":"I cannot""#))
        let back = try translate(answer.body.text, from: .anthropicMessages)
        #expect(back.body.text.contains(#""refusal":"I cannot""#))
    }

    @Test func whatACallerCannotBeToldIsNamed() throws {
        let answer = try translate(
            #"""
            {"content":[{"type":"server_tool_use","id":"s","name":"web_search","input":{}},
            {"type":"text","text":"t","citations":[{"type":"char_location"}]}],"stop_reason":"end_turn"}
            """#, from: .anthropicMessages)
        #expect(answer.dropped.names == ["content[type=server_tool_use]", "content[].citations"])
    }

    @Test(arguments: ["", "null", "[]", "{}", #"{"content":1}"#, #"{"choices":[]}"#, "{"])
    func anAnswerThatIsNoneIsAnError(_ body: String) {
        #expect(throws: AnswerTranslationError.self) { try translate(body, from: .anthropicMessages) }
        #expect(throws: AnswerTranslationError.self) { try translate(body, from: .openAIChat) }
    }

    /// Some servers answer 200 and tell an error.
    @Test func anErrorThatCallsItselfAnAnswerIsAnError() throws {
        let error = try #require(throws: AnswerTranslationError.self) {
            try translate(#"{"error":{"message":"no","code":"content_filter","status":400}}"#, from: .openAIChat)
        }
        guard case .failed(let failure) = error else {
            Issue.record("not failed: \(error)")
            return
        }
        #expect(failure.kind == .contentFiltered && failure.status(in: .anthropicMessages) == 400)
    }
}
