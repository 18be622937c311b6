import Foundation
import NIOCore
import Testing
import TollbookWire

/// Answers of other dialects as OpenAI responses, whole and streamed.
struct ResponsesAnswerTests {
    private static let usage =
        #""usage":{"input_tokens":10,"cache_read_input_tokens":5,"cache_creation_input_tokens":2,"#
        + #""output_tokens":42,"output_tokens_details":{"thinking_tokens":7}}"#

    private func translate(
        _ body: String, from source: ConversationDialect = .anthropicMessages, echo: String = ""
    ) throws -> TranslatedAnswer {
        var context = AnswerContext.sample()
        context.responsesEcho = ByteBuffer(string: echo)
        return try AnswerTranslator.translate(ByteBuffer(string: body), from: source, to: .openAIResponses, context)
    }

    @Test func anthropicsAnswerIsAResponse() throws {
        let answer = try translate(
            #"""
            {"id":"msg_1","type":"message","role":"assistant","model":"served","content":[
            {"type":"thinking","thinking":"hm","signature":"s="},{"type":"text","text":"a\u00e9"},
            {"type":"text","text":"b"},{"type":"tool_use","id":"t1","name":"f","input":{"x":1.0}}],
            "stop_reason":"tool_use",\#(Self.usage)}
            """#, echo: #""tools":[],"temperature":0.5"#)
        expectJSON(
            answer.body,
            #"""
            {"id":"resp_1","object":"response","created_at":1700000000,"status":"completed","background":false,
            "error":null,"incomplete_details":null,"tools":[],"temperature":0.5,"model":"asked","output":[
            {"id":"rs_1_0","type":"reasoning","summary":[{"type":"summary_text","text":"hm"}],
            "encrypted_content":"tollbook.signature.s="},
            {"id":"msg_1_1","type":"message","status":"completed","role":"assistant","content":[
            {"type":"output_text","text":"aé","annotations":[],"logprobs":[]},
            {"type":"output_text","text":"b","annotations":[],"logprobs":[]}]},
            {"id":"fc_1_2","type":"function_call","status":"completed","call_id":"t1","name":"f",
            "arguments":"{\"x\":1.0}"}],"previous_response_id":null,"store":false,
            "usage":{"input_tokens":17,"input_tokens_details":{"cached_tokens":5,"cache_write_tokens":2},
            "output_tokens":42,"output_tokens_details":{"reasoning_tokens":7},"total_tokens":59}}
            """#)
    }

    @Test(
        arguments: [
            ("max_tokens", "incomplete", "max_output_tokens"), ("refusal", "incomplete", "content_filter"),
            ("end_turn", "completed", nil), ("stop_sequence", "completed", nil),
        ] as [(String, String, String?)]) func theStatusSaysWhyItEnded(
            _ stop: String, _ status: String, _ reason: String?
        )
        throws
    {
        let answer = try translate(#"{"content":[{"type":"text","text":"x"}],"stop_reason":"\#(stop)"}"#)
        let object = try #require(parsed(answer.body))
        #expect(object["status"] as? String == status)
        #expect((object["incomplete_details"] as? NSDictionary)?["reason"] as? String == reason)
        // What was not told is not zero.
        #expect(object["usage"] is NSNull)
    }

    @Test func aRefusalIsSaidInItsOwnPart() throws {
        let answer = try translate(
            #"{"id":"chatcmpl-1","choices":[{"message":{"content":null,"refusal":"no"},"finish_reason":"stop"}]}"#,
            from: .openAIChat)
        #expect(answer.body.text.contains(#""content":[{"type":"refusal","refusal":"no"}]"#))
        #expect(parsed(answer.body)?["status"] as? String == "completed")
    }

    // MARK: Streams

    /// The types of a stream's events, without their common beginning, and with runs of one made one.
    private static func types(_ text: String) -> [String] {
        Said.events(text).compactMap { ($0["type"] as? String)?.replacing("response.", with: "") }
            .reduce(into: []) { types, type in if types.last != type { types.append(type) } }
    }

    private static let reasoning = [
        "output_item.added", "reasoning_summary_part.added", "reasoning_summary_text.delta",
        "reasoning_summary_text.done", "reasoning_summary_part.done", "output_item.done",
    ]
    private static let message = [
        "output_item.added", "content_part.added", "output_text.delta", "output_text.done", "content_part.done",
        "output_item.done",
    ]

    @Test(arguments: [ConversationDialect.anthropicMessages, .openAIChat])
    func aStreamSaysTheSameThreeTimes(_ source: ConversationDialect) throws {
        let stream = source == .openAIChat ? StreamTranslationTests.openAI : StreamTranslationTests.anthropic
        let outcome = translateStream(Array(stream.utf8), from: source, to: .openAIResponses)
        #expect(outcome.hasEnded && outcome.dropped.isEmpty)
        let events = Said.events(outcome.text)
        #expect(events.map { $0["sequence_number"] as? Int } == Array(0..<events.count))
        let types = Self.types(outcome.text)
        #expect(Array(types.prefix(2)) == ["created", "in_progress"] && types.last == "completed")
        #expect(Array(types[2..<8]) == Self.reasoning && Array(types[8..<14]) == Self.message)
        let final = try #require(events.last?["response"] as? [String: Any])
        let output = try #require(final["output"] as? [NSDictionary])
        let done = events.filter { $0["type"] as? String == "response.output_item.done" }
        for item in done {
            let index = try #require(item["output_index"] as? Int)
            #expect(item["item"] as? NSDictionary == output[index])
        }
        #expect(output.map { $0["type"] as? String } == ["reasoning", "message", "function_call", "function_call"])
        let said = source == .openAIChat ? Said.openAI(stream) : Said.anthropic(stream)
        #expect(Self.joined("output_text.delta", events) == said.text)
        #expect(Self.joined("reasoning_summary_text.delta", events) == said.thinking)
        #expect(
            events.contains {
                $0["type"] as? String == "response.output_text.done" && $0["text"] as? String == said.text
            })
        for (item, call) in zip(output.suffix(2), said.calls) {
            #expect(item["call_id"] as? String == call.id && item["name"] as? String == call.name)
            let arguments = call.arguments.isEmpty ? "{}" : call.arguments
            #expect(item["arguments"] as? String == arguments)
        }
        let tokens = try #require(final["usage"] as? [String: Any])
        #expect(tokens["total_tokens"] as? Int == 59 && tokens["output_tokens"] as? Int == 42)
    }

    private static func joined(_ type: String, _ events: [[String: Any]]) -> String {
        events.filter { $0["type"] as? String == "response." + type }.compactMap { $0["delta"] as? String }.joined()
    }

    @Test func bytesMayBeCutAnywhere() {
        for (stream, source) in [
            (StreamTranslationTests.anthropic, ConversationDialect.anthropicMessages),
            (StreamTranslationTests.openAI, .openAIChat),
        ] {
            let bytes = Array(stream.utf8)
            let whole = translateStream(bytes, from: source, to: .openAIResponses).text
            for size in [1, 2, 3, 5, 8, 13, 200] {
                #expect(translateStream(bytes, from: source, to: .openAIResponses, chunk: size).text == whole)
            }
        }
    }

    @Test func anErrorInsideEndsAsAFailedResponse() throws {
        let stream =
            anthropicStream(
                #"""
                {"type":"message_start","message":{"id":"msg_1","usage":{"input_tokens":3,"output_tokens":1}}}

                {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

                {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hel"}}

                {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}
                """#) + "\n\n"
        let outcome = translateStream(Array(stream.utf8), from: .anthropicMessages, to: .openAIResponses)
        let last = try #require(Said.events(outcome.text).last)
        let response = try #require(last["response"] as? [String: Any])
        #expect(outcome.failure?.kind == .overloaded && last["type"] as? String == "response.failed")
        #expect(response["status"] as? String == "failed")
        #expect((response["error"] as? [String: Any])?["message"] as? String == "Overloaded")
    }

    @Test func callsSideBySideKeepTheirPlaces() throws {
        let outcome = translateStream(
            Array(
                openAIStream(
                    #"""
                    data: {"id":"chatcmpl-1","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"a",
                    "function":{"name":"f","arguments":"{\"x\""}},{"index":1,"id":"b","function":{"name":"g",
                    "arguments":"{}"}}]}}]}

