import Foundation
import NIOCore
import Testing
import TollbookWire

/// Streams from one dialect to the other, event by event.
struct StreamTranslationTests {
    static let anthropic = anthropicStream(
        #"""
        {"type":"message_start","message":{"id":"msg_1","model":"x","usage":{"input_tokens":10,
        "cache_read_input_tokens":5,"cache_creation_input_tokens":2,"output_tokens":1}}}

        {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}

        {"type":"ping"}

        {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm\n"}}

        {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"sig=="}}

        {"type":"content_block_stop","index":0}

        {"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}

        {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"caf\u00e9 \ud83d\ude00 \"q\""}}

        {"type":"content_block_stop","index":1}

        {"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"toolu_1","name":"f",
        "input":{}}}

        {"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\"a\":"}}

        {"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"1}"}}

        {"type":"content_block_stop","index":2}

        {"type":"content_block_start","index":3,"content_block":{"type":"tool_use","id":"toolu_2","name":"g",
        "input":{}}}

        {"type":"content_block_stop","index":3}

        {"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},
        "usage":{"output_tokens":42,"output_tokens_details":{"thinking_tokens":7}}}

        {"type":"message_stop"}
        """#)

    static let openAI = openAIStream(
        #"""
        : OPENROUTER PROCESSING

        data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"x","choices":[],
        "prompt_filter_results":[]}

        data: {"id":"chatcmpl-1","choices":[{"index":0,"delta":{"role":"assistant","content":"",
        "reasoning_content":"so"},"finish_reason":null}],"usage":null}

        data: {"id":"chatcmpl-1","choices":[{"index":0,"delta":{"content":"caf\u00e9 \ud83d\ude00"},
        "finish_reason":null}]}

        data: {"id":"chatcmpl-1","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_1",
        "type":"function","function":{"name":"f","arguments":""}}]}}]}

        data: {"id":"chatcmpl-1","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,
        "function":{"arguments":"{\"a\":"}}]}}]}

        data: {"id":"chatcmpl-1","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,
        "function":{"arguments":"1}"}},{"index":1,"id":"call_2","type":"function","function":{"name":"g",
        "arguments":"{}"}}]}}]}

        data: {"id":"chatcmpl-1","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}

        data: {"id":"chatcmpl-1","choices":[],"usage":{"prompt_tokens":17,"completion_tokens":42,"total_tokens":59,
        "prompt_tokens_details":{"cached_tokens":5},"completion_tokens_details":{"reasoning_tokens":7}}}

        data: [DONE]
        """#)

    @Test func tellsAnthropicsAnswerInChunks() {
        let outcome = translateStream(Array(Self.anthropic.utf8), from: .anthropicMessages, to: .openAIChat)
        #expect(outcome.hasEnded && outcome.dropped.isEmpty)
        #expect(outcome.text.hasSuffix("data: [DONE]\n\n"))
        #expect(outcome.text.contains(": ping\n\n"))
        var expected = Said()
        expected.id = "chatcmpl-1"
        expected.model = "asked"
        expected.text = "café 😀 \"q\""
        expected.thinking = "hm\n"
        expected.signature = "sig=="
        expected.calls = [
            .init(id: "toolu_1", name: "f", arguments: "{\"a\":1}"), .init(id: "toolu_2", name: "g", arguments: "{}"),
        ]
        expected.finish = "tool_calls"
        expected.tokens = [10, 5, 2, 42]
        #expect(Said.openAI(outcome.text) == expected)
    }

    @Test func tellsChunksAsAnthropicsEvents() {
        let outcome = translateStream(Array(Self.openAI.utf8), from: .openAIChat, to: .anthropicMessages)
        #expect(outcome.hasEnded && outcome.dropped.isEmpty)
        #expect(outcome.text.hasPrefix(": OPENROUTER PROCESSING\n\nevent: message_start\n"))
        var expected = Said()
        expected.id = "msg_1"
        expected.model = "asked"
        expected.text = "café 😀"
        expected.thinking = "so"
        expected.calls = [
            .init(id: "call_1", name: "f", arguments: "{\"a\":1}"), .init(id: "call_2", name: "g", arguments: "{}"),
        ]
        expected.finish = "tool_use"
        expected.tokens = [12, 5, 0, 42]
        #expect(Said.anthropic(outcome.text) == expected)
        let types = Said.events(outcome.text).compactMap { $0["type"] as? String }
        #expect(
            types == [
                "message_start", "content_block_start", "content_block_delta", "content_block_stop",
                "content_block_start", "content_block_delta", "content_block_stop", "content_block_start",
                "content_block_delta", "content_block_delta", "content_block_stop", "content_block_start",
                "content_block_delta", "content_block_stop", "message_delta", "message_stop",
            ])
    }

    @Test func bytesMayBeCutAnywhere() {
        for (stream, source) in [(Self.anthropic, ConversationDialect.anthropicMessages), (Self.openAI, .openAIChat)] {
            let bytes = Array(stream.utf8)
            let target: ConversationDialect = source == .openAIChat ? .anthropicMessages : .openAIChat
            let whole = translateStream(bytes, from: source, to: target).text
            for cut in 0...bytes.count {
                let reads = [ByteBuffer(bytes: bytes[..<cut]), ByteBuffer(bytes: bytes[cut...])]
                let text = translateStream(reads, from: source, to: target).text
                #expect(text == whole, "cut at \(cut)")
                if text != whole { return }
            }
            #expect(translateStream(bytes, from: source, to: target, chunk: 1).text == whole)
        }
    }

    @Test func usageIsLeftOutForCallersWhoDidNotAsk() {
        let text = translateStream(
            Array(Self.anthropic.utf8), from: .anthropicMessages, to: .openAIChat, usage: false
        ).text
        #expect(!text.contains("usage"))
        #expect(Said.openAI(text).finish == "tool_calls")
    }

    /// A stream cut after each event: never an ending that the provider did not tell.
    @Test func aStreamThatEndsEarlyIsCut() {
        let events = Self.anthropic.components(separatedBy: "\n\n").filter { !$0.isEmpty }
        for count in 0..<events.count {
            let stream = events.prefix(count).map { $0 + "\n\n" }.joined()
            let outcome = translateStream(Array(stream.utf8), from: .anthropicMessages, to: .openAIChat)
            let hasFinish = stream.contains("stop_reason")
            #expect(outcome.hasEnded == hasFinish && outcome.isCut == !hasFinish, "after \(count) events")
            #expect(outcome.text.contains("[DONE]") == hasFinish)
        }
    }

    @Test func aServerWithoutDoneEndsItsAnswerAllTheSame() {
        let stream = Self.openAI.replacingOccurrences(of: "data: [DONE]\n\n", with: "")
        let outcome = translateStream(Array(stream.utf8), from: .openAIChat, to: .anthropicMessages)
        #expect(outcome.hasEnded && !outcome.isCut)
        #expect(Said.anthropic(outcome.text).tokens == [12, 5, 0, 42])
    }

    @Test func anErrorInTheStreamIsToldInTheCallersForm() throws {
        let overload = anthropicStream(
            #"{"type":"error","error":{"details":null,"type":"overloaded_error","message":"Overloaded"}}"#)
        let start = Self.anthropic.components(separatedBy: "\n\n").prefix(8).map { $0 + "\n\n" }.joined()
        let outcome = translateStream(
            Array((start + overload + Self.anthropic).utf8), from: .anthropicMessages, to: .openAIChat)
        #expect(outcome.failure?.kind == .overloaded && !outcome.hasEnded && !outcome.isCut)
        let last = try #require(Said.events(outcome.text).last?["error"] as? [String: Any])
        #expect(last["message"] as? String == "Overloaded" && last["type"] as? String == "server_error")
        #expect(!outcome.text.contains("[DONE]"))

        let broken = #"data: {"error":{"message":"slow down","type":"requests","code":"rate_limit_exceeded"}}"# + "\n\n"
        let other = translateStream(Array(broken.utf8), from: .openAIChat, to: .anthropicMessages)
        #expect(other.failure?.kind == .rateLimited)
        let coded = #"data: {"choices":[],"error":{"code":400,"message":"Token limit reached"}}"# + "\n\n"
        let third = translateStream(Array(coded.utf8), from: .openAIChat, to: .anthropicMessages)
        #expect(third.failure?.kind == .invalidRequest)
        #expect(
            other.text.hasPrefix("event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"rate_limit_error\""))
    }

    @Test func callsThatComeInterleavedAreKeptApart() {
        let chunks = [
            #"{"index":0,"id":"a","function":{"name":"f","arguments":""}}"#,
            #"{"index":1,"id":"b","function":{"name":"g","arguments":"{\"y\""}}"#,
            #"{"index":0,"function":{"arguments":"{\"x\":1}"}}"#, #"{"index":1,"function":{"arguments":":2}"}}"#,
            #"{"id":"","function":{"name":"h","arguments":"{}"}}"#,
        ].map { #"data: {"id":"chatcmpl-9","choices":[{"index":0,"delta":{"tool_calls":[\#($0)]}}]}"# + "\n\n" }
        let stream = chunks.joined() + "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"tool_calls\"}]}\n\n"
        let said = Said.anthropic(translateStream(Array(stream.utf8), from: .openAIChat, to: .anthropicMessages).text)
        #expect(
            said.calls == [
                .init(id: "a", name: "f", arguments: "{\"x\":1}"), .init(id: "b", name: "g", arguments: "{\"y\":2}"),
                .init(id: "call_chatcmpl_9_2", name: "h", arguments: "{}"),
            ])
    }

    @Test func memoryDoesNotGrowWithTheAnswer() {
        let delta =
            #"data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"word "}}"# + "\n\n"
        let start =
            #"data: {"type":"message_start","message":{"id":"msg_1"}}"# + "\n\n"
            + #"data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"# + "\n\n"
        let bytes = Array((start + String(repeating: delta, count: 20_000)).utf8)
        let outcome = translateStream(bytes, from: .anthropicMessages, to: .openAIChat, chunk: 4_096)
        #expect(outcome.largestStep < 512)
        #expect(Said.openAI(outcome.text).text.count == 100_000)
    }

    @Test func thoughtsAfterASignatureAreABlockOfTheirOwn() {
        let deltas = [
            #"{"reasoning_content":"one"}"#,
            #"{"thinking_blocks":[{"type":"thinking","thinking":"","signature":"s1"}]}"#,
            #"{"reasoning_content":"two"}"#, #"{"content":"done"}"#,
        ].map { #"data: {"id":"chatcmpl-9","choices":[{"index":0,"delta":\#($0)}]}"# + "\n\n" }
        let stream = deltas.joined() + "data: [DONE]\n\n"
        let outcome = translateStream(Array(stream.utf8), from: .openAIChat, to: .anthropicMessages)
        let blocks = Said.events(outcome.text).compactMap {
            ($0["content_block"] as? [String: Any])?["type"] as? String
        }
        #expect(blocks == ["thinking", "thinking", "text"])
        #expect(Said.anthropic(outcome.text).signature == "s1")
    }

    /// Chunks that look alike are not parsed; those that do not must not be taken for them.
    @Test func chunksThatLookAlikeAreReadAsOthersAre() {
        let texts = ["a", " b", "", "\u{e9}\u{1F600}", #"\n\"q\""#, "c", #"d"},"x":{"content":"e"#, "f"]
        let stream =
            texts.map { #"data: {"id":"chatcmpl-9","choices":[{"index":0,"delta":{"content":"\#($0)"}}]}"# + "\n\n" }
            .joined() + #"data: {"choices":[{"index":0,"delta":{"content":"g"},"finish_reason":"length"}]}"# + "\n\n"
        let outcome = translateStream(Array(stream.utf8), from: .openAIChat, to: .anthropicMessages)
        #expect(Said.anthropic(outcome.text).text == Said.openAI(stream).text)
        #expect(Said.anthropic(outcome.text).finish == "max_tokens")
    }
}
