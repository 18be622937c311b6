import Foundation
import NIOCore
import Testing
import TollbookWire

/// Requests to Gemini and from its callers: what arrives, what is told of the rest.
struct GeminiTranslationTests {
    static func translate(
        _ body: String, from source: ConversationDialect, to target: ConversationDialect,
        _ options: TranslationOptions = .sample
    ) throws -> TranslatedRequest {
        try RequestTranslator.translate(ByteBuffer(string: body), from: source, to: target, options)
    }

    /// A body of another dialect, and what Gemini is sent.
    static let toGemini: [(String, ConversationDialect, String)] = [
        (
            #"{"model":"m","messages":[{"role":"user","content":"hi"}]}"#, .openAIChat,
            #"{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}"#
        ),
        (
            #"""
            {"model":"m","max_tokens":5,"temperature":1.30,"top_p":1e-1,"stop":["A","B"],"seed":-7,"stream":true,
            "frequency_penalty":0.5,"presence_penalty":-0.5,"reasoning_effort":"high","service_tier":"flex",
            "response_format":{"type":"json_schema","json_schema":{"name":"n","strict":true,"schema":{"$ref":"#/a"}}},
            "messages":[{"role":"system","content":"a"},{"role":"developer","content":"b"},
            {"role":"user","content":"c"}]}
            """#, .openAIChat,
            #"""
            {"systemInstruction":{"parts":[{"text":"a"},{"text":"b"}]},
            "contents":[{"role":"user","parts":[{"text":"c"}]}],
            "generationConfig":{"maxOutputTokens":5,"temperature":1.30,"topP":1e-1,"frequencyPenalty":0.5,
            "presencePenalty":-0.5,"seed":-7,"stopSequences":["A","B"],"responseMimeType":"application/json",
            "responseJsonSchema":{"$ref":"#/a"},"thinkingConfig":{"thinkingBudget":24576,"includeThoughts":true}},
            "serviceTier":"flex"}
            """#
        ),
        (
            #"""
            {"model":"m","tool_choice":{"type":"function","function":{"name":"g"}},"tools":[{"type":"function",
            "function":{"name":"f","description":"d","parameters":{"type":"object"}}},{"type":"function","function":
            {"name":"g"}}],"messages":[{"role":"user","content":"q"},{"role":"assistant","content":null,"tool_calls":[
            {"id":"c1","type":"function","function":{"name":"f","arguments":"{\"x\":1.0}"},
            "extra_content":{"google":{"thought_signature":"c2ln"}}},
            {"id":"c2","type":"function","function":{"name":"g","arguments":""}}]},
            {"role":"tool","tool_call_id":"c2","content":"no JSON"},
            {"role":"tool","tool_call_id":"c1","content":"{\"a\": [1]}"},{"role":"user","content":"and?"}]}
            """#, .openAIChat,
            #"""
            {"contents":[{"role":"user","parts":[{"text":"q"}]},{"role":"model","parts":[
            {"functionCall":{"id":"c1","name":"f","args":{"x":1.0}},"thoughtSignature":"c2ln"},
            {"functionCall":{"id":"c2","name":"g","args":{}}}]},{"role":"user","parts":[
            {"functionResponse":{"id":"c2","name":"g","response":{"output":"no JSON"}}},
            {"functionResponse":{"id":"c1","name":"f","response":{"a":[1]}}},{"text":"and?"}]}],
            "tools":[{"functionDeclarations":[{"name":"f","description":"d","parametersJsonSchema":{"type":"object"}},
            {"name":"g"}]}],"toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["g"]}}}
            """#
        ),
        (
            #"""
            {"model":"m","max_tokens":9,"system":"s","thinking":{"type":"enabled","budget_tokens":2000},"top_k":5,
            "tools":[{"name":"f","input_schema":{"type":"object"}}],"tool_choice":{"type":"any"},"messages":[
            {"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AA"}},
            {"type":"document","source":{"type":"url","url":"https://a.example/x.pdf"}}]},
            {"role":"assistant","content":[{"type":"thinking","thinking":"","signature":"gemini.U0lH"},
            {"type":"text","text":"so"},{"type":"thinking","thinking":"t","signature":"gemini.Q0FM"},
            {"type":"tool_use","id":"t1","name":"f","input":{}}]},
            {"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","is_error":true,"content":[
            {"type":"text","text":"bad"},{"type":"image","source":{"type":"url","url":"https://a.example/y"}}]}]}]}
            """#, .anthropicMessages,
            #"""
            {"systemInstruction":{"parts":[{"text":"s"}]},"contents":[{"role":"user","parts":[
            {"inlineData":{"mimeType":"image/png","data":"AA"}},
            {"fileData":{"mimeType":"application/pdf","fileUri":"https://a.example/x.pdf"}}]},
            {"role":"model","parts":[{"text":"so","thoughtSignature":"U0lH"},
            {"functionCall":{"id":"t1","name":"f","args":{}},"thoughtSignature":"Q0FM"}]},
            {"role":"user","parts":[{"functionResponse":{"id":"t1","name":"f","response":{"error":"bad"}}},
            {"fileData":{"fileUri":"https://a.example/y"}}]}],
            "tools":[{"functionDeclarations":[{"name":"f","parametersJsonSchema":{"type":"object"}}]}],
            "toolConfig":{"functionCallingConfig":{"mode":"ANY"}},
            "generationConfig":{"maxOutputTokens":9,"topK":5,
            "thinkingConfig":{"thinkingBudget":2000,"includeThoughts":true}}}
            """#
        ),
        (
            #"""
            {"model":"m","input":[{"role":"user","content":"q"},{"type":"reasoning","id":"rs_1","summary":[],
            "encrypted_content":"tollbook.signature.gemini.U0lH"},{"type":"message","role":"assistant","content":"a"},
            {"role":"user","content":"b"}],"text":{"format":{"type":"json_object"}},"reasoning":{"effort":"none"}}
            """#, .openAIResponses,
            #"""
            {"contents":[{"role":"user","parts":[{"text":"q"}]},
            {"role":"model","parts":[{"text":"a","thoughtSignature":"U0lH"}]},
            {"role":"user","parts":[{"text":"b"}]}],"generationConfig":{"responseMimeType":"application/json",
            "thinkingConfig":{"thinkingBudget":0}}}
            """#
        ),
    ]

    @Test(arguments: toGemini) func arrivesAtGemini(
        _ body: String, _ source: ConversationDialect, _ expected: String
    ) throws {
        expectJSON(try Self.translate(body, from: source, to: .gemini).body, expected)
    }

    /// A body of Gemini's dialect, and what the others are sent.
    static let fromGemini: [(String, ConversationDialect, String)] = [
        (
            #"""
            {"contents":[{"role":"user","parts":[{"text":"q"},{"inline_data":{"mime_type":"image/png","data":"-_8="}},
            {"inlineData":{"mimeType":"audio/mpeg","data":"AA"}},
            {"fileData":{"fileUri":"https://a.example/b.png","mimeType":"image/png"}}]},
            {"role":"model","parts":[{"functionCall":{"name":"f","args":{"x":1.0}}},{"functionCall":{"name":"f"}}]},
            {"role":"user","parts":[{"functionResponse":{"name":"f","response":{"result":"r1"}}},
            {"functionResponse":{"name":"f","response":{"a":1,"b":2}}}]}],
            "system_instruction":{"parts":[{"text":"s"}]},"tools":[{"function_declarations":[{"name":"f",
            "parameters":{"type":"OBJECT","nullable":true,"propertyOrdering":["type"],"properties":{"type":{"type":
            "ARRAY","minItems":"1","items":{"type":"STRING","enum":["A"]}}}}}]}],
            "toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["f"]}},
            "safetySettings":[{"category":"HARM_CATEGORY_HARASSMENT","threshold":"BLOCK_NONE"}],
            "generationConfig":{"maxOutputTokens":"9","topP":0.5,"seed":3,"stopSequences":["E"],"candidateCount":1,
            "thinkingConfig":{"thinkingBudget":5000},"responseMimeType":"application/json",
            "responseSchema":{"type":"STRING"}}}
            """#, .openAIChat,
            #"""
            {"model":"served","messages":[{"role":"system","content":"s"},{"role":"user","content":[
            {"type":"text","text":"q"},{"type":"image_url","image_url":{"url":"data:image/png;base64,+/8="}},
            {"type":"input_audio","input_audio":{"data":"AA","format":"mp3"}},
            {"type":"image_url","image_url":{"url":"https://a.example/b.png"}}]},{"role":"assistant","content":null,
            "tool_calls":[{"id":"call_0","type":"function","function":{"name":"f","arguments":"{\"x\":1.0}"}},
            {"id":"call_1","type":"function","function":{"name":"f","arguments":"{}"}}]},
            {"role":"tool","tool_call_id":"call_0","content":"r1"},
            {"role":"tool","tool_call_id":"call_1","content":"{\"a\":1,\"b\":2}"}],
            "tools":[{"type":"function","function":{"name":"f","parameters":{"type":["object","null"],"properties":
            {"type":{"type":"array","minItems":1,"items":{"type":"string","enum":["A"]}}}}}}],
            "tool_choice":{"type":"function","function":{"name":"f"}},"max_completion_tokens":9,"top_p":0.5,"seed":3,
            "stop":["E"],"reasoning_effort":"medium","response_format":{"type":"json_schema","json_schema":
            {"name":"output","strict":false,"schema":{"type":"string"}}}}
            """#
        ),
        (
            #"""
            {"contents":"hi","generationConfig":{"topK":40.0,"maxOutputTokens":9}}
            """#, .anthropicMessages,
            #"""
            {"model":"served","max_tokens":9,"messages":[{"role":"user","content":"hi"}],"top_k":40}
            """#
        ),
    ]

    @Test(arguments: fromGemini)
    func arrivesFromGemini(_ body: String, _ target: ConversationDialect, _ expected: String) throws {
        expectJSON(try Self.translate(body, from: .gemini, to: target).body, expected)
    }

    /// A body of Gemini's dialect with a field that no other can serve.
    private static let refused: [(String, String)] = [
        (#""tools":[{"googleSearch":{}}]"#, "tools[].googleSearch"),
        (#""cachedContent":"cachedContents/1""#, "cachedContent"),
        (#""generationConfig":{"candidateCount":2}"#, "generationConfig.candidateCount"),
        (#""generationConfig":{"responseLogprobs":true}"#, "generationConfig.responseLogprobs|logprobs"),
        (#""generationConfig":{"responseModalities":["IMAGE"]}"#, "generationConfig.responseModalities"),
        (#""modelArmorConfig":{"promptTemplateName":"p"}"#, "modelArmorConfig"),
    ]

    @Test(arguments: refused) func isRefusedByTheOthers(_ member: String, _ field: String) throws {
        for target in [ConversationDialect.openAIChat, .anthropicMessages] {
            do {
                _ = try Self.translate("{\"contents\":\"q\",\(member)}", from: .gemini, to: target)
                Issue.record("\(member) went to \(target)")
            } catch TranslationError.refused(let refusal) {
                #expect(refusal.field == field && !refusal.hint.isEmpty)
            }
        }
    }

    /// Parts that no other can serve.
    @Test(arguments: [
        (#"{"fileData":{"fileUri":"gs://b/o","mimeType":"image/png"}}"#, "contents[].parts[].fileData"),
        (
            #"{"fileData":{"fileUri":"https://generativelanguage.googleapis.com/v1beta/files/a"}}"#,
            "contents[].parts[].fileData"
        ),
        (#"{"inlineData":{"mimeType":"video/mp4","data":"AA"}}"#, "contents[].parts[].videoMetadata"),
        (#"{"executableCode":{"language":"PYTHON","code":"1"}}"#, "contents[].parts[].executableCode"),
    ])
    func partsAreRefusedByTheOthers(_ part: String, _ field: String) {
        for target in [ConversationDialect.openAIChat, .anthropicMessages] {
            #expect(
                performing: {
                    _ = try Self.translate("{\"contents\":[{\"parts\":[\(part)]}]}", from: .gemini, to: target)
                },
                throws: { error in
                    guard case TranslationError.refused(let refusal) = error else { return false }
                    return refusal.field == field
                })
        }
    }

    @Test(arguments: [
        (#"{}"#, "contents"), (#"{"contents":[{"role":"robot","parts":[]}]}"#, "contents[].role"),
        (#"{"contents":[{"parts":[{"functionCall":{}}]}]}"#, "contents[].parts[].functionCall.name"),
        (#"{"contents":"q","contents":"r"}"#, "contents"),
        (#"{"contents":"q","system_instruction":"a","systemInstruction":"b"}"#, "systemInstruction"),
        (#"{"contents":"q","generationConfig":{"temperature":"warm"}}"#, "generationConfig.temperature"),
    ])
    func isNoRequest(_ body: String, _ field: String) {
        #expect(
            performing: { _ = try Self.translate(body, from: .gemini, to: .openAIChat) },
            throws: { error in
                guard case TranslationError.unreadable(let unreadable) = error else { return false }
                return unreadable.field == field
            })
    }

    @Test func whatIsLeftOutIsNamed() throws {
        let request = try Self.translate(
            #"""
            {"contents":[{"role":"model","parts":[{"text":"t","thought":true,"thoughtSignature":"AAAA"},{"text":"a"}]},
            {"parts":[{"text":"q"}]}],"labels":{"a":"b"},"x_new":1,
            "generationConfig":{"topK":3,"mediaResolution":"LOW"},
            "safetySettings":[{"category":"HARM_CATEGORY_HARASSMENT","threshold":"BLOCK_LOW_AND_ABOVE"}]}
            """#, from: .gemini, to: .openAIChat)
        #expect(
            Set(request.notes.dropped.names) == [
                "xNew", "labels", "safetySettings", "generationConfig.mediaResolution", "generationConfig.topK",
                "contents[].parts[].thoughtSignature",
            ])
    }

    @Test func callsOfOtherModelsAreMarkedForVersionThree() throws {
        let body = #"""
            {"model":"m","messages":[{"role":"user","content":"q"},{"role":"assistant","tool_calls":[
            {"id":"a","type":"function","function":{"name":"f","arguments":"{}"}},
            {"id":"b","type":"function","function":{"name":"f","arguments":"{}"}}]},
            {"role":"tool","tool_call_id":"a","content":"1"},{"role":"tool","tool_call_id":"b","content":"2"}]}
            """#
        for (model, marks) in [
            ("gemini-2.5-pro", 0), ("gemini-3-flash", 1), ("publishers/google/models/gemini-3.5", 1),
        ] {
            let options = TranslationOptions(model: model, defaultMaxOutputTokens: 10)
            let text = try Self.translate(body, from: .openAIChat, to: .gemini, options).body.text
            #expect(text.components(separatedBy: "skip_thought_signature_validator").count == marks + 1)
        }
    }

    @Test func signaturesOfOtherProvidersStayBehind() throws {
        let toGemini = try Self.translate(
            #"""
            {"model":"m","max_tokens":5,"messages":[{"role":"user","content":"q"},{"role":"assistant","content":[
            {"type":"thinking","thinking":"t","signature":"Anthropics"},{"type":"text","text":"a"}]},
            {"role":"user","content":"b"}]}
            """#, from: .anthropicMessages, to: .gemini)
        #expect(!toGemini.body.text.contains("Anthropics"))
        #expect(toGemini.notes.dropped.names == ["messages[].content[type=thinking]"])
        let toAnthropic = try Self.translate(
            #"""
            {"model":"m","messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a",
            "thinking_blocks":[{"type":"thinking","thinking":"t","signature":"gemini.U0lH"}]},
            {"role":"user","content":"b"}]}
            """#, from: .openAIChat, to: .anthropicMessages)
        #expect(!toAnthropic.body.text.contains("U0lH"))
        #expect(toAnthropic.notes.dropped.names == ["messages[].reasoning_content"])
    }
}