                    data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":":1}"}}]}}]}

                    data: {"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}

                    data: [DONE]
                    """#
                ).utf8), from: .openAIChat, to: .openAIResponses)
        let last = try #require(Said.events(outcome.text).last?["response"] as? [String: Any])
        let items = try #require(last["output"] as? [[String: Any]])
        #expect(items.map { $0["arguments"] as? String } == [#"{"x":1}"#, "{}"])
        #expect(items.map { $0["call_id"] as? String } == ["a", "b"])
        #expect(last["usage"] is NSNull)
    }

    @Test func aTextPastTheLimitIsStreamedButNotRepeated() throws {
        let word = String(repeating: "w", count: 64 << 10)
        let chunk = #"data: {"choices":[{"index":0,"delta":{"content":"\#(word)"}}]}"# + "\n\n"
        let end = #"data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"# + "\n\ndata: [DONE]\n\n"
        let stream = String(repeating: chunk, count: 40) + end
        let outcome = translateStream(Array(stream.utf8), from: .openAIChat, to: .openAIResponses, chunk: 16 << 10)
        let events = Said.events(outcome.text)
        #expect(Self.joined("output_text.delta", events).utf8.count == 40 << 16)
        let last = try #require(events.last)
        let response = try #require(last["response"] as? [String: Any])
        #expect(last["type"] as? String == "response.incomplete")
        #expect((response["incomplete_details"] as? [String: Any])?["reason"] as? String == "max_output_tokens")
        let item = try #require((response["output"] as? [[String: Any]])?.first)
        let text = try #require((item["content"] as? [[String: Any]])?.first?["text"] as? String)
        #expect(item["status"] as? String == "incomplete" && text.utf8.count == 15 << 16)
        #expect(outcome.largestStep < 3 << 20)
    }

    // MARK: Published descriptions and real exchanges

    @Test(.enabled(if: Recordings.arePresent && SpecSchema.arePresent, Comment(rawValue: Recordings.missing)))
    func whatIsWrittenFitsOpenAIsDescription() throws {
        let whole = try #require(SpecSchema("openai/openapi.json", schema: "Response"))
        let event = try #require(SpecSchema("openai/openapi.json", schema: "ResponseStreamEvent"))
        let request = try ResponsesTranslationTests.translate(
            ResponsesTranslationTests.requests[1].body, to: .anthropicMessages)
        var context = AnswerContext.sample()
        context.responsesEcho = request.responsesEcho
        var seen = 0
        for (provider, api, source) in [
            ("anthropic", "messages", ConversationDialect.anthropicMessages),
            ("openai", "chat/completions", .openAIChat),
            ("groq", "chat/completions", .openAIChat), ("deepseek", "chat/completions", .openAIChat),
        ] {
            for (name, folder) in Recordings.exchanges(provider, api) {
                if let body = Recordings.file("response.json", in: folder),
                    let answer = try? AnswerTranslator.translate(body, from: source, to: .openAIResponses, context)
                {
                    let problems = whole.problems(try #require(parsed(answer.body)))
                    #expect(problems.isEmpty, "\(name): \(problems)")
                    seen += 1
                }
                guard let stream = Recordings.file("response.sse", in: folder) else { continue }
                let outcome = translateStream(stream.array, from: source, to: .openAIResponses)
                guard outcome.hasEnded else { continue }
                let said = source == .openAIChat ? Said.openAI(stream.text) : Said.anthropic(stream.text)
                let events = Said.events(outcome.text)
                #expect(Self.joined("output_text.delta", events) == said.text, "\(name)")
                // The context of the stream helper repeats nothing of a request.
                for object in events where object["response"] == nil {
                    let problems = event.problems(object)
                    #expect(problems.isEmpty, "\(name): \(problems)")
                }
                seen += 1
            }
        }
        #expect(seen >= 20)
    }

    @Test(.enabled(if: Recordings.arePresent, Comment(rawValue: Recordings.missing)))
    func recordedRequestsAreTranslatedOrRefusedByName() throws {
        var translated = 0
        for (name, folder) in Recordings.responsesCases {
            guard let body = Recordings.file("request.json", in: folder) else { continue }
            for target in ConversationDialect.providers {
                do {
                    let request = try RequestTranslator.translate(body, from: .openAIResponses, to: target, .sample)
                    #expect(parsed(request.body) != nil, "\(name)")
                    translated += 1
                } catch TranslationError.refused(let refusal) {
                    #expect(!refusal.hint.isEmpty, "\(name): \(refusal)")
                } catch {
                    let status = Recordings.file("meta.json", in: folder).flatMap(parsed)?["status"] as? Int
                    #expect(status == 400, "\(name): \(error)")
                }
            }
        }
        #expect(translated >= 10)
    }
}
