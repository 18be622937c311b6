import Foundation
import NIOCore
import Testing
import TollbookWire

/// What an answer's text rests on, and pictures in it, from one dialect to the other.
struct AnswerCitationTests {
    private static func translate(
        _ body: String, from source: ConversationDialect, to target: ConversationDialect
    ) throws -> (object: [String: Any], dropped: [String]) {
        let answer = try AnswerTranslator.translate(ByteBuffer(string: body), from: source, to: target, .sample())
        return (try #require(parsed(answer.body) as? [String: Any]), answer.dropped.names)
    }

    private static func stream(
        _ events: [String], from source: ConversationDialect, to target: ConversationDialect, chunk size: Int = 0
    ) -> StreamOutcome {
        let text =
            source == .anthropicMessages
            ? anthropicStream(events.joined(separator: "\n\n")) : events.map { "data: \($0)\n\n" }.joined()
        return translateStream(Array(text.utf8), from: source, to: target, chunk: size)
    }

    private static func list(_ value: Any?) -> [[String: Any]] { value as? [[String: Any]] ?? [] }

    private static func first(_ value: Any?) -> [String: Any] { list(value).first ?? [:] }

    // MARK: OpenAI's

    private static let annotation =
        #"{"type":"url_citation","url_citation":{"start_index":3,"end_index":5,"title":"T","url":"https://a/x"}}"#
    private static let chat =
        #"{"id":"c","choices":[{"index":0,"message":{"content":"é 😀 ab","annotations":[\#(annotation),"#
        + #"{"type":"file_citation","file_citation":{}}]},"finish_reason":"stop"}]}"#

    @Test func chatsCitationsReachEveryDialectThatHasThem() throws {
        let message = try Self.translate(Self.chat, from: .openAIChat, to: .anthropicMessages)
        let citation = Self.first(Self.first(message.object["content"])["citations"])
        #expect(citation["type"] as? String == "web_search_result_location")
        #expect(citation["url"] as? String == "https://a/x")
        #expect(citation["title"] as? String == "T" && citation["cited_text"] as? String == "")
        #expect(
            Set(message.dropped) == ["annotations[type=file_citation]", "message.annotations[].start_index"])

        let response = try Self.translate(Self.chat, from: .openAIChat, to: .openAIResponses)
        let part = Self.first(Self.first(response.object["output"])["content"])
        let told = Self.first(part["annotations"])
        #expect(told["type"] as? String == "url_citation" && told["start_index"] as? Int == 3)
        #expect(told["end_index"] as? Int == 5 && told["url"] as? String == "https://a/x")
        #expect(response.dropped == ["annotations[type=file_citation]"])

        let google = try Self.translate(Self.chat, from: .openAIChat, to: .gemini)
        let grounding = Self.first(google.object["candidates"])["groundingMetadata"] as? [String: Any]
        let web = Self.first(grounding?["groundingChunks"])["web"] as? [String: Any]
        #expect(web?["uri"] as? String == "https://a/x" && web?["title"] as? String == "T")

        let converse = try Self.translate(Self.chat, from: .openAIChat, to: .bedrockConverse)
        #expect(converse.dropped.contains("message.annotations"))
    }

    @Test(arguments: [0, 1, 6]) func streamedCitationsAreTold(_ size: Int) throws {
        let events = [
            #"{"id":"c","choices":[{"index":0,"delta":{"content":"é 😀 ab"}}]}"#,
            #"{"id":"c","choices":[{"index":0,"delta":{"annotations":[\#(Self.annotation)]}}]}"#,
            #"{"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#, "[DONE]",
        ]
        let message = Self.stream(events, from: .openAIChat, to: .anthropicMessages, chunk: size)
        let delta = Said.events(message.text).compactMap { $0["delta"] as? [String: Any] }
            .first { $0["type"] as? String == "citations_delta" }
        #expect((delta?["citation"] as? [String: Any])?["url"] as? String == "https://a/x")
        #expect(StreamOrder.problems(message, in: .anthropicMessages).isEmpty && message.hasEnded)
        #expect(message.dropped == ["message.annotations[].start_index"])

        let response = Self.stream(events, from: .openAIChat, to: .openAIResponses, chunk: size)
        let told = Said.events(response.text)
        let added = try #require(told.first { $0["type"] as? String == "response.output_text.annotation.added" })
        #expect(added["annotation_index"] as? Int == 0 && added["content_index"] as? Int == 0)
        let last = try #require(told.last?["response"] as? [String: Any])
        let part = Self.first(Self.first(last["output"])["content"])
        #expect(Self.first(part["annotations"])["start_index"] as? Int == 3)
        #expect(part["annotations"] as? NSArray == [try #require(added["annotation"])] as NSArray)

        let google = Self.stream(events, from: .openAIChat, to: .gemini, chunk: size)
        #expect(google.text.contains(#""groundingChunks":[{"web":{"uri":"https://a/x","title":"T"}}]"#))
        let converse = Self.stream(events, from: .openAIChat, to: .bedrockConverse, chunk: size)
        #expect(converse.dropped == ["message.annotations"] && converse.hasEnded)
    }

