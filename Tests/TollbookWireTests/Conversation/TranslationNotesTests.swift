import Foundation
import NIOCore
import Testing
import TollbookCore
import TollbookWire

/// Nothing of a request is lost unseen: what is not brought over is named, and by a rule that the documented table has.
@Suite struct TranslationNotesTests {
    private typealias Object = [String: Any]

    /// A request of each dialect with every member that its reader knows, and the members that stand in for them.
    static let rich: [(ConversationDialect, String)] = [
        (
            .openAIChat,
            #"""
            {"model":"m","stream":true,"stream_options":{"include_usage":true},"max_completion_tokens":3000,
            "temperature":1.5,
            "top_p":0.5,"stop":["a","b"],"user":"u","safety_identifier":"s","metadata":{"k":"v"},
            "service_tier":"default",
            "seed":7,"frequency_penalty":0.5,"presence_penalty":0.1,"reasoning_effort":"high","verbosity":"low",
            "store":true,
            "prompt_cache_key":"k","prompt_cache_retention":"24h","parallel_tool_calls":false,
            "prediction":{"type":"content","content":"x"},
            "response_format":{"type":"json_schema","json_schema":{"name":"n","description":"d","strict":false,
            "schema":{"type":"object","properties":{"a":{"type":"string"}}}}},
            "tools":[{"type":"function","cache_control":{"type":"ephemeral"},"function":{"name":"f","description":"d",
            "strict":true,"parameters":{"type":"object"}}}],"tool_choice":{"type":"function","function":{"name":"f"}},
            "messages":[{"role":"developer","content":[{"type":"text","text":"s",
            "cache_control":{"type":"ephemeral"}}]},
            {"role":"user","name":"bob","content":[{"type":"text","text":"q","prompt_cache_breakpoint":{}},
            {"type":"image_url","image_url":{"url":"data:image/png;base64,QQ==","detail":"high"}},
            {"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,QQ=="}}]},
            {"role":"assistant","content":"a","refusal":"r","reasoning_content":"t","extra_content":{"google":
            {"thought_signature":"c2ln"}},"tool_calls":[{"id":"c","index":0,"type":"function","function":{"name":"f",
            "arguments":"{}"},"extra_content":{"google":{"thought_signature":"c2ln"}}}]},
            {"role":"tool","name":"f","tool_call_id":"c","cache_control":{"type":"ephemeral"},
            "content":[{"type":"text","text":"r"}]},
            {"role":"assistant","content":"b","thinking_blocks":[{"type":"thinking","thinking":"t","signature":"s"},
            {"type":"redacted_thinking","data":"d"},{"type":"thinking","thinking":"t"}]},
            {"role":"system","content":"later"},{"role":"user","content":"go"}]}
            """#
        ),
        (
            .anthropicMessages,
            #"""
            {"model":"m","stream":true,"max_tokens":3000,"temperature":0.5,"top_p":0.5,"top_k":5,"stop_sequences":["a"],
            "metadata":{"user_id":"u"},"service_tier":"standard_only","speed":"fast",
            "context_management":{"edits":[{}]},"cache_control":{"type":"ephemeral"},
            "thinking":{"type":"enabled","budget_tokens":30000,"display":"omitted"},
            "output_config":{"effort":"high","format":{"type":"json_schema","schema":{"type":"object"}}},
            "tools":[{"type":"custom","name":"f","description":"d","strict":true,"input_schema":{"type":"object"},
            "cache_control":{"type":"ephemeral"}}],"tool_choice":{"type":"tool","name":"f",
            "disable_parallel_tool_use":true},
            "system":[{"type":"text","text":"s","cache_control":{"type":"ephemeral"}}],
            "messages":[{"role":"user","content":[{"type":"text","text":"q","citations":[{"type":"char_location"}]},
            {"type":"image","source":{"type":"base64","media_type":"image/png","data":"QQ=="}},
            {"type":"document","title":"t","context":"c","citations":{"enabled":true},"source":{"type":"base64",
            "media_type":"application/pdf","data":"QQ=="}},{"type":"document","title":"t","source":{"type":"text",
            "media_type":"text/plain","data":"x"}},{"type":"document","source":{"type":"content",
            "content":[{"type":"text",
            "text":"in it"}]}}]},
            {"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"s"},
            {"type":"thinking","thinking":"t","signature":"gemini.c2ln"},{"type":"redacted_thinking","data":"d"},
            {"type":"tool_use","id":"t","name":"f","input":{},"caller":{"type":"direct"}}]},
            {"role":"user","content":[{"type":"tool_result","tool_use_id":"t","is_error":true,"content":[{"type":"text",
            "text":"r"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"QQ=="}}]}]},
            {"role":"assistant","content":[]},{"role":"system","content":"later"},{"role":"user","content":"go"}]}
            """#
        ),
        (
            .openAIResponses,
            #"""
            {"model":"m","stream":true,"stream_options":{"include_obfuscation":false},"max_output_tokens":3000,
            "temperature":1.5,"top_p":0.5,"user":"u","safety_identifier":"s","metadata":{"k":"v"},
            "service_tier":"default",
            "prompt_cache_key":"k","prompt_cache_retention":"24h","store":true,"truncation":"auto","max_tool_calls":3,
            "include":["file_search_call.results"],"context_management":[{"type":"compaction"}],
            "parallel_tool_calls":false,"reasoning":{"effort":"high","summary":"auto"},"instructions":"s",
            "text":{"verbosity":"low","format":{"type":"json_schema","name":"n","description":"d","strict":false,
            "schema":{"type":"object"}}},
            "tools":[{"type":"function","name":"f","description":"d","strict":true,"parameters":{"type":"object"}}],
            "tool_choice":{"type":"function","name":"f"},
            "input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"q",
            "prompt_cache_breakpoint":{}},{"type":"input_image","detail":"high",
            "image_url":"data:image/png;base64,QQ=="},
            {"type":"input_file","filename":"a.pdf","file_data":"QQ=="}]},
            {"type":"reasoning","id":"r","status":"completed","summary":[{"type":"summary_text","text":"t"}],
            "content":[{"type":"reasoning_text","text":"t"}],"encrypted_content":"tollbook.signature.s"},
            {"type":"reasoning","id":"r","summary":[],"encrypted_content":"tollbook.redacted.d"},
            {"type":"reasoning","id":"r","summary":[{"type":"summary_text","text":"t"}],"encrypted_content":"x"},
            {"type":"message","id":"i","status":"completed","phase":"final_answer","role":"assistant","content":[
            {"type":"output_text","text":"a","logprobs":[{}]},{"type":"refusal","refusal":"r"}]},
            {"type":"function_call","id":"i","status":"completed","call_id":"c","name":"f","arguments":"{}"},
            {"type":"function_call_output","id":"i","status":"completed","call_id":"c","output":[{"type":"input_text",
            "text":"r"},{"type":"input_image","image_url":"data:image/png;base64,QQ=="}]},
            {"role":"system","content":"later"},{"role":"user","content":"go"}]}
            """#
        ),
        (
            .gemini,
            #"""
            {"systemInstruction":{"role":"user","parts":[{"text":"s"}]},"labels":{"k":"v"},"serviceTier":"standard",
            "store":true,"safetySettings":[{"category":"HARM_CATEGORY_HATE_SPEECH","threshold":"BLOCK_LOW_AND_ABOVE"}],
            "tools":[{"functionDeclarations":[{"name":"f","description":"d","parameters":{"type":"OBJECT"},
            "response":{"type":"OBJECT"}}]}],"toolConfig":{"functionCallingConfig":{"mode":"ANY",
            "allowedFunctionNames":["f"]},"retrievalConfig":{"languageCode":"en"}},
            "generationConfig":{"maxOutputTokens":3000,"temperature":1.5,"topP":0.5,"topK":5,"seed":7,
            "frequencyPenalty":0.5,"presencePenalty":0.1,"stopSequences":["a"],"candidateCount":1,
            "responseMimeType":"text/x.enum","responseSchema":{"type":"OBJECT"},
            "mediaResolution":"MEDIA_RESOLUTION_LOW",
            "speechConfig":{"languageCode":"en"},"routingConfig":{"autoMode":{}},
            "thinkingConfig":{"thinkingLevel":"HIGH","includeThoughts":true}},
            "contents":[{"role":"user","parts":[{"text":"q"},{"inlineData":{"mimeType":"image/png","data":"QQ=="}},
            {"inlineData":{"mimeType":"application/pdf","data":"QQ==","displayName":"t"}},
            {"inlineData":{"mimeType":"text/plain","data":"QQ=="},"mediaResolution":{"level":"MEDIA_RESOLUTION_LOW"}}]},
            {"role":"model","parts":[{"text":"t","thought":true,"thoughtSignature":"c2ln"},{"text":"a",
            "thoughtSignature":"c2ln"},{"functionCall":{"id":"c","name":"f","args":{}},"thoughtSignature":"c2ln"}]},
            {"role":"user","parts":[{"functionResponse":{"id":"c","name":"f","response":{"output":"r"},"parts":[
            {"inlineData":{"mimeType":"image/png","data":"QQ=="}}]}}]}]}
            """#
        ),
        (
            .bedrockConverse,
            #"""
            {"system":[{"text":"s"},{"cachePoint":{"type":"default"}}],"requestMetadata":{"k":"v"},
            "serviceTier":{"type":"default"},"performanceConfig":{"latency":"optimized"},
            "additionalModelResponseFieldPaths":["/stop_sequence"],
            "inferenceConfig":{"maxTokens":3000,"temperature":0.5,"topP":0.5,"stopSequences":["a"]},
            "additionalModelRequestFields":{"top_k":5,"thinking":{"type":"enabled","budget_tokens":30000,
            "display":"omitted"},"inferenceConfig":{"topK":5}},
            "outputConfig":{"effort":"high","textFormat":{"type":"json_schema","structure":{"jsonSchema":{"name":"n",
            "description":"d","schema":"{\"type\":\"object\"}"}}}},
            "toolConfig":{"tools":[{"toolSpec":{"name":"f","description":"d","strict":true,"inputSchema":{"json":
            {"type":"object"}}}},{"cachePoint":{"type":"default"}}],"toolChoice":{"tool":{"name":"f"}}},
            "messages":[{"role":"user","content":[{"text":"q"},{"image":{"format":"png","source":{"bytes":"QQ=="}}},
            {"document":{"name":"t","format":"pdf","context":"c","citations":{"enabled":true},
            "source":{"bytes":"QQ=="}}},
            {"document":{"name":"t","source":{"text":"x"}}},{"guardContent":{"text":{"text":"g",
            "qualifiers":["query"]}}}]},
            {"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"t","signature":"s"}}},
            {"reasoningContent":{"reasoningText":{"text":"t"}}},{"reasoningContent":{"redactedContent":"/+8="}},
            {"reasoningContent":{"redactedContent":"ZA=="}},
            {"citationsContent":{"content":[{"text":"a"}],"citations":[{"title":"t"}]}},
            {"toolUse":{"toolUseId":"t","name":"f","input":{}}}]},
            {"role":"user","content":[{"toolResult":{"toolUseId":"t","status":"error","content":[{"text":"r"},
            {"json":{"a":1}},{"image":{"format":"png","source":{"bytes":"QQ=="}}}]}}]},
            {"role":"system","content":[{"text":"later"}]},{"role":"user","content":[{"text":"go"}]}]}
            """#
        ),
    ]

    /// The member that is one message of the user with one part.
    private static func asked(_ part: String, _ name: String = "messages") -> String {
        #"{"\#(name)":[{"role":"user","content":[\#(part)]}]}"#
    }

    /// The same of a message of the assistant with one member.
    private static func answered(_ member: String) -> String {
        #"{"messages":[{"role":"user","content":"q"},{"role":"assistant",\#(member)},{"role":"user","content":"q"}]}"#
    }

    /// Members that change what others mean, or that are refused; one at a time takes the place of what is there.
    private static let others: [ConversationDialect: [String]] = [
        .openAIChat: [
            #"{"n":2}"#, #"{"logprobs":true}"#, #"{"logit_bias":{"1":2}}"#,
            #"{"response_format":{"type":"json_object"}}"#,
            #"{"stop":["1","2","3","4","5","6"]}"#, #"{"modalities":["audio"]}"#, #"{"reasoning_effort":"none"}"#,
            #"{"reasoning_effort":"minimal","tool_choice":"auto"}"#, #"{"service_tier":"flex"}"#,
            #"{"moderation":{"a":1}}"#,
            #"{"web_search_options":{}}"#, #"{"functions":[{"name":"f"}]}"#, #"{"tool_choice":"none"}"#,
            #"{"tools":null}"#,
            #"{"tools":[{"type":"custom","custom":{"name":"c"}}]}"#, #"{"temperature":0.5,"reasoning_effort":null}"#,
            #"{"tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[]}}}"#,
            #"{"reasoning_effort":"high","tool_choice":null}"#, #"{"seed":-7}"#, #"{"seed":99999999999}"#,
            #"{"user":null}"#,
            asked(#"{"type":"image_url","image_url":"https://a.example/b"}"#),
            asked(#"{"type":"input_audio","input_audio":{"data":"QQ==","format":"wav"}}"#),
            asked(#"{"type":"file","file":{"file_id":"f"}}"#),
            asked(#"{"type":"file","file":{"file_data":"data:video/mp4;base64,QQ=="}}"#),
            asked(#"{"type":"image_url","image_url":{"url":"data:image/tiff;base64,QQ=="}}"#),
            #"{"messages":[{"role":"tool","tool_call_id":"c","content":[{"type":"image_url","image_url":"a:b"}]}]}"#,
            answered(#""audio":{"id":"a"}"#),
        ],
        .anthropicMessages: [
            #"{"thinking":{"type":"disabled"},"output_config":null}"#,
            #"{"thinking":{"type":"adaptive"},"output_config":null}"#,
            #"{"thinking":null}"#, #"{"service_tier":"x"}"#, #"{"stop_sequences":["1","2","3","4","5","6"]}"#,
            #"{"tool_choice":{"type":"auto"}}"#, #"{"tool_choice":{"type":"none"}}"#,
            #"{"tools":null,"tool_choice":null}"#,
            #"{"temperature":1.5,"thinking":null}"#, #"{"container":"c"}"#, #"{"mcp_servers":[{}]}"#,
            #"{"inference_geo":"eu"}"#,
            #"{"tools":[{"type":"web_search_20250305","name":"w"}]}"#,
            #"{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a"}]}"#,
            asked(#"{"type":"document","source":{"type":"url","url":"https://a.example/b"}}"#),
            asked(#"{"type":"image","source":{"type":"file","file_id":"f"}}"#),
            asked(#"{"type":"search_result","source":"s","title":"t","content":[]}"#),
            answered(#""content":[{"type":"server_tool_use"}]"#),
        ],
        .openAIResponses: [
            #"{"reasoning":{"effort":"none","summary":"auto"}}"#, #"{"reasoning":null}"#, #"{"service_tier":"flex"}"#,
            #"{"tool_choice":"auto"}"#, #"{"tool_choice":"none"}"#, #"{"tools":null}"#, #"{"user":null}"#,
            #"{"text":{"format":{"type":"json_object"}}}"#, #"{"previous_response_id":"r"}"#, #"{"conversation":"c"}"#,
            #"{"prompt":{"id":"p"}}"#, #"{"top_logprobs":2}"#, #"{"tools":[{"type":"web_search"}]}"#,
            #"{"tools":[{"type":"custom","name":"c"}]}"#, #"{"input":[{"type":"item_reference","id":"i"}]}"#,
            #"{"input":[{"type":"web_search_call","id":"i"}]}"#, #"{"moderation":{"a":1}}"#,
            asked(#"{"type":"input_file","file_url":"https://a.example/b"}"#, "input"),
            asked(#"{"type":"input_file","file_id":"f"}"#, "input"),
            asked(#"{"type":"input_audio","input_audio":{"data":"QQ==","format":"mp3"}}"#, "input"),
        ],
        .gemini: [
            #"{"generationConfig":{"thinkingConfig":{"thinkingBudget":0,"includeThoughts":true}}}"#,
            #"{"generationConfig":{"thinkingConfig":{"includeThoughts":true},"temperature":0.5,"topP":0.5,"topK":3}}"#,
            #"{"generationConfig":{"candidateCount":2}}"#, #"{"generationConfig":{"responseLogprobs":true}}"#,
            #"{"generationConfig":{"responseMimeType":"application/json"}}"#, #"{"generationConfig":{"seed":-1}}"#,
            #"{"generationConfig":{"responseModalities":["AUDIO"]}}"#, #"{"serviceTier":"flex"}"#,
            #"{"generationConfig":{"stopSequences":["1","2","3","4","5"]}}"#, #"{"cachedContent":"c"}"#,
            #"{"tools":[{"googleSearch":{}}]}"#, #"{"tools":null}"#, #"{"modelArmorConfig":{"a":1}}"#,
            #"{"toolConfig":{"functionCallingConfig":{"mode":"NONE"}}}"#, #"{"toolConfig":null}"#,
            #"{"contents":[{"parts":[{"fileData":{"fileUri":"https://a.example/b.pdf"}}]}]}"#,
            #"{"contents":[{"parts":[{"fileData":{"fileUri":"gs://a/b.png"}}]}]}"#,
            #"{"contents":[{"parts":[{"inlineData":{"mimeType":"video/mp4","data":"QQ=="}}]}]}"#,
            #"{"contents":[{"parts":[{"inlineData":{"mimeType":"audio/wav","data":"QQ=="}}]}]}"#,
            #"{"contents":[{"parts":[{"functionResponse":{"name":"f","response":{"error":"e"}}}]}]}"#,
            #"{"contents":[{"parts":[{"text":"q"}]},{"role":"model","parts":[{"executableCode":{"code":"x"}}]}]}"#,
        ],
        .bedrockConverse: [
            #"{"additionalModelRequestFields":{"thinking":{"type":"disabled"}},"outputConfig":null}"#,
            #"{"additionalModelRequestFields":{"thinking":{"type":"adaptive"}},"outputConfig":null}"#,
            #"{"additionalModelRequestFields":{"top_k":5}}"#, #"{"guardrailConfig":{"guardrailIdentifier":"g"}}"#,
            #"{"promptVariables":{"a":{"text":"b"}}}"#, #"{"serviceTier":{"type":"flex"}}"#,
            #"{"inferenceConfig":{"temperature":1.5},"additionalModelRequestFields":null}"#, #"{"outputConfig":null}"#,
            #"{"toolConfig":{"tools":[{"systemTool":{"name":"s"}}]}}"#, #"{"toolConfig":null}"#,
            #"{"inferenceConfig":{"stopSequences":["1","2","3","4","5","6"]}}"#,
            asked(#"{"text":"q"}]},{"role":"assistant","content":[{"text":"a"}"#),
            asked(#"{"audio":{"format":"wav","source":{"bytes":"QQ=="}}}"#),
            asked(#"{"video":{"format":"mp4","source":{"bytes":"QQ=="}}}"#),
            asked(#"{"image":{"format":"png","source":{"s3Location":{"uri":"s3://a/b"}}}}"#),
            asked(#"{"searchResult":{"title":"t"}}"#),
        ],
    ]

    private static let models = [
        "served", "claude-3-haiku", "claude-sonnet-4-5", "claude-opus-5", "claude-fable-5",
        "anthropic.claude-sonnet-4-6",
        "amazon.nova-2-lite-v1:0", "amazon.nova-lite-v1:0", "openai.gpt-oss-120b-1:0", "gemini-3-pro",
    ]

    private static func object(_ text: String) -> Object {
        parsed(ByteBuffer(string: text)) as? Object ?? [:]
    }

    private static func body(_ object: Object) -> ByteBuffer {
        ByteBuffer(bytes: (try? JSONSerialization.data(withJSONObject: object)) ?? Data())
    }

    private static func options(_ random: inout SeededGenerator) -> TranslationOptions {
        var options = TranslationOptions(
            model: models.randomElement(using: &random) ?? "served", defaultMaxOutputTokens: 8_192)
        options.takesServiceTier = Bool.random(using: &random)
        options.chat = Set(ChatDifference.allCases.filter { _ in Bool.random(using: &random) })
        return options
    }

    /// Rows of the documented table: the names that each action stands beside.
    private static func documented(_ source: ConversationDialect, _ target: ConversationDialect) -> Set<String> {
        let rows = FieldRules.markdown(from: source, to: target).split(separator: "\n").dropFirst(2)
        return Set(
            rows.compactMap { row in
                let cells = row.replacingOccurrences(of: "\\|", with: "\u{1}").split(separator: "|")
                guard cells.count >= 2 else { return nil }
                let name = cells[0].trimmingCharacters(in: .whitespaces).dropFirst().dropLast()
                let action = cells[1].trimmingCharacters(in: .whitespaces)
                return action + " " + name.replacingOccurrences(of: "\u{1}", with: "|")
            })
    }

    /// Random members of a rich request for random models: whatever is told of it stands in the table of the pair.
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func whatIsToldStandsInTheTable(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var told: Set<String> = []
        for (source, text) in Self.rich {
            let whole = Self.object(text)
            for target in ConversationDialect.providers where target != source {
                let documented = Self.documented(source, target)
                for round in 0..<120 {
                    var request = whole
                    if let other = Self.others[source]?.randomElement(using: &random) {
                        for (name, value) in Self.object(other) { request[name] = value is NSNull ? nil : value }
                    }
                    for name in whole.keys.sorted() where round > 20 && Int.random(in: 0..<4, using: &random) == 0 {
                        if !["messages", "input", "contents", "model", "max_tokens"].contains(name) {
                            request[name] = nil
                        }
                    }
                    let options = Self.options(&random)
                    let notes = Self.notes(Self.body(request), source, target, options)
                    for note in notes {
                        let place = "\(source) to \(target), \(options.model), seed \(seed)"
                        #expect(documented.contains(note), "\(note) is in no row: \(place)")
                        told.insert("\(target) \(note)")
                    }
                }
            }
        }
        #expect(told.count > 150)
    }

    private static func notes(
        _ body: ByteBuffer, _ source: ConversationDialect, _ target: ConversationDialect, _ options: TranslationOptions
    ) -> [String] {
        do {
            let request = try RequestTranslator.translate(body, from: source, to: target, options)
            return request.notes.dropped.names.map { "drop " + $0 }
                + request.notes.adjusted.names.map { "adjust " + $0 }
        } catch .refused(let refusal) {
            return ["refuse " + refusal.field]
        } catch {
            Issue.record("\(source): \(error)")
            return []
        }
    }

    // MARK: Members that nobody knows

    /// Objects whose members are the caller's own, or go over as they are.
    private static let open: Set<String> = [
        "parameters", "input_schema", "json", "schema", "responseSchema", "response", "metadata", "labels",
        "requestMetadata", "args", "input", "cache_control", "prompt_cache_breakpoint", "routingConfig", "edits",
    ]

    /// Ways to every object in a value, by keys and indices.
    private static func places(_ value: Any, _ path: [Any] = []) -> [[Any]] {
        if let object = value as? Object {
            return [path]
                + object.sorted { $0.key < $1.key }.flatMap { name, value -> [[Any]] in
                    // Bedrock's and OpenAI's lists of items have the name that Anthropic has for a call's arguments.
                    open.contains(name) && !(value is [Any]) ? [] : places(value, path + [name])
                }
        }
        return (value as? [Any] ?? []).enumerated().flatMap { places($1, path + [$0]) }
    }

    private static func marked(_ value: Any, at path: ArraySlice<Any>) -> Any {
        if var object = value as? Object {
            if let name = path.first as? String {
                object[name] = object[name].map { marked($0, at: path.dropFirst()) }
            } else {
                object["zz"] = 1
            }
            return object
        }
        guard var list = value as? [Any], let index = path.first as? Int else { return value }
        list[index] = marked(list[index], at: path.dropFirst())
        return list
    }

    /// A member in any object of a request that no reader knows is named, or the object that it is in is named as
    /// dropped, or the request is refused or unreadable.
    @Test(arguments: rich.map(\.0)) func noMemberIsLostUnseen(_ source: ConversationDialect) throws {
        let text = try #require(Self.rich.first { $0.0 == source }?.1)
        var seen = 0
        for other in ["{}"] + (Self.others[source] ?? []) {
            var whole = Self.object(text)
            for (name, value) in Self.object(other) { whole[name] = value is NSNull ? nil : value }
            for place in Self.places(whole) {
                guard let request = Self.marked(whole, at: place[...]) as? Object else { continue }
                for target in ConversationDialect.providers where target != source {
                    let translated = try? RequestTranslator.translate(
                        Self.body(request), from: source, to: target, .sample)
                    guard let translated else { continue }
                    let names = translated.notes.dropped.names
                    let keys = place.compactMap { $0 as? String }
                    let isNamed = names.contains { $0.hasSuffix("zz") || $0 == "zz" }
                    let isDropped = keys.contains { key in names.contains { $0.contains(key) } }
                    #expect(isNamed || isDropped, "\(source) to \(target): \(place)")
                    seen += 1
                }
            }
        }
        #expect(seen > 100)
    }

    @Test(
        arguments: [
            (
                .openAIChat,
                #"""
                {"model":"m","messages":[{"role":"user","content":[{"type":"image_url",
                "image_url":{"url":"https://a.example/b",
                "zz":1}},{"type":"text","text":"q","image_url":{}}]},{"role":"assistant","tool_calls":[{"id":"c","zz":1,
                "function":{"name":"f","arguments":"{}","zz":1}}]}],"tool_choice":{"type":"function","zz":1,"function":{
                "name":"f","zz":1}},"response_format":{"type":"json_schema","zz":1,"json_schema":{"schema":{},"zz":1}}}
                """#,
                [
                    "messages[].content[].image_url.zz", "messages[].tool_calls[].zz",
                    "messages[].tool_calls[].function.zz",
                    "tool_choice.zz", "tool_choice.function.zz", "response_format.zz", "response_format.json_schema.zz",
                ]
            ),
            (
                .anthropicMessages,
                #"""
                {"model":"m","max_tokens":9,"thinking":{"type":"enabled","budget_tokens":2000,"zz":1},"tool_choice":{
                "type":"auto","zz":1},"output_config":{"format":{"type":"json_schema","schema":{},"zz":1}},"system":[{
                "type":"text","text":"s","zz":1}],"messages":[{"role":"user","content":[{"type":"image","source":{
                "type":"base64","media_type":"image/png","data":"QQ==","zz":1}}]}]}
                """#,
                [
                    "thinking.zz", "tool_choice.zz", "output_config.format.zz", "system[].zz",
                    "messages[].content[].source.zz",
                ]
            ),
            (
                .gemini,
                #"""
                {"contents":[{"parts":[{"functionResponse":{"name":"f","response":{},"willContinue":true,
                "scheduling":"SILENT"}}]}],"generationConfig":{"responseSchema":{"type":"OBJECT",
                "propertyOrdering":["a"],
                "properties":{"a":{"type":"STRING","example":"q"}}}}}
                """#,
                [
                    "contents[].parts[].functionResponse.willContinue",
                    "contents[].parts[].functionResponse.scheduling",
                    "generationConfig.responseSchema.propertyOrdering",
                    "generationConfig.responseSchema.example",
                ]
            ),
        ] as [(ConversationDialect, String, Set<String>)])
    func aNestedMemberIsNamedByItsPath(_ source: ConversationDialect, _ body: String, _ expected: Set<String>) throws {
        let request = try RequestTranslator.translate(
            ByteBuffer(string: body), from: source, to: source == .anthropicMessages ? .gemini : .anthropicMessages,
            .sample)
        let names = Set(request.notes.dropped.names)
        #expect(expected.isSubset(of: names), "\(names)")
    }

    @Test func aListOfNamesSaysThatItWasCut() throws {
        let members = (0..<40).map { #""zz\#($0)":1"# }.joined(separator: ",")
        let request = try RequestTranslator.translate(
            ByteBuffer(string: #"{"model":"m","messages":[{"role":"user","content":"q"}],\#(members)}"#),
            from: .openAIChat, to: .gemini, .sample)
        #expect(request.notes.dropped.names.count == 32 && request.notes.dropped.isCut)
    }
}
