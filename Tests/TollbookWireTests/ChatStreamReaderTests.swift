import Foundation
import NIOCore
import Testing
import TollbookWire

/// What each event of a stream is, and what is known at its end.
@Suite struct ChatStreamReaderTests {
    struct Outcome: Equatable {
        var kinds: [AnswerEvent] = []
        var reader = Facts()
    }

    /// The reader's findings, to compare.
    struct Facts: Equatable {
        var model: String?
        var responseID: String?
        var usage: String?
        var finished = false
        var done = false
        var error = false
        var contentEvents = 0
        var outputBytes = 0
        var malformed = 0
    }

    /// Reads a stream in chunks of `size`; comments are left out of `kinds`, because a CR can make more of them.
    static func read(_ stream: [UInt8], _ size: Int = 0) throws -> Outcome {
        var splitter = SSESplitter()
        var reader = ChatStreamReader()
        var outcome = Outcome()
        func see(_ event: SSEEvent) {
            let kind = reader.read(event)
            if kind != .comment { outcome.kinds.append(kind) }
        }
        for chunk in chunks(stream, size) {
            splitter.append(chunk)
            while let event = try splitter.next() { see(event) }
            while splitter.takeRun() != nil {}
        }
        if let event = splitter.finish() { see(event) }
        outcome.reader = Facts(
            model: reader.model, responseID: reader.responseID, usage: reader.usage?.text,
            finished: reader.sawFinishReason, done: reader.sawDone, error: reader.sawError,
            contentEvents: reader.contentEvents, outputBytes: reader.outputBytes, malformed: reader.malformedEvents)
        return outcome
    }

    private static func kind(_ data: String) throws -> AnswerEvent? {
        try read(Array("data: \(data)\n\n".utf8)).kinds.first
    }