    @Test func aCitationWithoutATextIsNamed() {
        let events = [
            #"{"id":"c","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"a","#
                + #""function":{"name":"f","arguments":"{}"}}]}}]}"#,
            #"{"id":"c","choices":[{"index":0,"delta":{"annotations":[\#(Self.annotation)]},"finish_reason":"stop"}]}"#,
        ]
        let message = Self.stream(events, from: .openAIChat, to: .anthropicMessages)
        #expect(message.hasEnded && message.dropped.contains("message.annotations"))
        #expect(!message.text.contains("citations_delta"))
        let response = Self.stream(events, from: .openAIChat, to: .openAIResponses)
        #expect(response.dropped == ["message.annotations"])
    }

    // MARK: Anthropic's

    private static let web =
        #"{"type":"web_search_result_location","cited_text":"q","encrypted_index":"E","title":"T","url":"https://a"}"#
    private static let document =
        #"{"type":"char_location","cited_text":"q","document_index":0,"start_char_index":0,"end_char_index":1}"#

    @Test func claudesCitationsOfPagesAreThoseOfTheirBlock() throws {
        let body =
            #"{"content":[{"type":"text","text":"é"},{"type":"text","text":"ab","#
            + #""citations":[\#(Self.web),\#(Self.document)]}],"#
            + #""stop_reason":"end_turn"}"#
        let chat = try Self.translate(body, from: .anthropicMessages, to: .openAIChat)
        let message = Self.first(chat.object["choices"])["message"] as? [String: Any]
        let told = Self.first(message?["annotations"])["url_citation"] as? [String: Any]
        #expect(told?["start_index"] as? Int == 1 && told?["end_index"] as? Int == 3)
        #expect(chat.dropped == ["content[].citations"])
        let response = try Self.translate(body, from: .anthropicMessages, to: .openAIResponses)
        let parts = Self.list(Self.first(response.object["output"])["content"])
        #expect(Self.list(parts[0]["annotations"]).isEmpty)
        #expect(Self.first(parts[1]["annotations"])["end_index"] as? Int == 2)
    }

    @Test(arguments: [0, 1, 50]) func claudesStreamedCitationsComeWithTheirBlock(_ size: Int) throws {
        let events = [
            #"{"type":"message_start","message":{"id":"msg_1"}}"#,
            #"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":"é\ud83d\ude00"}}"#,
            #"{"type":"content_block_stop","index":0}"#,
            #"{"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}"#,
            #"{"type":"content_block_delta","index":1,"delta":{"type":"citations_delta","citation":\#(Self.web)}}"#,
            #"{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"\u0061\n"}}"#,
            #"{"type":"content_block_delta","index":1,"delta":{"type":"citations_delta","#
                + #""citation":\#(Self.document)}}"#,
            #"{"type":"content_block_stop","index":1}"#,
            #"{"type":"message_delta","delta":{"stop_reason":"end_turn"}}"#, #"{"type":"message_stop"}"#,
        ]
        let chat = Self.stream(events, from: .anthropicMessages, to: .openAIChat, chunk: size)
        let deltas = Said.events(chat.text).compactMap { Self.first($0["choices"])["delta"] as? [String: Any] }
        let annotations = deltas.flatMap { Self.list($0["annotations"]) }
        let told = try #require(annotations.first?["url_citation"] as? [String: Any])
        #expect(annotations.count == 1 && told["start_index"] as? Int == 2 && told["end_index"] as? Int == 4)
        #expect(chat.dropped == ["content[].citations"] && chat.hasEnded)
    }

