import Foundation
import NIOCore
import Testing
import TollbookWire

/// Requests of other dialects as Cohere's chat takes them.
struct CohereRequestTests {
    private static let chat = #"""
        {"model":"asked","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":[
        {"type":"text","text":"See."},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]},
        {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"get",
        "arguments":"{\"x\":1}"}}]},{"role":"tool","tool_call_id":"c1","content":"4"}],
        "tools":[{"type":"function","function":{"name":"get","parameters":{"type":"object"},"strict":true}},
        {"type":"function","function":{"name":"put","strict":true}}],"tool_choice":"required","max_tokens":9,
        "temperature":1.5,"top_p":0.5,"seed":7,"stop":["END"],"frequency_penalty":0.5,"stream":true}
        """#
    private static let chatAtCohere = #"""
        {"model":"served","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":[
        {"type":"text","text":"See."},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]},
        {"role":"assistant","tool_calls":[{"id":"c1","type":"function","function":{"name":"get",
        "arguments":"{\"x\":1}"}}]},{"role":"tool","tool_call_id":"c1","content":"4"}],
        "tools":[{"type":"function","function":{"name":"get","parameters":{"type":"object"}}},
        {"type":"function","function":{"name":"put","parameters":{"type":"object","properties":{}}}}],
        "tool_choice":"REQUIRED","strict_tools":true,"max_tokens":9,"temperature":1.5,"p":0.5,"seed":7,
        "stop_sequences":["END"],"frequency_penalty":0.5,"stream":true}
        """#
    private static let messages = #"""
        {"model":"asked","max_tokens":4096,"system":"Be brief.","top_k":5,"thinking":{"type":"enabled",
        "budget_tokens":2048},"tool_choice":{"type":"tool","name":"get"},"tools":[{"name":"put","input_schema":{}},
        {"name":"get","input_schema":{"type":"object"}}],"messages":[{"role":"user","content":"Go."},
        {"role":"assistant","content":[{"type":"thinking","thinking":"Hm.","signature":"s"},
        {"type":"text","text":"So."},{"type":"tool_use","id":"t1","name":"get","input":{"x":1}}]},
        {"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"4"}]},
        {"role":"assistant","content":[{"type":"thinking","thinking":"Ah.","signature":"s"},
        {"type":"text","text":"4."}]},
        {"role":"user","content":"And?"}]}
        """#
    private static let messagesAtCohere = #"""
        {"model":"served","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Go."},
        {"role":"assistant","content":"So.","tool_plan":"Hm.","tool_calls":[{"id":"t1","type":"function",
        "function":{"name":"get","arguments":"{\"x\":1}"}}]},{"role":"tool","tool_call_id":"t1","content":"4"},
        {"role":"assistant","content":[{"type":"thinking","thinking":"Ah."},{"type":"text","text":"4."}]},
        {"role":"user","content":"And?"}],"tools":[{"type":"function","function":{"name":"get",
        "parameters":{"type":"object"}}}],"tool_choice":"REQUIRED","max_tokens":4096,"k":5,
        "thinking":{"type":"enabled","token_budget":2048}}
        """#

    private static func translate(
        _ body: String, from source: ConversationDialect = .openAIChat
    ) throws -> TranslatedRequest {
        try RequestTranslator.translate(ByteBuffer(string: body), from: source, to: .cohereChat, .sample)
    }

    private static func chat(_ members: String) -> String {
        #"{"model":"asked","messages":[{"role":"user","content":"Go."}],\#(members)}"#
    }

    @Test(arguments: [
        (chat, ConversationDialect.openAIChat, chatAtCohere), (messages, .anthropicMessages, messagesAtCohere),
    ])
    func bringsRequestsOver(_ body: String, _ source: ConversationDialect, _ expected: String) throws {
        let request = try Self.translate(body, from: source)
        expectJSON(request.body, expected)
    }

    @Test(arguments: [
        (#""reasoning_effort":"none""#, #"{"type":"disabled"}"#, []),
        (#""reasoning_effort":"high""#, #"{"type":"enabled"}"#, ["reasoning_effort"]),
    ])
    func turnsThinkingOnAndOff(_ members: String, _ thinking: String, _ adjusted: [String]) throws {
        let request = try Self.translate(Self.chat(members))
        expectJSON(
            request.body,
            #"{"model":"served","messages":[{"role":"user","content":"Go."}],"thinking":\#(thinking)}"#)
        #expect(request.notes.adjusted.names == adjusted)
    }

    @Test(arguments: [
        (#""top_p":1"#, #""p":0.99"#, ["top_p"]), (#""top_p":0.99"#, #""p":0.99"#, []),
        (#""presence_penalty":-1.5"#, #""presence_penalty":0"#, ["presence_penalty"]),
        (#""frequency_penalty":2"#, #""frequency_penalty":1"#, ["frequency_penalty"]),
        (#""frequency_penalty":1.0"#, #""frequency_penalty":1.0"#, []),
    ])
    func bringsNumbersIntoTheirRanges(_ members: String, _ expected: String, _ adjusted: [String]) throws {
        let request = try Self.translate(Self.chat(members))
        expectJSON(
            request.body, #"{"model":"served","messages":[{"role":"user","content":"Go."}],\#(expected)}"#)
        #expect(request.notes.adjusted.names == adjusted)
    }

    @Test func bringsSchemasOver() throws {
        let format = #"{"type":"json_schema","json_schema":{"name":"a","strict":true,"schema":{"type":"object"}}}"#
        let request = try Self.translate(Self.chat(#""response_format":\#(format)"#))
        expectJSON(
            request.body,
            #"""
            {"model":"served","messages":[{"role":"user","content":"Go."}],
            "response_format":{"type":"json_object","json_schema":{"type":"object"}}}
            """#)
    }

    /// One switch holds for all tools.
    @Test func namesStrictnessThatNotAllToolsHave() throws {
        let tools =
            #"[{"type":"function","function":{"name":"a","strict":true}},"#
            + #"{"type":"function","function":{"name":"b"}}]"#
        let request = try Self.translate(Self.chat(#""tools":\#(tools)"#))
        #expect(parsed(request.body)?["strict_tools"] == nil && !request.notes.adjusted.isEmpty)
    }

    @Test(arguments: [
        (#""n":2"#, "n"), (#""logprobs":true"#, "logprobs"), (#""stop":["a","b","c","d","e","f"]"#, "stop"),
    ])
    func refusesWhatWouldMeanSomethingElse(_ members: String, _ field: String) {
        do throws(TranslationError) {
            _ = try RequestTranslator.translate(
                ByteBuffer(string: Self.chat(members)), from: .openAIChat, to: .cohereChat, .sample)
            Issue.record("\(members) was translated")
        } catch {
            guard case .refused(let refusal) = error else { return #expect(Bool(false), "\(error)") }
            #expect(refusal.field == field)
        }
    }

    /// The last message would be answered, not continued.
    @Test func refusesPrefills() {
        let body =
            #"{"model":"a","max_tokens":9,"messages":[{"role":"user","content":"Go."},"#
            + #"{"role":"assistant","content":"I"}]}"#
        #expect(throws: TranslationError.self) { try Self.translate(body, from: .anthropicMessages) }
    }
}