    @Test(arguments: [
        (#"{"choices":[{"delta":{"content":"a"}}]}"#, AnswerEvent.content),
        (#"{"choices":[{}],"usage":null}"#, .content),
        (#"{"choices":[],"usage":{"prompt_tokens":1}}"#, .usage(isExtra: true)),
        (#"{"usage":{"prompt_tokens":1}}"#, .usage(isExtra: true)),
        (#"{ "choices" : [ ] , "usage" : {} }"#, .usage(isExtra: true)),
        (#"{"us\u0061ge":{},"choices":[]}"#, .usage(isExtra: true)),
        (#"{"usage":{"prompt_tokens":1},"choices":[{"delta":{},"finish_reason":"stop"}]}"#, .usage(isExtra: false)),
        (#"{"choices":[],"prompt_filter_results":[{"usage":{}}]}"#, .other),
        (#"{"choices":[],"usage":null}"#, .other),
        (#"{"choices":[],"usage":"none"}"#, .other),
        (#"{"choices":[{"delta":{"content":"\"usage\":{\"a\":1}"}}]}"#, .content),
        (#"{"choices":[{"delta":{"usage":{"a":1}}}],"x":{"usage":{"a":1}}}"#, .content),
        (#"{"choices":[{"delta":{"content":"\"error\":{}"}}],"error":null}"#, .content),
        (#"{"error":{"message":"x"}}"#, .error),
        (#"{"error":"Unauthorized"}"#, .error),
        (#"{"error":null}"#, .other),
        (#"{"error":{"code":400},"choices":[{"delta":{}}],"usage":{}}"#, .error),
        ("[DONE]", .done),
        ("[DONE] ", .done),
        ("[DONE", .other),
        ("[]", .other),
        ("not json", .other),
        (#"{"choices":[{"delta":{"content":"a"#, .other),
        ("", .other),
    ]) func tellsKindOfEvent(_ data: String, _ expected: AnswerEvent) throws {
        #expect(try Self.kind(data) == expected)
    }

    @Test func tellsCommentsAndErrorEvents() throws {
        var reader = ChatStreamReader()
        var splitter = SSESplitter()
        splitter.append(
            ByteBuffer(string: ": hi\n\n\nid: 1\n\nevent: error\ndata: {\"message\":\"x\"}\n\nevent: error\n\n"))
        var kinds: [AnswerEvent] = []
        while let event = try splitter.next() { kinds.append(reader.read(event)) }
        #expect(kinds == [.comment, .comment, .comment, .error, .error])
        #expect(reader.sawError)
    }

    /// A chunk's choices, and the bytes of text they bring.
    @Test(arguments: [
        (#"[{"delta":{"content":"h\u00e9\n"}}]"#, 4), (#"[{"delta":{"role":"assistant","content":""}}]"#, 0),
        (#"[{"delta":{"content":null,"refusal":"no"}}]"#, 2),
        (#"[{"delta":{"reasoning":"abc","reasoning_details":[{"type":"t","text":"abc"}]}}]"#, 3),
        (#"[{"delta":{"reasoning":"abc","reasoning_content":"abcd"}}]"#, 4),
        (#"[{"delta":{"content":"x","reasoning_content":"abcd"}}]"#, 5),
        (#"[{"delta":{"content":[{"type":"thinking","thinking":[{"type":"text","text":"Okay"}]}]}}]"#, 4),
        (
            #"[{"delta":{"tool_calls":[{"id":"c","function":{"name":"ab","arguments":"{\"x\":1}"}}]}}]"#,
            9
        ),
        (#"[{"delta":{"function_call":{"name":"ab","arguments":"cd"}}}]"#, 4),
        (#"[{"delta":{"tool_calls":[{"custom":{"name":"ab","input":"cd"}}]}}]"#, 4),
        (#"[{"delta":{"audio":{"id":"x","data":"AAAA","transcript":"hey"}}}]"#, 3),
        (#"[{"delta":{"content":"a"}},{"delta":{"content":"b"}}]"#, 2),
        (#"[{"text":"legacy","index":0}]"#, 6), (#"[{"delta":{"images":[{"image_url":{"url":"data:x"}}]}}]"#, 0),
        (#"[{"delta":{},"logprobs":{"content":[{"token":"a","bytes":[97]}]},"content":"x"}]"#, 0),
        (#"[{"logprobs":{"content":[{"text":"a"}]},"delta":{"content":"a"}}]"#, 1),
    ]) func countsTextTheModelWrote(_ choices: String, _ expected: Int) throws {
        let facts = try Self.read(Array("data: {\"choices\":\(choices)}\n\n".utf8)).reader
        #expect(facts.outputBytes == expected)
        #expect(facts.contentEvents == (expected > 0 ? 1 : 0))
    }

    @Test func estimatesTheLargerOfEventsAndText() throws {
        func estimate(_ texts: [String]) throws -> Int {
            var reader = ChatStreamReader()
            for text in texts {
                var splitter = SSESplitter()
                splitter.append(ByteBuffer(string: "data: {\"choices\":[{\"delta\":{\"content\":\"\(text)\"}}]}\n\n"))
                if let event = try splitter.next() { _ = reader.read(event) }
            }
            return reader.estimatedOutputTokens
        }
        #expect(try estimate([]) == 0)
        #expect(try estimate(["", "a", "b", "c"]) == 3)
        #expect(try estimate(["123456789"]) == 3)
    }

    @Test func keepsTheLastUsageAndTheFirstIdentity() throws {
        let stream = """
            data: {"id":"","model":"","choices":[],"prompt_filter_results":[]}

            data: {"id":"a","model":"m1","choices":[{"delta":{"content":"x"}}],"usage":{"prompt_tokens":1}}

            data: {"id":"b","model":"m2","choices":[{"delta":{},"finish_reason":"length"}],"usage":{"prompt_tokens": 2}}

            data: {"id":"b","choices":[],"usage":null}


            """
        let outcome = try Self.read(Array(stream.utf8))
        #expect(outcome.kinds == [.other, .usage(isExtra: false), .usage(isExtra: false), .other])
        #expect(
            outcome.reader
                == Facts(
                    model: "m1", responseID: "a", usage: #"{"prompt_tokens": 2}"#, finished: true, contentEvents: 1,
                    outputBytes: 1))
    }

    @Test func followsRunningTotals() throws {
        // As vLLM sends them with continuous usage: every chunk has usage, the last one has nothing else.
        let chunks = (1...3).map {
            #"{"id":"a","model":"m","choices":[{"delta":{"content":"x"}}],"usage":{"n":\#($0)}}"#
        }
        let stream = (chunks + [#"{"id":"a","model":"m","choices":[],"usage":{"n":4}}"#, "[DONE]"])
            .map { "data: \($0)\n\n" }.joined()
        let outcome = try Self.read(Array(stream.utf8))
        let running = AnswerEvent.usage(isExtra: false)
        #expect(outcome.kinds == [running, running, running, .usage(isExtra: true), .done])
        #expect(outcome.reader.usage == #"{"n":4}"# && outcome.reader.contentEvents == 3)
    }

    @Test func dropsUsageThatIsTooLarge() throws {
        let padding = String(repeating: "x", count: WireLimits.usageBytes)
        let outcome = try Self.read(Array("data: {\"choices\":[],\"usage\":{\"x\":\"\(padding)\"}}\n\n".utf8))
        #expect(outcome.kinds == [.usage(isExtra: true)])
        #expect(outcome.reader.usage == nil)
    }

    @Test func readsDataSpreadOverLines() throws {
        let stream = Array("data: {\"choices\":[],\ndata: \"usage\":{\"prompt_tokens\":1}}\n\n".utf8)
        for size in 0...stream.count {
            let outcome = try Self.read(stream, size)
            #expect(outcome.kinds == [.usage(isExtra: true)])
            #expect(outcome.reader.usage == #"{"prompt_tokens":1}"#)
        }
    }

    // MARK: Recordings

    @Test(.enabled(if: Recordings.arePresent, Comment(rawValue: Recordings.missing)))
    func recordedStreamsReadTheSameAtEverySplit() throws {
        let streams = Recordings.files("response.sse")
        #expect(streams.count >= 10)
        for (name, bytes) in streams {
            let whole = try Self.read(bytes)
            for size in [1, 2, 3, 7, 64] {
                #expect(try Self.read(bytes, size) == whole, "\(name), chunks of \(size)")
            }
        }
    }

    @Test(.enabled(if: Recordings.arePresent, Comment(rawValue: Recordings.missing)))
    func recordedStreamsReadAsAFullDecodeDoes() throws {
        for (name, bytes) in Recordings.files("response.sse") {
            let found = try Self.read(bytes)
            let expected = Self.decoded(bytes)
            #expect(found.kinds == expected.kinds, "\(name)")
            #expect(found.reader.model == expected.reader.model, "\(name)")
            #expect(found.reader.responseID == expected.reader.responseID, "\(name)")
            #expect(found.reader.finished == expected.reader.finished, "\(name)")
            #expect(found.reader.done == expected.reader.done, "\(name)")
            #expect(found.reader.error == expected.reader.error, "\(name)")
            #expect(found.reader.contentEvents == expected.reader.contentEvents, "\(name)")
            #expect(found.reader.outputBytes == expected.reader.outputBytes, "\(name)")
            #expect(found.reader.malformed == 0, "\(name)")
            let usage =
                found.reader.usage.flatMap { try? JSONSerialization.jsonObject(with: Data($0.utf8)) } as? NSDictionary
            let told =
                expected.reader.usage.flatMap { try? JSONSerialization.jsonObject(with: Data($0.utf8)) }
                as? NSDictionary
            #expect(usage == told, "\(name)")
        }
    }

    /// What the known peculiarities of recorded providers come to: extra usage chunk, usage at all, `[DONE]`.
    @Test(
        .enabled(if: Recordings.arePresent, Comment(rawValue: Recordings.missing)),
        arguments: [
            ("openai/chat-completion-stream-prompt-caching-cache-read-0", true, true, true),
            ("openai/completion-stream-multiple-choices-with-tools-0", true, true, true),
            ("openai/test-openai-moderation-stream-0", true, true, true),
            ("azure/azure-chat-completion-streamed-0", false, false, true),
            ("deepseek/deepseek-streamed-reasoning-content-0", false, true, true),
            ("groq/test-tool-use-failed-error-streaming-1", false, true, true),
            ("mistral/test-mistral-model-thinking-part-iter-0", false, true, true),
            ("openrouter/test-openrouter-cache-streaming-e2e-0", true, true, true),
            ("openrouter/test-openrouter-stream-error-0", false, true, true),
            ("llamacpp/chat_stream", false, false, true), ("llamacpp/chat_stream_usage", true, true, true),
            ("llamacpp/chat_tool_required_stream", true, true, true),
            ("transformers_serve/chat_stream", false, true, false),
        ]) func tellsExtraUsageChunkFromUsageInTheLastOne(
            _ name: String, _ hasExtra: Bool, _ hasUsage: Bool, _ isDone: Bool
        ) throws
    {
        let stream = try #require(Recordings.files("response.sse").first { $0.name == name })
        let outcome = try Self.read(stream.bytes)
        #expect(outcome.kinds.contains(.usage(isExtra: true)) == hasExtra)
        #expect((outcome.reader.usage != nil) == hasUsage)
        #expect(outcome.reader.done == isDone)
        #expect(outcome.reader.finished)
    }

    /// The same by decoding every event whole.
    private static func decoded(_ bytes: [UInt8]) -> Outcome {
        var outcome = Outcome()
        let text = String(decoding: bytes, as: UTF8.self).replacing("\r\n", with: "\n")
        for event in text.components(separatedBy: "\n\n") where event.hasPrefix("data: ") {
            let data = String(event.dropFirst(6)).trimmingCharacters(in: .newlines)
            guard data != "[DONE]" else {
                outcome.kinds.append(.done)
                outcome.reader.done = true
                continue
            }
            guard let object = try? JSONSerialization.jsonObject(with: Data(data.utf8)) as? [String: Any] else {
                outcome.kinds.append(.other)
                continue
            }
            record(object, &outcome)
        }
        return outcome
    }

    private static func record(_ object: [String: Any], _ outcome: inout Outcome) {
        let choices = object["choices"] as? [[String: Any]] ?? []
        let usage = object["usage"] as? [String: Any]
        let error = object["error"].map { !($0 is NSNull) } ?? false
        if outcome.reader.model == nil, let model = object["model"] as? String, !model.isEmpty {
            outcome.reader.model = model
        }
        if outcome.reader.responseID == nil, let id = object["id"] as? String, !id.isEmpty {
            outcome.reader.responseID = id
        }
        if let usage, let data = try? JSONSerialization.data(withJSONObject: usage) {
            outcome.reader.usage = String(decoding: data, as: UTF8.self)
        }
        if choices.contains(where: { $0["finish_reason"] is String }) { outcome.reader.finished = true }
        let written = choices.reduce(0) { $0 + textBytes($1["delta"]) }
        outcome.reader.outputBytes += written
        outcome.reader.contentEvents += written > 0 ? 1 : 0
        if error { outcome.reader.error = true }
        outcome.kinds.append(
            error ? .error : usage != nil ? .usage(isExtra: choices.isEmpty) : choices.isEmpty ? .other : .content)
    }

    /// Bytes of text in a delta or message.
    static func textBytes(_ delta: Any?) -> Int {
        guard let delta = delta as? [String: Any] else { return 0 }
        func strings(_ value: Any?, _ names: Set<String>) -> Int {
            if let list = value as? [Any] { return list.reduce(0) { $0 + strings($1, names) } }
            guard let object = value as? [String: Any] else { return 0 }
            return object.reduce(0) { sum, member in
                if let text = member.value as? String {
                    return sum + (names.contains(member.key) ? text.utf8.count : 0)
                }
                return sum + strings(member.value, names)
            }
        }
        func text(_ name: String) -> Int {
            (delta[name] as? String)?.utf8.count ?? strings(delta[name], ["text", "thinking"])
        }
        let calls: Set = ["name", "arguments", "input"]
        return text("content") + text("refusal") + max(text("reasoning"), text("reasoning_content"))
            + strings(delta["tool_calls"], calls) + strings(delta["function_call"], calls)
    }
}
