import Foundation
import NIOCore
import Testing
import TollbookCore
import TollbookWire

/// Requests from one dialect to the other: what arrives, what is told of the rest.
struct RequestTranslationTests {
    static func translate(
        _ body: String, from source: ConversationDialect, _ options: TranslationOptions = .sample
    ) throws -> TranslatedRequest {
        let target: ConversationDialect = source == .openAIChat ? .anthropicMessages : .openAIChat
        return try RequestTranslator.translate(ByteBuffer(string: body), from: source, to: target, options)
    }

    /// A body of OpenAI's dialect and what Anthropic is sent.
    static let toAnthropic: [(String, String)] = [
        (
            #"{"model":"m","messages":[{"role":"user","content":"hi"}]}"#,
            #"{"model":"served","max_tokens":8192,"messages":[{"role":"user","content":"hi"}]}"#
        ),
        (
            #"""
            {"model":"m","max_tokens":5,"max_completion_tokens":7,"temperature":0.30,"top_p":1e-1,"stop":"END",
            "user":"u-1","stream":true,"stream_options":{"include_usage":true},"n":1,"frequency_penalty":0.0,
            "messages":[{"role":"system","content":"a"},{"role":"developer","content":[{"type":"text","text":"b"}]},
            {"role":"user","content":"c"}]}
            """#,
            #"""
            {"model":"served","max_tokens":7,"system":[{"type":"text","text":"a"},{"type":"text","text":"b"}],
            "messages":[{"role":"user","content":"c"}],"temperature":0.30,"top_p":1e-1,"stop_sequences":["END"],
            "metadata":{"user_id":"u-1"},"stream":true}
            """#
        ),
        (
            #"""
            {"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"see"},
            {"type":"image_url","image_url":{"url":"data:image\/png;base64,QU\/C"}},
            {"type":"image_url","image_url":{"url":"https://a.example/b.png"}},
            {"type":"file","file":{"filename":"f.pdf","file_data":"data:application/pdf;base64,QUJD"}},
            {"type":"file","file":{"filename":"n.txt","file_data":"data:text/plain;base64,aGkh"}}]}]}
            """#,
            #"""
            {"model":"served","max_tokens":8192,"messages":[{"role":"user","content":[{"type":"text","text":"see"},
            {"type":"image","source":{"type":"base64","media_type":"image/png","data":"QU/C"}},
            {"type":"image","source":{"type":"url","url":"https://a.example/b.png"}},
            {"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"QUJD"},"title":"f.pdf"},
            {"type":"document","source":{"type":"text","media_type":"text/plain","data":"hi!"},"title":"n.txt"}]}]}
            """#
        ),
        (
            #"""
            {"model":"m","parallel_tool_calls":false,"tool_choice":"required","tools":[{"type":"function","function":
            {"name":"f","description":"d","parameters":{"type":"object","properties":{"x":{"minimum":1.0}}},
            "strict":true}},
            {"type":"function","function":{"name":"g","parameters":{}}}],"messages":[{"role":"user","content":"q"},
            {"role":"assistant","content":"","tool_calls":[
            {"id":"c1","type":"function","function":{"name":"f","arguments":"{\"x\":1.0}"}},
            {"id":"c2","type":"function","function":{"name":"g","arguments":""}},
            {"id":"c3","type":"function","function":{"name":"g","arguments":"{oops"}}]},
            {"role":"tool","tool_call_id":"c1","content":"1"},{"role":"tool","tool_call_id":"c2","content":[
            {"type":"text","text":"2"}]},{"role":"tool","tool_call_id":"c3","content":"3"},
            {"role":"user","content":"go on"}]}
            """#,
            #"""
            {"model":"served","max_tokens":8192,"messages":[{"role":"user","content":"q"},{"role":"assistant",
            "content":[
            {"type":"tool_use","id":"c1","name":"f","input":{"x":1.0}},{"type":"tool_use","id":"c2","name":"g",
            "input":{}},
            {"type":"tool_use","id":"c3","name":"g","input":{"INVALID_JSON":"{oops"}}]},{"role":"user","content":[
            {"type":"tool_result","tool_use_id":"c1","content":"1"},{"type":"tool_result","tool_use_id":"c2",
            "content":"2"},
            {"type":"tool_result","tool_use_id":"c3","content":"3"},{"type":"text","text":"go on"}]}],
            "tools":[{"name":"f","description":"d","input_schema":{"type":"object","properties":{"x":{"minimum":1.0}}},
            "strict":true},{"name":"g","input_schema":{"type":"object"}}],
            "tool_choice":{"type":"any","disable_parallel_tool_use":true}}
            """#
        ),
        (
            #"""
            {"model":"m","reasoning_effort":"minimal","response_format":{"type":"json_schema","json_schema":
            {"strict":true,"schema":{"type":"object"}}},
            "tools":[{"type":"function","function":{"name":"f"},"cache_control":{"type":"ephemeral","ttl":"1h"}}],
            "service_tier":"default","messages":[{"role":"user","content":[{"type":"text","text":"q",
            "cache_control":{"type":"ephemeral"}}]},{"role":"assistant","content":"a","reasoning_content":"deep",
            "thinking_blocks":[{"type":"thinking","thinking":"","signature":"s1"}]},{"role":"user","content":"w"}]}
            """#,
            #"""
            {"model":"served","max_tokens":8192,"messages":[{"role":"user","content":[{"type":"text","text":"q",
            "cache_control":{"type":"ephemeral"}}]},{"role":"assistant","content":[{"type":"thinking","thinking":"deep",
            "signature":"s1"},{"type":"text","text":"a"}]},{"role":"user","content":"w"}],"tools":[{"name":"f",
            "input_schema":{"type":"object","properties":{}},"cache_control":{"type":"ephemeral","ttl":"1h"}}],
            "thinking":{"type":"enabled","budget_tokens":1024},"output_config":{
            "format":{"type":"json_schema","schema":{"type":"object","additionalProperties":false}}},
            "service_tier":"standard_only"}
            """#
        ),
    ]

    @Test(arguments: toAnthropic)
    func saysTheSameToAnthropic(_ body: String, _ expected: String) throws {
        let request = try Self.translate(body, from: .openAIChat)
        expectJSON(request.body, expected)
        #expect(request.notes.dropped.isEmpty && request.notes.adjusted.isEmpty, "\(request.notes)")
    }

    /// A body of Anthropic's dialect and what OpenAI is sent.
    static let toOpenAI: [(String, String)] = [
        (
            #"{"model":"m","max_tokens":5,"messages":[{"role":"user","content":"hi"}]}"#,
            #"{"model":"served","max_completion_tokens":5,"messages":[{"role":"user","content":"hi"}]}"#
        ),
        (
            #"""
            {"model":"m","max_tokens":5,"system":[{"type":"text","text":"s"}],"stream":true,"temperature":1.0,
            "stop_sequences":["a","b"],"metadata":{"user_id":"u"},"service_tier":"standard_only",
            "thinking":{"type":"enabled","budget_tokens":5000},"tool_choice":{"type":"any",
            "disable_parallel_tool_use":true},"tools":[{"name":"f","input_schema":{"type":"object","k":1e400},
            "strict":true}],"output_config":{"format":{"type":"json_schema","schema":{"type":"object"}}},
            "messages":[{"role":"user","content":[
            {"type":"image","source":{"type":"base64","media_type":"image/png","data":"QUJD"}},
            {"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"QUJD"}},
            {"type":"document","source":{"type":"text","media_type":"text/plain","data":"plain"}}]},
            {"role":"assistant","content":[{"type":"text","text":"t"},{"type":"tool_use","id":"c1","name":"f",
            "input":{"a":"\u00e9\n"}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"c1",
            "content":[{"type":"text","text":"r1"},{"type":"text","text":"r2"}]},{"type":"text","text":"next"}]}]}
            """#,
            #"""
            {"model":"served","messages":[{"role":"system","content":"s"},{"role":"user","content":[
            {"type":"image_url","image_url":{"url":"data:image/png;base64,QUJD"}},
            {"type":"file","file":{"filename":"document.pdf","file_data":"data:application/pdf;base64,QUJD"}},
            {"type":"text","text":"plain"}]},{"role":"assistant","content":"t","tool_calls":[{"id":"c1",
            "type":"function",
            "function":{"name":"f","arguments":"{\"a\":\"\\u00e9\\n\"}"}}]},{"role":"tool","tool_call_id":"c1",
            "content":[
            {"type":"text","text":"r1"},{"type":"text","text":"r2"}]},{"role":"user","content":"next"}],
            "tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","k":1e400},
            "strict":true}}],
            "tool_choice":"required","parallel_tool_calls":false,"max_completion_tokens":5,"temperature":1.0,
            "stop":["a","b"],"reasoning_effort":"medium","response_format":{"type":"json_schema","json_schema":
            {"name":"output","strict":true,"schema":{"type":"object"}}},"service_tier":"default","user":"u",
            "stream":true,"stream_options":{"include_usage":true}}
            """#
        ),
    ]

    @Test(arguments: toOpenAI)
    func saysTheSameToOpenAI(_ body: String, _ expected: String) throws {
        let request = try Self.translate(body, from: .anthropicMessages)
        // Foundation reads no 1e400; the number's text is compared below.
        expectJSON(
            ByteBuffer(string: request.body.text.replacingOccurrences(of: "1e400", with: "1")),
            expected.replacingOccurrences(of: "1e400", with: "1"))
        #expect(request.body.text.contains("1e400") == body.contains("1e400"))
        #expect(request.notes.dropped.isEmpty && request.notes.adjusted.isEmpty, "\(request.notes)")
    }

    /// Members of an OpenAI body that are left out or changed, and how they are named.
    @Test(arguments: [
        (#""seed":7"#, ["seed"], []), (#""frequency_penalty":0.5"#, ["frequency_penalty"], []),
        (#""made_up":{"a":1}"#, ["made_up"], []), (#""made up,x":1"#, ["made?up?x"], []),
        (#""temperature":1.5"#, [], ["temperature"]), (#""metadata":{"a":"b"}"#, ["metadata"], []),
        (#""metadata":{}"#, [], []), (#""store":false"#, [], []), (#""store":true"#, ["store"], []),
        (#""service_tier":"flex""#, ["service_tier"], []), (#""verbosity":null"#, [], []),
        (
            #""response_format":{"type":"json_schema","json_schema":{"name":"x","schema":{}}}"#,
            ["response_format.json_schema.name"], ["response_format.json_schema.strict"]
        ),
        (#""logprobs":false,"top_logprobs":0,"modalities":["text"]"#, [], []),
    ])
    func namesWhatAnthropicCannotDo(_ member: String, _ dropped: [String], _ adjusted: [String]) throws {
        let body = #"{"model":"m","messages":[{"role":"user","content":"hi"}],\#(member)}"#
        let request = try Self.translate(body, from: .openAIChat)
        #expect(request.notes.dropped.names == dropped)
        #expect(request.notes.adjusted.names == adjusted)
    }

    /// Members that would change the request's meaning are refused by name.
    @Test(arguments: [
        (#""n":2"#, "n"), (#""logprobs":true"#, "logprobs"), (#""logit_bias":{"5":-100}"#, "logit_bias"),
        (#""modalities":["text","audio"]"#, "modalities"), (#""web_search_options":{}"#, "web_search_options"),
        (#""response_format":{"type":"json_object"}"#, "response_format"),
        (#""moderation":{"model":"m"}"#, "moderation"),
        (#""functions":[{"name":"f"}]"#, "functions"),
        (#""tools":[{"type":"custom","custom":{"name":"x"}}]"#, "tools[type=custom]"),
    ])
    func refusesWhatWouldMeanSomethingElse(_ member: String, _ field: String) throws {
        let body = #"{"model":"m","messages":[{"role":"user","content":"hi"}],\#(member)}"#
        let error = try #require(throws: TranslationError.self) { try Self.translate(body, from: .openAIChat) }
        guard case .refused(let refusal) = error else {
            Issue.record("not refused: \(error)")
            return
        }
        #expect(refusal.field == field)
        #expect(!refusal.hint.isEmpty && refusal.message.contains(field))
    }

    @Test(arguments: [
        (
            #"{"type":"input_audio","input_audio":{"data":"QQ==","format":"wav"}}"#,
            "messages[].content[type=input_audio]"
        ),
        (#"{"type":"file","file":{"file_id":"file-1"}}"#, "messages[].content[].file.file_id"),
        (
            #"{"type":"file","file":{"filename":"a","file_data":"data:application/zip;base64,QQ=="}}"#,
            "messages[].content[].file.file_data"
        ),
    ])
    func refusesContentThatAnthropicCannotRead(_ part: String, _ field: String) throws {
        let body = #"{"model":"m","messages":[{"role":"user","content":[\#(part)]}]}"#
        let error = try #require(throws: TranslationError.self) { try Self.translate(body, from: .openAIChat) }
        guard case .refused(let refusal) = error else {
            Issue.record("not refused: \(error)")
            return
        }
        #expect(refusal.field == field)
    }

    /// Members of an Anthropic body: what is left out, and what is refused.
    @Test(
        arguments: [
            (#""top_k":5"#, ["top_k"], nil), (#""thinking":{"type":"disabled"}"#, ["thinking"], nil),
            (#""thinking":{"type":"adaptive","display":"omitted"}"#, ["thinking.display", "thinking"], nil),
            (#""tools":[{"name":"f","input_schema":{},"defer_loading":true}]"#, ["tools[].defer_loading"], nil),
            (#""tools":[{"name":"f","input_schema":{},"cache_control":{"type":"ephemeral"}}]"#, ["cache_control"], nil),
            (#""context_management":{"edits":[{}]}"#, ["context_management"], nil),
            (#""output_config":{"effort":"max","task_budget":{"x":1}}"#, ["output_config.task_budget"], nil),
            (#""container":"c""#, [], "container"), (#""inference_geo":"eu""#, [], "inference_geo"),
            (#""mcp_servers":[{}]"#, [], "mcp_servers"),
            (#""stop_sequences":["1","2","3","4","5"]"#, [], "stop_sequences"),
            (#""tools":[{"type":"web_search_20250305","name":"web_search"}]"#, [], "tools[].type"),
        ] as [(String, [String], String?)])
    func namesWhatOpenAICannotDo(_ member: String, _ dropped: [String], _ refused: String?) throws {
        let body = #"{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi"}],\#(member)}"#
        do {
            let request = try Self.translate(body, from: .anthropicMessages)
            #expect(request.notes.dropped.names == dropped && refused == nil)
        } catch TranslationError.refused(let refusal) {
            #expect(refusal.field == refused)
        }
    }

    @Test func refusesToContinueAnAnswerThatWouldBeAnswered() throws {
        let body =
            #"{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"q"},"#
            + #"{"role":"assistant","content":"{"}]}"#
        let error = try #require(throws: TranslationError.self) { try Self.translate(body, from: .anthropicMessages) }
        guard case .refused(let refusal) = error else {
            Issue.record("not refused: \(error)")
            return
        }
        #expect(refusal.rule == .prefill && refusal.field == "messages")
    }

    @Test(
        arguments: [
            (#"{"model":"m"}"#, "missing_field", "messages"),
            (#"{"model":"m","messages":"x"}"#, "invalid_field", "messages"),
            (#"{"messages":[{"role":"user","content":"a"}],"messages":[]}"#, "duplicate_field", "messages"),
            (
                #"{"messages":[{"role":"user","content":[{"type":"hologram"}]}]}"#, "invalid_field",
                "messages[].content[].type"
            ),
            (#"{"messages":[{"role":"user","content":"a"}],"temperature":"hot"}"#, "invalid_field", "temperature"),
            (#"{"messages":[{"role":"user","content":"a"}"#, "truncated", nil), ("[]", "not_an_object", nil),
        ] as [(String, String, String?)])
    func saysWhatCannotBeRead(_ body: String, _ code: String, _ field: String?) throws {
        let error = try #require(throws: TranslationError.self) { try Self.translate(body, from: .openAIChat) }
        guard case .unreadable(let wire) = error else {
            Issue.record("not unreadable: \(error)")
            return
        }
        #expect(wire.code.rawValue == code)
        #expect(wire.field == field)
    }

    @Test(arguments: [
        (#"{"type":"function","function":{"name":"f"}}"#, #"{"type":"tool","name":"f"}"#),
        (#""required""#, #"{"type":"any"}"#),
    ])
    func aToolThatMustBeCalledLeavesNoThinking(_ choice: String, _ expected: String) throws {
        let body =
            #"{"model":"m","reasoning_effort":"high","tools":[{"type":"function","function":{"name":"f"}}],"#
            + #""tool_choice":\#(choice),"messages":[{"role":"user","content":"hi"}]}"#
        let options = TranslationOptions(model: "claude-sonnet-5", defaultMaxOutputTokens: 8_192)
        let request = try Self.translate(body, from: .openAIChat, options)
        expectJSON(
            request.body,
            #"""
            {"model":"claude-sonnet-5","max_tokens":8192,"messages":[{"role":"user","content":"hi"}],
            "tools":[{"name":"f",
            "input_schema":{"type":"object","properties":{}}}],"tool_choice":\#(expected),
            "output_config":{"effort":"high"}}
            """#)
        #expect(request.notes.adjusted.names == ["reasoning_effort"])
    }

    /// Also what stands deep inside is never left out unseen.
    @Test func namesUnknownMembersOfParts() throws {
        let openAI = try Self.translate(
            #"""
            {"model":"m","stream":true,"stream_options":{"include_obfuscation":true},"messages":[{"role":"user",
            "x":1,"content":[{"type":"text","text":"hi","mood":"good","empty":null}]}]}
            """#, from: .openAIChat)
        #expect(
            openAI.notes.dropped.names == [
                "stream_options.include_obfuscation", "messages[].x", "messages[].content[].mood",
            ])
        let anthropic = try Self.translate(
            #"""
            {"model":"m","max_tokens":1,"messages":[{"role":"user","content":[{"type":"image","transformations":{"a":1},
            "source":{"type":"url","url":"https://a.example/b.png"}}]}]}
            """#, from: .anthropicMessages)
        #expect(anthropic.notes.dropped.names == ["messages[].content[].transformations"])
    }
}
