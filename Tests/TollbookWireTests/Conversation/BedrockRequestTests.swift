import Foundation
import NIOCore
import Testing
import TollbookCore
import TollbookWire

/// Requests that go to Bedrock's Converse, and requests of its callers that go elsewhere.
struct BedrockRequestTests {
    private static func translate(
        _ body: String, from source: ConversationDialect, model: String = "us.anthropic.claude-opus-4-6-v1"
    ) throws -> TranslatedRequest {
        try RequestTranslator.translate(
            ByteBuffer(string: body), from: source, to: .bedrockConverse,
            TranslationOptions(model: model, defaultMaxOutputTokens: 8_192))
    }

    private static func refusal(
        _ body: String, from source: ConversationDialect, to target: ConversationDialect = .bedrockConverse
    ) -> TranslationRefusal? {
        do {
            _ = try RequestTranslator.translate(ByteBuffer(string: body), from: source, to: target, .sample)
            return nil
        } catch TranslationError.refused(let refusal) {
            return refusal
        } catch {
            return nil
        }
    }

    static let hello = #""messages":[{"role":"user","content":"hi"}]"#
    static let helloThere = #""messages":[{"role":"user","content":[{"text":"hi"}]}]"#

    /// The member that is one message with one part or block.
    static func user(_ part: String) -> String { #""messages":[{"role":"user","content":[\#(part)]}]"# }

    // MARK: To Bedrock

    /// A body of a caller's dialect and what Bedrock is sent.
    static let toBedrock: [(String, ConversationDialect, String)] = [
        (#"{"model":"m",\#(hello)}"#, .openAIChat, "{\(helloThere)}"),
        (
            #"{"model":"m","max_tokens":9,\#(hello)}"#, .anthropicMessages,
            #"{\#(helloThere),"inferenceConfig":{"maxTokens":9}}"#
        ),
        (
            #"{"model":"m","input":"hi","instructions":"be brief","max_output_tokens":9}"#, .openAIResponses,
            #"{"system":[{"text":"be brief"}],\#(helloThere),"inferenceConfig":{"maxTokens":9}}"#
        ),
        (
            #"""
            {"model":"m","max_completion_tokens":7,"temperature":0.30,"top_p":1e-1,"stop":"END","stream":true,
            "service_tier":"flex","metadata":{"team":"a b","odd":"é"},"messages":[{"role":"system","content":"a"},
            {"role":"developer","content":[{"type":"text","text":"b"}]},{"role":"user","content":"c"},
            {"role":"user","content":""}]}
            """#, .openAIChat,
            #"""
            {"system":[{"text":"a"},{"text":"b"}],"messages":[{"role":"user","content":[{"text":"c"}]}],
            "inferenceConfig":{"maxTokens":7,"temperature":0.30,"stopSequences":["END"]},
            "additionalModelResponseFieldPaths":["/stop_sequence"],"serviceTier":{"type":"flex"},
            "requestMetadata":{"team":"a b"}}
            """#
        ),
        (
            #"""
            {"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"see"},
            {"type":"image_url","image_url":{"url":"data:image\/png;base64,QU\/C"}},
            {"type":"input_audio","input_audio":{"data":"QUJD","format":"wav"}},
            {"type":"file","file":{"filename":"Q3/plan (v2).pdf","file_data":"data:application/pdf;base64,QUJD"}},
            {"type":"file","file":{"filename":"Q3/plan (v2).PDF","file_data":"data:application/pdf;base64,QUJE"}},
            {"type":"file","file":{"file_data":"data:text/plain;base64,aGkh"}}]}]}
            """#, .openAIChat,
            #"""
            {"messages":[{"role":"user","content":[{"text":"see"},
            {"image":{"format":"png","source":{"bytes":"QU/C"}}},{"audio":{"format":"wav","source":{"bytes":"QUJD"}}},
            {"document":{"name":"Q3 plan (v2)","format":"pdf","source":{"bytes":"QUJD"}}},
            {"document":{"name":"Q3 plan (v2) 2","format":"pdf","source":{"bytes":"QUJE"}}},
            {"document":{"name":"document","format":"txt","source":{"bytes":"aGkh"}}}]}]}
            """#
        ),
        (
            #"""
            {"model":"m","tool_choice":"required","tools":[{"type":"function","function":
            {"name":"f","description":"","parameters":{"type":"object","properties":{"x":{"minimum":1.0}}},
            "strict":true}},{"type":"function","function":{"name":"g","description":"d"}}],
            "messages":[{"role":"user","content":"q"},{"role":"assistant","content":"","tool_calls":[
            {"id":"c 1","type":"function","function":{"name":"f","arguments":"{\"x\":1.0}"}},
            {"id":"c2","type":"function","function":{"name":"g","arguments":""}}]},
            {"role":"tool","tool_call_id":"c 1","content":"4"},{"role":"tool","tool_call_id":"c2","content":""},
            {"role":"user","content":"go on"}]}
            """#, .openAIChat,
            #"""
            {"messages":[{"role":"user","content":[{"text":"q"}]},{"role":"assistant","content":[
            {"toolUse":{"toolUseId":"c_1_0As5miOqI","name":"f","input":{"x":1.0}}},
            {"toolUse":{"toolUseId":"c2","name":"g","input":{}}}]},{"role":"user","content":[
            {"toolResult":{"toolUseId":"c_1_0As5miOqI","content":[{"text":"4"}]}},
            {"toolResult":{"toolUseId":"c2","content":[]}},{"text":"go on"}]}],"toolConfig":{"tools":[
            {"toolSpec":{"name":"f","inputSchema":{"json":{"type":"object","properties":{"x":{"minimum":1.0}}}},
            "strict":true}},
            {"toolSpec":{"name":"g","description":"d","inputSchema":{"json":{"type":"object","properties":{}}}}}],
            "toolChoice":{"any":{}}}}
            """#
        ),
        (
            #"""
            {"model":"m","max_tokens":9,"system":[{"type":"text","text":"s","cache_control":{"type":"ephemeral",
            "ttl":"1h"}}],"tools":[{"name":"f","input_schema":{"type":"object"},"cache_control":{"type":"ephemeral"}}],
            "tool_choice":{"type":"tool","name":"f"},"messages":[{"role":"user","content":"q"},
            {"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"s=="},
            {"type":"redacted_thinking","data":"hi!"},{"type":"tool_use","id":"t","name":"f","input":{}}]},
            {"role":"user","content":[{"type":"tool_result","tool_use_id":"t","is_error":true,"content":[
            {"type":"text","text":"no"},{"type":"image","source":{"type":"base64","media_type":"image/webp",
            "data":"QUJD"}}]},{"type":"document","title":"Notes","source":{"type":"text","media_type":"text/plain",
            "data":"hi!"},"cache_control":{"type":"ephemeral"}}]}]}
            """#, .anthropicMessages,
            #"""
            {"system":[{"text":"s"},{"cachePoint":{"type":"default","ttl":"1h"}}],"messages":[
            {"role":"user","content":[{"text":"q"}]},{"role":"assistant","content":[
            {"reasoningContent":{"reasoningText":{"text":"hm","signature":"s=="}}},
            {"reasoningContent":{"redactedContent":"aGkh"}},{"toolUse":{"toolUseId":"t","name":"f","input":{}}}]},
            {"role":"user","content":[{"toolResult":{"toolUseId":"t","content":[{"text":"no"},
            {"image":{"format":"webp","source":{"bytes":"QUJD"}}}],"status":"error"}},
            {"document":{"name":"Notes","format":"txt","source":{"bytes":"aGkh"}}},
            {"cachePoint":{"type":"default"}}]}],"toolConfig":{"tools":[{"toolSpec":{"name":"f","inputSchema":
            {"json":{"type":"object"}}}},{"cachePoint":{"type":"default"}}],"toolChoice":{"tool":{"name":"f"}}},
            "inferenceConfig":{"maxTokens":9}}
            """#
        ),
        (
            #"""
            {"model":"m","response_format":{"type":"json_schema","json_schema":{"name":"n","description":"d",
            "strict":true,"schema":{"type":"object","enum":["\"q\""]}}},\#(hello)}
            """#, .openAIChat,
            #"""
            {\#(helloThere),"outputConfig":{"textFormat":{"type":"json_schema","structure":{"jsonSchema":
            {"schema":"{\"type\":\"object\",\"enum\":[\"\\\"q\\\"\"],\"additionalProperties\":false}","name":"n",
            "description":"d"}}}}}
            """#
        ),
        (
            #"{"model":"m","max_tokens":9,"cache_control":{"type":"ephemeral"},\#(hello)}"#, .anthropicMessages,
            #"""
            {"messages":[{"role":"user","content":[{"text":"hi"},{"cachePoint":{"type":"default"}}]}],
            "inferenceConfig":{"maxTokens":9}}
            """#
        ),
    ]

    @Test(arguments: toBedrock)
    func sendsConverse(_ body: String, _ source: ConversationDialect, _ expected: String) throws {
        expectJSON(try Self.translate(body, from: source).body, expected)
    }

    /// What only one maker's models know goes to them under their names, and is named for the others.
    @Test(arguments: [
        ("us.anthropic.claude-sonnet-4-6", #"{"thinking":{"type":"adaptive"}}"#, #"{"effort":"medium"}"#, []),
        (
            "anthropic.claude-sonnet-4-5-20250929-v1:0", #"{"thinking":{"type":"enabled","budget_tokens":8191}}"#, nil,
            []
        ),
        (
            "amazon.nova-2-lite-v1:0", #"{"reasoningConfig":{"type":"enabled","maxReasoningEffort":"medium"}}"#, nil, []
        ),
        ("openai.gpt-oss-120b-1:0", #"{"reasoning_effort":"medium"}"#, nil, []),
        ("meta.llama3-70b", nil, nil, ["reasoning_effort"]),
        ("arn:aws:bedrock:eu-central-1:1:application-inference-profile/x", nil, nil, ["reasoning_effort"]),
    ])
    func tellsEachMakersModelsHowMuchToThink(
        _ model: String, _ additional: String?, _ output: String?, _ dropped: [String]
    ) throws {
        let request = try Self.translate(
            #"{"model":"m","reasoning_effort":"medium",\#(Self.hello)}"#, from: .openAIChat, model: model)
        let parts = [
            additional.map { #","additionalModelRequestFields":\#($0)"# }, output.map { #","outputConfig":\#($0)"# },
        ]
        expectJSON(request.body, "{\(Self.helloThere)\(parts.compactMap(\.self).joined())}")
        #expect(request.notes.dropped.names == dropped)
    }

    @Test(arguments: [
        ("anthropic.claude-haiku-4-5", #","additionalModelRequestFields":{"top_k":5}"#, [String]()),
        ("amazon.nova-lite-v1:0", #","additionalModelRequestFields":{"inferenceConfig":{"topK":5}}"#, []),
        ("mistral.mistral-large", "", ["top_k"]),
    ])
    func sendsTopKWhereItIsKnown(_ model: String, _ additional: String, _ dropped: [String]) throws {
        let request = try Self.translate(
            #"{"model":"m","max_tokens":9,"top_k":5,\#(Self.hello)}"#, from: .anthropicMessages, model: model)
        expectJSON(request.body, #"{\#(Self.helloThere),"inferenceConfig":{"maxTokens":9}\#(additional)}"#)
        #expect(request.notes.dropped.names == dropped)
    }

    /// An effort of Anthropic's asks for no thinking by itself.
    @Test(
        arguments: [
            (#""output_config":{"effort":"low"}"#, nil, #"{"effort":"low"}"#),
            (
                #""output_config":{"effort":"max"},"thinking":{"type":"adaptive"}"#, #"{"type":"adaptive"}"#,
                #"{"effort":"max"}"#
            ),
            (#""thinking":{"type":"disabled"}"#, #"{"type":"disabled"}"#, nil),
            (#""thinking":{"type":"adaptive","display":"omitted"}"#, #"{"type":"adaptive","display":"omitted"}"#, nil),
        ] as [(String, String?, String?)])
    func keepsEffortAndThinkingApart(_ members: String, _ thinking: String?, _ output: String?) throws {
        let request = try Self.translate(
            #"{"model":"m","max_tokens":9,\#(members),\#(Self.hello)}"#, from: .anthropicMessages)
        let parts = [
            thinking.map { #","additionalModelRequestFields":{"thinking":\#($0)}"# },
            output.map { #","outputConfig":\#($0)"# },
        ]
        let more = parts.compactMap(\.self).joined()
        expectJSON(request.body, #"{\#(Self.helloThere),"inferenceConfig":{"maxTokens":9}\#(more)}"#)
        #expect(request.notes.dropped.isEmpty)
    }

    @Test func handsABudgetOfThoughtsOn() throws {
        let request = try Self.translate(
            #"{"model":"m","max_tokens":4096,"temperature":1,"thinking":{"type":"enabled","budget_tokens":2048},"#
                + #"\#(Self.hello)}"#, from: .anthropicMessages, model: "anthropic.claude-3-7-sonnet-20250219-v1:0")
        expectJSON(
            request.body,
            #"""
            {\#(Self.helloThere),"inferenceConfig":{"maxTokens":4096},
            "additionalModelRequestFields":{"thinking":{"type":"enabled","budget_tokens":2048}}}
            """#)
        #expect(request.notes.dropped.names == ["temperature"])
    }

    /// Converse demands tools of a conversation in which some were called.
    @Test func declaresToolsThatWereCalledBefore() throws {
        let history =
            #""messages":[{"role":"user","content":"q"},{"role":"assistant","tool_calls":[{"id":"c","type":"function","#
            + #""function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c","content":"4"}]"#
        let request = try Self.translate(#"{"model":"m",\#(history)}"#, from: .openAIChat)
        let declared =
            #"{"tools":[{"toolSpec":{"name":"f","inputSchema":{"json":{"type":"object","properties":{}}}}}]}"#
        #expect(
            parsed(request.body)?["toolConfig"] as? NSDictionary
                == parsed(ByteBuffer(string: declared)))
        #expect(request.notes.adjusted.names == ["messages[].tool_calls"])
        let forbidden = try Self.translate(
            #"{"model":"m","tool_choice":"none","tools":[{"type":"function","function":{"name":"f"}}],\#(history)}"#,
            from: .openAIChat)
        #expect(forbidden.notes.adjusted.names == ["tool_choice=none"])
        let fresh = try Self.translate(
            #"{"model":"m","tool_choice":"none","tools":[{"type":"function","function":{"name":"f"}}],\#(Self.hello)}"#,
            from: .openAIChat)
        expectJSON(fresh.body, "{\(Self.helloThere)}")
        #expect(fresh.notes.adjusted.isEmpty)
    }

    @Test func namesWhatItLeavesOut() throws {
        let request = try Self.translate(
            #"""
            {"model":"m","temperature":1.5,"seed":1,"presence_penalty":1,"user":"u","safety_identifier":"s",
            "parallel_tool_calls":false,"tools":[{"type":"function","function":{"name":"f"}}],"messages":[
            {"role":"user","name":"n","content":[{"type":"text","text":"hi","cache_control":{"type":"ephemeral"}}]},
            {"role":"assistant","content":"a","reasoning_content":"r"},{"role":"system","content":"later"},
            {"role":"user","content":"q"}]}
            """#, from: .openAIChat, model: "mistral.mistral-large")
        #expect(
            Set(request.notes.dropped.names) == [
                "seed", "presence_penalty", "user", "safety_identifier", "parallel_tool_calls", "messages[].name",
                "messages[].content[].cache_control", "messages[].reasoning_content",
            ])
        #expect(Set(request.notes.adjusted.names) == ["temperature", "messages[role=system|developer]"])
    }

    @Test(arguments: [
        (
            user(#"{"type":"image_url","image_url":{"url":"https://a.example/b.png"}}"#),
            "messages[].content[].image_url.url"
        ),
        (
            user(#"{"type":"image_url","image_url":{"url":"data:image/tiff;base64,QUJD"}}"#),
            "messages[].content[].image_url.url"
        ),
        (
            user(#"{"type":"file","file":{"file_data":"data:video/mp4;base64,QUJD"}}"#),
            "messages[].content[].file.file_data"
        ),
        (#""n":2,\#(hello)"#, "n"),
        (#""logprobs":true,\#(hello)"#, "logprobs"),
        (#""response_format":{"type":"json_object"},\#(hello)"#, "response_format"),
    ])
    func refusesWhatBedrockCannotDo(_ members: String, _ field: String) {
        #expect(Self.refusal(#"{"model":"m",\#(members)}"#, from: .openAIChat)?.field == field)
    }

    // MARK: From Bedrock

    static let fromBedrock =
        #"""
        {"system":[{"text":"s"},{"cachePoint":{"type":"default","ttl":"1h"}}],"messages":[
        {"role":"user","content":[{"text":"q"},{"image":{"format":"png","source":{"bytes":"QUJD"}}},
        {"document":{"name":"Notes","format":"txt","source":{"bytes":"aGkh"}}}]},
        {"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"hm","signature":"s=="}}},
        {"reasoningContent":{"redactedContent":"aGkh"}},{"toolUse":{"toolUseId":"t","name":"f","input":{"a":1.0}}}]},
        {"role":"user","content":[{"toolResult":{"toolUseId":"t","status":"error","content":[{"json":{"b":2}}]}}]}],
        "inferenceConfig":{"maxTokens":7,"temperature":0.5,"topP":0.9,"stopSequences":["END"]},
        "toolConfig":{"tools":[{"toolSpec":{"name":"f","description":"d","inputSchema":{"json":{"type":"object"}}}},
        {"cachePoint":{"type":"default"}}],"toolChoice":{"any":{}}},"serviceTier":{"type":"default"},
        "requestMetadata":{"a":"b"},"outputConfig":{"textFormat":{"type":"json_schema","structure":{"jsonSchema":
        {"name":"n","schema":"{\"type\":\"object\"}"}}}}}
        """#

    @Test func readsConverseForAnthropic() throws {
        let request = try RequestTranslator.translate(
            ByteBuffer(string: Self.fromBedrock), from: .bedrockConverse, to: .anthropicMessages, .sample)
        expectJSON(
            request.body,
            #"""
            {"model":"served","max_tokens":7,"system":[{"type":"text","text":"s","cache_control":{"type":"ephemeral",
            "ttl":"1h"}}],"messages":[{"role":"user","content":[{"type":"text","text":"q"},{"type":"image","source":
            {"type":"base64","media_type":"image/png","data":"QUJD"}},{"type":"document","source":{"type":"text",
            "media_type":"text/plain","data":"hi!"},"title":"Notes"}]},{"role":"assistant","content":[
            {"type":"thinking","thinking":"hm","signature":"s=="},{"type":"redacted_thinking","data":"hi!"},
            {"type":"tool_use","id":"t","name":"f","input":{"a":1.0}}]},{"role":"user","content":[
            {"type":"tool_result","tool_use_id":"t","content":"{\"b\":2}","is_error":true}]}],
            "tools":[{"name":"f","description":"d","input_schema":{"type":"object"},
            "cache_control":{"type":"ephemeral"}}],"tool_choice":{"type":"any"},"temperature":0.5,"top_p":0.9,
            "stop_sequences":["END"],"output_config":{"format":{"type":"json_schema",
            "schema":{"type":"object","additionalProperties":false}}},"service_tier":"standard_only"}
            """#)
        let dropped = [
            "requestMetadata", "outputConfig.textFormat.structure.jsonSchema.name",
        ]
        #expect(request.notes.dropped.names == dropped && request.notes.adjusted.isEmpty)
    }

    @Test func readsConverseForOpenAI() throws {
        let request = try RequestTranslator.translate(
            ByteBuffer(string: Self.fromBedrock), from: .bedrockConverse, to: .openAIChat, .sample)
        expectJSON(
            request.body,
            #"""
            {"model":"served","messages":[{"role":"system","content":"s"},{"role":"user","content":[
            {"type":"text","text":"q"},{"type":"image_url","image_url":{"url":"data:image/png;base64,QUJD"}},
            {"type":"file","file":{"filename":"Notes","file_data":"data:text/plain;base64,aGkh"}}]},
            {"role":"assistant","content":null,"tool_calls":[{"id":"t","type":"function","function":{"name":"f",
            "arguments":"{\"a\":1.0}"}}]},{"role":"tool","tool_call_id":"t","content":"{\"b\":2}"}],
            "tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"}}}],
            "tool_choice":"required","max_completion_tokens":7,"temperature":0.5,"top_p":0.9,"stop":["END"],
            "response_format":{"type":"json_schema","json_schema":{"name":"n","strict":true,
            "schema":{"type":"object"}}},"service_tier":"default"}
            """#)
    }

    /// What a model's maker knows under its own names is read as far as others have it.
    @Test(arguments: [
        (
            #"{"thinking":{"type":"enabled","budget_tokens":2048},"other":1}"#,
            #""thinking":{"type":"enabled","budget_tokens":2048}"#
        ),
        (#"{"top_k":5,"other":1}"#, #""top_k":5"#),
        (#"{"thinking":{"type":"adaptive"},"other":1}"#, #""thinking":{"type":"adaptive"}"#),
        (
            #"{"inferenceConfig":{},"reasoningConfig":{"type":"enabled","maxReasoningEffort":"high"},"o":1}"#,
            #""thinking":{"type":"adaptive"},"output_config":{"effort":"high"}"#
        ),
        (#"{"inferenceConfig":{"topK":3},"o":1}"#, #""top_k":3"#),
        (#"{"thinking":{"type":"disabled"},"o":1}"#, #""thinking":{"type":"disabled"}"#),
    ])
    func readsWhatGoesToOneMakersModels(_ fields: String, _ expected: String) throws {
        let request = try RequestTranslator.translate(
            ByteBuffer(string: #"{\#(Self.helloThere),"additionalModelRequestFields":\#(fields)}"#),
            from: .bedrockConverse, to: .anthropicMessages,
            TranslationOptions(model: "claude-sonnet-4-6", defaultMaxOutputTokens: 8_192))
        expectJSON(request.body, #"{"model":"claude-sonnet-4-6","max_tokens":8192,\#(Self.hello),\#(expected)}"#)
        #expect(request.notes.dropped.names.allSatisfy { $0.hasPrefix("additionalModelRequestFields.o") })
        #expect(request.notes.dropped.names.count == 1)
    }

    @Test(arguments: [
        (#""guardrailConfig":{"guardrailIdentifier":"g"},\#(helloThere)"#, "guardrailConfig"),
        (#""promptVariables":{"a":{"text":"b"}},\#(helloThere)"#, "promptVariables"),
        (
            user(#"{"image":{"format":"png","source":{"s3Location":{"uri":"s3://b/k"}}}}"#),
            "messages[].content[].source.s3Location"
        ),
        (
            user(#"{"video":{"format":"mp4","source":{"bytes":"QUJD"}}}"#),
            "messages[].content[].video"
        ),
        (
            #""toolConfig":{"tools":[{"systemTool":{"name":"nova_grounding"}}]},\#(helloThere)"#,
            "toolConfig.tools[].systemTool"
        ),
        (
            user(#"{"toolUse":{"toolUseId":"t","name":"f","input":{},"type":"server_tool_use"}}"#),
            "messages[].content[].toolUse.type"
        ),
    ])
    func refusesWhatOthersCannotDo(_ members: String, _ field: String) {
        for target in [ConversationDialect.openAIChat, .anthropicMessages] {
            #expect(Self.refusal("{\(members)}", from: .bedrockConverse, to: target)?.field == field)
        }
    }

    @Test(arguments: [
        ("[]", WireError.Code.notAnObject, nil), ("{}", .missingField, "messages"),
        (#"{"messages":[],"messages":[]}"#, .duplicateField, "messages"),
        (#"{"messages":[{"role":"robot","content":[]}]}"#, .invalidField, "messages[].role"),
        (#"{"messages":[{"role":"user"}]}"#, .missingField, "messages[].content"),
        (#"{"messages":[{"role":"user","content":"hi"}]}"#, .invalidField, "messages[].content"),
        (#"{"messages":[{"role":"user","content":[{"text":1}]}]}"#, .invalidField, "messages[].content[].text"),
        (#"{\#(helloThere),"inferenceConfig":{"maxTokens":"9"}}"#, .invalidField, "inferenceConfig.maxTokens"),
        (#"{\#(helloThere),"toolConfig":{"toolChoice":{"some":{}}}}"#, .invalidField, "toolConfig.toolChoice"),
    ])
    func saysWhatCannotBeRead(_ body: String, _ code: WireError.Code, _ field: String?) {
        do {
            _ = try RequestTranslator.read(JSONView(ByteBuffer(string: body)), as: .bedrockConverse)
            Issue.record("it was read")
        } catch {
            #expect(error.code == code && error.field == field, "\(error)")
        }
    }
}
