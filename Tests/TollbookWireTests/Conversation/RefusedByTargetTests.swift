import NIOCore
import Testing
import TollbookWire

/// What a target refuses although its dialect has it: messages that say nothing, schemas that are open, URLs that
/// nobody can fetch.
@Suite struct RefusedByTargetTests {
    private static func translate(
        _ body: String, from source: ConversationDialect = .openAIChat, to target: ConversationDialect,
        model: String = "claude-opus-5"
    ) throws -> TranslatedRequest {
        try RequestTranslator.translate(
            ByteBuffer(string: body), from: source, to: target,
            TranslationOptions(model: model, defaultMaxOutputTokens: 8_192))
    }

    private static func messages(_ request: TranslatedRequest, _ name: StaticString) throws -> String {
        try #require(JSONView(request.body).member(name)).bytes.text
    }

    // MARK: Messages that say nothing

    /// An assistant's message that says nothing, and what stands for it: nothing, and its neighbors are one.
    @Test(arguments: [
        #"{"role":"assistant","content":null}"#, #"{"role":"assistant","content":""}"#, #"{"role":"assistant"}"#,
        #"{"role":"assistant","content":[]}"#, #"{"role":"assistant","content":[{"type":"text","text":""}]}"#,
        #"{"role":"assistant","content":null,"reasoning_content":"thoughts alone"}"#,
    ])
    func aMessageThatSaysNothingIsLeftOut(_ message: String) throws {
        let body =
            #"{"model":"m","messages":[{"role":"user","content":"x"},\#(message),{"role":"user","content":"y"}]}"#
        let claude = try Self.translate(body, to: .anthropicMessages)
        #expect(
            try Self.messages(claude, "messages")
                == #"[{"role":"user","content":[{"type":"text","text":"x"},{"type":"text","text":"y"}]}]"#)
        let gemini = try Self.translate(body, to: .gemini, model: "gemini-2.5-pro")
        #expect(
            try Self.messages(gemini, "contents") == #"[{"role":"user","parts":[{"text":"x"},{"text":"y"}]}]"#)
        let bedrock = try Self.translate(body, to: .bedrockConverse)
        #expect(
            try Self.messages(bedrock, "messages") == #"[{"role":"user","content":[{"text":"x"},{"text":"y"}]}]"#)
        let thoughts = message.contains("thoughts") ? ["messages[].reasoning_content"] : []
        for request in [claude, gemini, bedrock] { #expect(request.notes.dropped.names == thoughts) }
    }

    /// What is all that there is stays, for the provider to say what it thinks of it.
    @Test func theOnlyMessageStays() throws {
        let body = #"{"model":"m","messages":[{"role":"system","content":"s"},{"role":"user","content":""}]}"#
        let claude = try Self.translate(body, to: .anthropicMessages)
        #expect(try Self.messages(claude, "messages") == #"[{"role":"user","content":""}]"#)
        let gemini = try Self.translate(body, to: .gemini)
        #expect(try Self.messages(gemini, "contents") == #"[{"role":"user","parts":[{"text":""}]}]"#)
    }

    /// Gemini's signature on a text without words is worth sending, to Gemini alone.
    @Test func aSignatureIsKeptForGemini() throws {
        let body = #"""
            {"model":"m","messages":[{"role":"user","content":"x"},{"role":"assistant","content":null,"extra_content":
            {"google":{"thought_signature":"c2ln"}}},{"role":"user","content":"y"}]}
            """#
        let gemini = try Self.translate(body, to: .gemini)
        #expect(try Self.messages(gemini, "contents").contains(#"{"text":"","thoughtSignature":"c2ln"}"#))
        #expect(gemini.notes.dropped.isEmpty)
        let claude = try Self.translate(body, to: .anthropicMessages)
        #expect(!claude.body.text.contains("c2ln"))
        #expect(claude.notes.dropped.names == ["messages[].extra_content.google.thought_signature"])
    }

    // MARK: Thoughts of another provider

    /// Signatures that Tollbook made for a caller's dialect go to no provider that did not give them.
    @Test(arguments: [ConversationDialect.anthropicMessages, .bedrockConverse, .openAIChat])
    func geminisThoughtsGoToNoOther(_ target: ConversationDialect) throws {
        let responses = #"""
            {"model":"m","input":[{"role":"user","content":"q"},{"type":"reasoning","summary":[{"type":"summary_text",
            "text":"hm"}],"encrypted_content":"tollbook.signature.gemini.c2ln"},{"role":"assistant","content":"a"},
            {"role":"user","content":"b"}]}
            """#
        let request = try Self.translate(responses, from: .openAIResponses, to: target)
        #expect(!request.body.text.contains("c2ln") && !request.body.text.contains("tollbook"))
        #expect(request.notes.dropped.names == ["input[type=reasoning]"])
        guard target != .anthropicMessages else { return }
        let messages = #"""
            {"model":"m","max_tokens":9,"messages":[{"role":"user","content":"q"},{"role":"assistant","content":[
            {"type":"thinking","thinking":"hm","signature":"gemini.c2ln"},{"type":"text","text":"a"}]},
            {"role":"user","content":"b"}]}
            """#
        let other = try Self.translate(messages, from: .anthropicMessages, to: target)
        #expect(!other.body.text.contains("c2ln"))
        #expect(other.notes.dropped.names == ["messages[].content[type=thinking]"])
    }

    @Test func hiddenThoughtsThatAreNoTextAreNamed() throws {
        let body = #"""
            {"messages":[{"role":"user","content":[{"text":"x"}]},{"role":"assistant","content":[{"reasoningContent":
            {"redactedContent":"/+8="}},{"text":"t"}]},{"role":"user","content":[{"text":"y"}]}]}
            """#
        let request = try Self.translate(body, from: .bedrockConverse, to: .anthropicMessages)
        #expect(request.notes.dropped.names == ["messages[].content[].reasoningContent.redactedContent"])
        #expect(try Self.messages(request, "messages").contains(#"{"role":"assistant","content":"t"}"#))
        #expect(throws: TranslationError.self) {
            try Self.translate(
                body.replacing("/+8=", with: "?"), from: .bedrockConverse, to: .anthropicMessages)
        }
    }

    // MARK: Schemas

    @Test func objectsOfASchemaForClaudeAreClosed() throws {
        let schema = #"""
            {"type":"object","properties":{"type":{"type":"string"},"list":{"type":["array","null"],
            "items":{"properties":
            {"x":{"const":{"type":"object"}}}}},"open":{"type":"object","additionalProperties":{"type":"string"}}},
            "$defs":{"d":{"type":["object","null"]}},"anyOf":[{"type":"object","description":"a \u0041"}]}
            """#
        let closed = #"""
            {"type":"object","properties":{"type":{"type":"string"},"list":{"type":["array","null"],
            "items":{"properties":
            {"x":{"const":{"type":"object"}}},"additionalProperties":false}},"open":{"type":"object",
            "additionalProperties":{"type":"string"}}},"$defs":{"d":{"type":["object","null"],
            "additionalProperties":false}},
            "anyOf":[{"type":"object","description":"a A","additionalProperties":false}],"additionalProperties":false}
            """#
        let body = #"""
            {"model":"m","messages":[{"role":"user","content":"q"}],"response_format":{"type":"json_schema",
            "json_schema":
            {"strict":true,"schema":\#(schema)}}}
            """#
        let request = try Self.translate(body, to: .anthropicMessages)
        expectJSON(
            request.body,
            #"""
            {"model":"claude-opus-5","max_tokens":8192,"messages":[{"role":"user","content":"q"}],
            "output_config":{"format":
            {"type":"json_schema","schema":\#(closed)}}}
            """#)
        let nova = try Self.translate(body, to: .bedrockConverse, model: "amazon.nova-lite-v1:0")
        #expect(!nova.body.text.contains(#"additionalProperties\":false"#))
        let claude = try Self.translate(body, to: .bedrockConverse, model: "anthropic.claude-sonnet-4-5")
        #expect(claude.body.text.contains(#"additionalProperties\":false"#))
    }

    // MARK: Data URLs

    @Test(
        arguments: [
            ("data:image/png;base64,QQ==", #"{"type":"base64","media_type":"image/png","data":"QQ=="}"#),
            ("DATA:image/png;base64,QQ==", #"{"type":"base64","media_type":"image/png","data":"QQ=="}"#),
            ("data:image/png,%00%ffA", #"{"type":"base64","media_type":"image/png","data":"AP9B"}"#),
            (
                "data:image/svg+xml;charset=utf-8,%3Csvg/>",
                #"{"type":"base64","media_type":"image/svg+xml","data":"PHN2Zy8+"}"#
            ),
            ("https://a.example/b", #"{"type":"url","url":"https://a.example/b"}"#),
            ("data:image/png", nil), ("data:image/png,%0", nil), ("data:image/png,%zz", nil),
        ] as [(String, String?)])
    func aDataURLIsReadOrRefused(_ url: String, _ source: String?) throws {
        let body = #"""
            {"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"\#(url)"}},
            {"type":"text","text":"q"}]}]}
            """#
        guard let source else {
            let error = #expect(throws: TranslationError.self) { try Self.translate(body, to: .anthropicMessages) }
            guard case .unreadable(let error) = error else {
                Issue.record("not unreadable")
                return
            }
            #expect(error.code == .invalidField && error.field == "messages[].content[].image_url.url")
            return
        }
        let request = try Self.translate(body, to: .anthropicMessages)
        #expect(try Self.messages(request, "messages").contains(#"{"type":"image","source":\#(source)}"#))
    }

    // MARK: People

    @Test(arguments: [ConversationDialect.anthropicMessages, .openAIChat])
    func ofTwoNamesOfAPersonOneIsNamedAsLeftOut(_ target: ConversationDialect) throws {
        let request = try Self.translate(
            #"{"model":"m","user":"u-1","safety_identifier":"s-1","input":"q"}"#, from: .openAIResponses, to: target)
        #expect(request.body.text.contains("u-1") && !request.body.text.contains("s-1"))
        #expect(request.notes.dropped.names == ["safety_identifier"])
    }
}
