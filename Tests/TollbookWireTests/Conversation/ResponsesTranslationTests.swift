import Foundation
import NIOCore
import Testing
import TollbookWire

/// Callers of OpenAI's responses and providers that have none: what is asked of them, and how their answers are told.
struct ResponsesTranslationTests {
    static func translate(_ body: String, to target: ConversationDialect) throws -> TranslatedRequest {
        try RequestTranslator.translate(ByteBuffer(string: body), from: .openAIResponses, to: target, .sample)
    }

    // MARK: Requests

    /// A body, what a chat provider is sent, and what Anthropic is.
    static let requests: [(body: String, chat: String, messages: String)] = [
        (
            #"{"model":"m","input":"hi","instructions":"be kind","background":false,"truncation":"disabled"}"#,
            #"""
            {"model":"served","messages":[{"role":"system","content":"be kind"},{"role":"user","content":"hi"}]}
            """#,
            #"""
            {"model":"served","max_tokens":8192,"system":"be kind","messages":[{"role":"user","content":"hi"}]}
            """#
        ),
        (
            #"""
            {"model":"m","max_output_tokens":7,"temperature":0.30,"top_p":1e-1,"user":"u-1","stream":true,
            "service_tier":"default","parallel_tool_calls":false,"tool_choice":{"type":"function","name":"f"},
            "tools":[{"type":"function","name":"f","description":"d","strict":true,
            "parameters":{"type":"object","properties":{"x":{"minimum":1.0}}}}],
            "text":{"format":{"type":"json_schema","name":"n","strict":true,"schema":{"type":"object"}}},
            "input":[{"role":"developer","content":"a"},{"type":"message","role":"user","content":[
            {"type":"input_text","text":"b"}]}]}
            """#,
            #"""
            {"model":"served","messages":[{"role":"system","content":"a"},{"role":"user","content":"b"}],
            "tools":[{"type":"function","function":{"name":"f","description":"d","strict":true,
            "parameters":{"type":"object","properties":{"x":{"minimum":1.0}}}}}],
            "tool_choice":{"type":"function","function":{"name":"f"}},"parallel_tool_calls":false,
            "max_completion_tokens":7,"temperature":0.30,"top_p":1e-1,"service_tier":"default","user":"u-1",
            "response_format":{"type":"json_schema","json_schema":{"name":"n","strict":true,
            "schema":{"type":"object"}}},"stream":true,"stream_options":{"include_usage":true}}
            """#,
            #"""
            {"model":"served","max_tokens":7,"system":"a","messages":[{"role":"user","content":"b"}],
            "tools":[{"name":"f","description":"d","strict":true,
            "input_schema":{"type":"object","properties":{"x":{"minimum":1.0}}}}],
            "tool_choice":{"type":"tool","name":"f","disable_parallel_tool_use":true},
            "temperature":0.30,"top_p":1e-1,"output_config":{"format":{"type":"json_schema",
            "schema":{"type":"object","additionalProperties":false}}},"service_tier":"standard_only",
            "metadata":{"user_id":"u-1"},"stream":true}
            """#
        ),
        (
            #"""
            {"model":"m","input":[{"role":"user","content":[{"type":"input_text","text":"see"},
            {"type":"input_image","detail":"auto","image_url":"data:image\/png;base64,QU\/C"},
            {"type":"input_image","image_url":"https://a.example/b.png"},
            {"type":"input_file","filename":"f.pdf","file_data":"data:application/pdf;base64,QUJD"}]}]}
            """#,
            #"""
            {"model":"served","messages":[{"role":"user","content":[{"type":"text","text":"see"},
            {"type":"image_url","image_url":{"url":"data:image/png;base64,QU/C"}},
            {"type":"image_url","image_url":{"url":"https://a.example/b.png"}},
            {"type":"file","file":{"filename":"f.pdf","file_data":"data:application/pdf;base64,QUJD"}}]}]}
            """#,
            #"""
            {"model":"served","max_tokens":8192,"messages":[{"role":"user","content":[{"type":"text","text":"see"},
            {"type":"image","source":{"type":"base64","media_type":"image/png","data":"QU/C"}},
            {"type":"image","source":{"type":"url","url":"https://a.example/b.png"}},
            {"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"QUJD"},
            "title":"f.pdf"}]}]}
            """#
        ),
        (
            #"""
            {"model":"m","reasoning":{"effort":"low"},"input":[{"role":"user","content":"q"},
            {"type":"message","id":"msg_1","status":"completed","role":"assistant","content":[
            {"type":"output_text","text":"let me see","annotations":[],"logprobs":[]}]},
            {"type":"function_call","id":"fc_1","call_id":"c1","name":"f","arguments":"{\"x\":1.0}",
            "status":"completed"},
            {"type":"function_call","call_id":"c2","name":"g","arguments":""},
            {"type":"function_call_output","call_id":"c1","output":"one"},
            {"type":"function_call_output","call_id":"c2","output":[{"type":"input_text","text":"two"}]}]}
            """#,
            #"""
            {"model":"served","messages":[{"role":"user","content":"q"},{"role":"assistant","content":"let me see",
            "tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"x\":1.0}"}},
            {"id":"c2","type":"function","function":{"name":"g","arguments":""}}]},
            {"role":"tool","tool_call_id":"c1","content":"one"},{"role":"tool","tool_call_id":"c2","content":"two"}],
            "reasoning_effort":"low"}
            """#,
            #"""
            {"model":"served","max_tokens":8192,"messages":[{"role":"user","content":"q"},{"role":"assistant",
            "content":[{"type":"text","text":"let me see"},{"type":"tool_use","id":"c1","name":"f","input":{"x":1.0}},
            {"type":"tool_use","id":"c2","name":"g","input":{}}]},
            {"role":"user","content":[{"type":"tool_result","tool_use_id":"c1","content":"one"},
            {"type":"tool_result","tool_use_id":"c2","content":"two"}]}],
            "thinking":{"type":"enabled","budget_tokens":4096}}
            """#
        ),
        (
            #"{"model":"m","input":"q","safety_identifier":"s-1","reasoning":{"effort":"none"},"tool_choice":"auto"}"#,
            #"""
            {"model":"served","messages":[{"role":"user","content":"q"}],"reasoning_effort":"none","user":"s-1"}
            """#,
            #"""
            {"model":"served","max_tokens":8192,"messages":[{"role":"user","content":"q"}],
            "thinking":{"type":"disabled"},"metadata":{"user_id":"s-1"}}
            """#
        ),
    ]

    @Test(arguments: requests.indices) func requestsAreWrittenForBothDialects(_ index: Int) throws {
        let (body, chat, messages) = Self.requests[index]
        let toChat = try Self.translate(body, to: .openAIChat)
        expectJSON(toChat.body, chat)
        let toMessages = try Self.translate(body, to: .anthropicMessages)
        expectJSON(toMessages.body, messages)
        #expect(toChat.notes.dropped.isEmpty)
        #expect(toMessages.notes.dropped.names.allSatisfy { $0 == "text.format.name" })
        #expect(parsed(ByteBuffer(string: "{" + toChat.responsesEcho.text + "}")) != nil)
    }

    @Test(arguments: [
        (#""previous_response_id":"resp_1""#, "previous_response_id"), (#""conversation":"conv_1""#, "conversation"),
        (#""prompt":{"id":"pmpt_1"}"#, "prompt"), (#""tools":[{"type":"web_search"}]"#, "tools[].type"),
        (#""tools":[{"type":"custom","name":"c"}]"#, "tools[type=custom]"), (#""top_logprobs":2"#, "top_logprobs"),
        (#""include":["message.output_text.logprobs"]"#, "top_logprobs"),
        (#""tool_choice":{"type":"allowed_tools","mode":"auto","tools":[]}"#, "tool_choice[type=allowed_tools]"),
    ]) func whatTheProviderCannotDoIsRefused(_ member: String, _ field: String) throws {
        for target in ConversationDialect.providers {
            let error = #expect(throws: TranslationError.self) {
                try Self.translate(#"{"model":"m","input":"q",\#(member)}"#, to: target)
            }
            guard case .refused(let refusal) = error else {
                Issue.record("\(field): \(String(describing: error))")
                continue
            }
            #expect(refusal.field == field && !refusal.hint.isEmpty)
        }
    }

    @Test(arguments: [
        (#"{"type":"item_reference","id":"msg_1"}"#, "input[type=item_reference]"),
        (#"{"type":"web_search_call","id":"ws_1"}"#, "input[].type"),
        (#"{"role":"user","content":[{"type":"input_image","file_id":"file_1"}]}"#, "input[].content[].file_id"),
    ]) func itemsThatOnlyTheProviderKnowsAreRefused(_ item: String, _ field: String) throws {
        let error = #expect(throws: TranslationError.self) {
            try Self.translate(#"{"model":"m","input":[\#(item)]}"#, to: .anthropicMessages)
        }
        guard case .refused(let refusal) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(refusal.field == field)
    }

    @Test func aFirstCallThatRemembersNeedsNoInput() throws {
        let error = #expect(throws: TranslationError.self) {
            try Self.translate(#"{"model":"m","previous_response_id":"resp_1"}"#, to: .openAIChat)
        }
        guard case .refused(let refusal) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(refusal.message.contains("keeps no responses"))
    }

    @Test(arguments: [
        (#"{"model":"m"}"#, "input"), (#"{"model":"m","input":[]}"#, "input"), (#"{"model":"m","input":7}"#, "input"),
        (#"{"model":"m","input":[{"role":"robot","content":"x"}]}"#, "input[].role"),
        (#"{"model":"m","input":[{"role":"user"}]}"#, "input[].content"),
        (#"{"model":"m","input":[{"type":"function_call","name":"f","arguments":""}]}"#, "input[].call_id"),
        (#"{"model":"m","input":"q","text":{"format":{"type":"json_schema","name":"n"}}}"#, "text.format.schema"),
        (#"{"model":"m","input":"q","tools":[{"name":"f"}]}"#, "tools[].type"),
        (#"{"model":"m","input":"q","input":"r"}"#, "input"),
    ]) func bodiesThatAreNoneAreRefusedWithTheField(_ body: String, _ field: String) {
        let error = #expect(throws: TranslationError.self) { try Self.translate(body, to: .openAIChat) }
        guard case .unreadable(let unreadable) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(unreadable.field == field)
    }

    @Test func whatIsLeftOutIsNamed() throws {
        let body = #"""
            {"model":"m","input":"q","store":true,"metadata":{"a":"b"},"text":{"verbosity":"low"},"truncation":"auto",
            "prompt_cache_key":"k","max_tool_calls":3,"include":["file_search_call.results"],"x_vendor":1,
            "stream_options":{"include_obfuscation":false},"reasoning":{"summary":"auto"}}
            """#
        let names = [
            "verbosity", "metadata", "prompt_cache_key", "store", "max_tool_calls", "truncation", "include",
        ]
        for target in ConversationDialect.providers {
            let dropped = try Self.translate(body, to: target).notes.dropped.names
            // Gemini is told whether thoughts are shown.
            let summary = target == .gemini ? [] : ["reasoning.summary"]
            // Converse has a place for tags.
            let here = names.filter { target != .bedrockConverse || $0 != "metadata" }
            #expect(
                Set(dropped)
                    == Set(here.map { $0 == "verbosity" ? "text.verbosity" : $0 } + ["x_vendor"] + summary))
        }
    }

    // MARK: Thoughts

    @Test func thoughtsComeBackToTheirProvider() throws {
        let answer = try AnswerTranslator.translate(
            ByteBuffer(
                string: #"""
                    {"id":"msg_9","content":[{"type":"thinking","thinking":"h\u00e4\n","signature":"si/g=="},
                    {"type":"redacted_thinking","data":"ab+c"},{"type":"text","text":"yes"}],"stop_reason":"end_turn"}
                    """#), from: .anthropicMessages, to: .openAIResponses, .sample())
        let output = try #require(parsed(answer.body)?["output"])
        let items = try JSONSerialization.data(withJSONObject: output)
        let body = #"{"model":"m","input":\#(String(decoding: items, as: UTF8.self))}"#
        let back = try Self.translate(body, to: .anthropicMessages)
        expectJSON(
            back.body,
            #"""
            {"model":"served","max_tokens":8192,"messages":[{"role":"assistant","content":[
            {"type":"thinking","thinking":"h\u00e4\n","signature":"si/g=="},{"type":"redacted_thinking","data":"ab+c"},
            {"type":"text","text":"yes"}]}]}
            """#)
        #expect(back.notes.dropped.isEmpty)
        #expect(try Self.translate(body, to: .openAIChat).notes.dropped.names == ["input[type=reasoning]"])
    }

    @Test func thoughtsOfAnotherProviderAreLeftOutAndNamed() throws {
        let body = #"""
            {"model":"m","input":[{"role":"user","content":"q"},{"type":"reasoning","id":"rs_1","summary":[],
            "encrypted_content":"gAAAA"},{"role":"assistant","content":"a"},{"role":"user","content":"r"}]}
            """#
        let request = try Self.translate(body, to: .anthropicMessages)
        #expect(request.notes.dropped.names == ["input[type=reasoning]"])
        #expect(!request.body.text.contains("gAAAA"))
    }
}