    // MARK: Gemini's

    private static func gemini(_ text: String, _ more: String) -> String {
        #"{"candidates":[{"content":{"parts":[{"text":"\#(text)"}]},"finishReason":"STOP",\#(more)}],"responseId":"r"}"#
    }

    private static let grounding =
        #""groundingMetadata":{"webSearchQueries":["q"],"searchEntryPoint":{"renderedContent":"x"},"#
        + #""groundingChunks":[{"web":{"uri":"https://a","title":"A"}},{"web":{"uri":"https://b","title":"B"}}],"#
        + #""groundingSupports":[{"segment":{"startIndex":1,"endIndex":3,"text":"bc"},"groundingChunkIndices":[0]},"#
        + #"{"segment":{"endIndex":2},"groundingChunkIndices":[0,7]}]}"#

    @Test func googlesSourcesAreCitations() throws {
        for text in ["abcd", "äbcd"] {
            let body = Self.gemini(text, Self.grounding)
            let chat = try Self.translate(body, from: .gemini, to: .openAIChat)
            let message = Self.first(chat.object["choices"])["message"] as? [String: Any]
            let told = Self.list(message?["annotations"]).compactMap { $0["url_citation"] as? [String: Any] }
            // Places in bytes are told only where they are characters.
            let starts = text == "abcd" ? [1, 0, 0] : [0, 0]
            #expect(told.map { $0["start_index"] as? Int } == starts)
            #expect(told.prefix(2).map { $0["url"] as? String } == ["https://a", "https://b"])
            #expect(chat.dropped == ["candidates[].groundingMetadata.searchEntryPoint"])
            let stream = Self.stream([body], from: .gemini, to: .openAIChat)
            let deltas = Said.events(stream.text).compactMap { Self.first($0["choices"])["delta"] as? [String: Any] }
            let streamed = deltas.flatMap { Self.list($0["annotations"]) }
            #expect(streamed as NSArray == Self.list(message?["annotations"]) as NSArray)
        }
        let cited = Self.gemini("abcd", #""citationMetadata":{"citationSources":[{"endIndex":2,"uri":"https://c"}]}"#)
        let message = try Self.translate(cited, from: .gemini, to: .anthropicMessages)
        #expect(Self.first(Self.first(message.object["content"])["citations"])["url"] as? String == "https://c")
        #expect(message.dropped == ["candidates[].groundingMetadata.groundingSupports"])
    }

    // MARK: Converse's

    @Test func conversesCitedTextsAreTold() throws {
        let citation = #"{"title":"T","sourceContent":[{"text":"q"}],"location":{"web":{"url":"https://a"}}}"#
        let body =
            #"{"output":{"message":{"content":[{"text":"x"},{"citationsContent":{"content":[{"text":"yz"}],"#
            + #""citations":[\#(citation),{"title":"D","location":{"documentChar":{"documentIndex":0}}}]}}]}},"#
            + #""stopReason":"end_turn"}"#
        let chat = try Self.translate(body, from: .bedrockConverse, to: .openAIChat)
        let message = Self.first(chat.object["choices"])["message"] as? [String: Any]
        let told = Self.first(message?["annotations"])["url_citation"] as? [String: Any]
        #expect(message?["content"] as? String == "xyz" && told?["start_index"] as? Int == 1)
        #expect(chat.dropped == ["content[].citationsContent.citations"])
        let bytes = [
            BedrockAnswerTests.message("messageStart", #"{"role":"assistant"}"#),
            BedrockAnswerTests.message("contentBlockDelta", #"{"contentBlockIndex":0,"delta":{"text":"yz"}}"#),
            BedrockAnswerTests.message(
                "contentBlockDelta", #"{"contentBlockIndex":0,"delta":{"citation":\#(citation)}}"#),
            BedrockAnswerTests.message("messageStop", #"{"stopReason":"end_turn"}"#),
            BedrockAnswerTests.message("metadata", "{}"),
        ].flatMap { $0 }
        let stream = translateStream(bytes, from: .bedrockConverse, to: .anthropicMessages)
        #expect(stream.hasEnded && stream.text.contains(#""cited_text":"q""#) && stream.dropped.isEmpty)
    }

    // MARK: Pictures

    private static let picture =
        #"{"candidates":[{"content":{"parts":[{"text":"a"},{"inlineData":{"mimeType":"image/png","data":"iVBORw=="}},"#
        + #"{"thought":true,"inlineData":{"mimeType":"image/png","data":"AAAA"}},"#
        + #"{"inlineData":{"mimeType":"audio/wav","data":"AAAA"}}]},"finishReason":"STOP"}],"responseId":"r"}"#

    @Test func picturesGoWhereTheyCan() throws {
        let chat = try Self.translate(Self.picture, from: .gemini, to: .openAIChat)
        let message = Self.first(chat.object["choices"])["message"] as? [String: Any]
        let url = (Self.first(message?["images"])["image_url"] as? [String: Any])?["url"] as? String
        #expect(url == "data:image/png;base64,iVBORw==" && Self.list(message?["images"]).count == 1)
        #expect(chat.dropped == ["parts[].inlineData"])
        let response = try Self.translate(Self.picture, from: .gemini, to: .openAIResponses)
        let item = try #require(Self.list(response.object["output"]).last)
        #expect(item["type"] as? String == "image_generation_call" && item["result"] as? String == "iVBORw==")
        let converse = try Self.translate(Self.picture, from: .gemini, to: .bedrockConverse)
        let content = (converse.object["output"] as? [String: Any])?["message"] as? [String: Any]
        let block = Self.list(content?["content"]).last?["image"] as? [String: Any]
        #expect(block?["format"] as? String == "png")
        let claude = try Self.translate(Self.picture, from: .gemini, to: .anthropicMessages)
        #expect(Self.list(claude.object["content"]).count == 1 && claude.dropped == ["parts[].inlineData"])
    }

    @Test(arguments: [0, 1, 40]) func streamedPicturesGoWhereTheyCan(_ size: Int) throws {
        let chat = Self.stream([Self.picture], from: .gemini, to: .openAIChat, chunk: size)
        #expect(chat.text.contains(#""images":[{"type":"image_url","#))
        #expect(chat.text.contains(#""image_url":{"url":"data:image/png;base64,iVBORw=="}"#))
        let response = Self.stream([Self.picture], from: .gemini, to: .openAIResponses, chunk: size)
        #expect(response.hasEnded && StreamOrder.problems(response, in: .openAIResponses).isEmpty)
        let last = try #require(Said.events(response.text).last?["response"] as? [String: Any])
        #expect(Self.list(last["output"]).last?["result"] as? String == "iVBORw==")
        let converse = Self.stream([Self.picture], from: .gemini, to: .bedrockConverse, chunk: size)
        let image = Said.messages(converse.bytes).compactMap { $0.payload["delta"] as? [String: Any] }.last?["image"]
        #expect(((image as? [String: Any])?["source"] as? [String: Any])?["bytes"] as? String == "iVBORw==")
        #expect(converse.hasEnded && StreamOrder.problems(converse, in: .bedrockConverse).isEmpty)
        let claude = Self.stream([Self.picture], from: .gemini, to: .anthropicMessages, chunk: size)
        #expect(claude.hasEnded && claude.dropped == ["parts[].inlineData"])
        let back = Self.stream(
            [
                #"{"choices":[{"index":0,"delta":{"images":[{"image_url":"#
                    + #"{"url":"data:image/png;base64,iVBORw=="}}]}}]}"#,
                "[DONE]",
            ], from: .openAIChat, to: .gemini, chunk: size)
        #expect(back.hasEnded && back.text.contains(#""inlineData":{"mimeType":"image/png","data":"iVBORw=="}"#))
    }

    // MARK: Rules

    @Test func everyRuleStandsInTheTable() {
        for caller in ConversationDialect.allCases {
            let table = AnswerRules.markdown(to: caller)
            for provider in ConversationDialect.providers where provider != caller {
                for field in AnswerField.allCases {
                    guard let name = AnswerRules.name(field, in: provider) else { continue }
                    #expect(table.contains("`\(name)`"), "\(field) of \(provider) for \(caller)")
                }
            }
        }
        #expect(FieldRules.document.contains("## Answers to anthropic-messages\n"))
    }
}
