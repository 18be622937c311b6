import NIOCore
import Testing
import TollbookCore
import TollbookWire

/// What each event of an Anthropic stream is, and what is known at its end, wherever the bytes are cut.
@Suite struct MessagesStreamReaderTests {
    struct Outcome: Equatable {
        var kinds: [AnswerEvent] = []
        var report = UsageReport()
        var model: String?
        var responseID: String?
        var finished = false
        var stopped = false
        var error = false
        var contentEvents = 0
        var outputBytes = 0
        var malformed = 0
    }

    /// Reads a stream in chunks of `size`; comments are left out of `kinds`, because a CR can make more of them.
    private static func read(_ stream: [UInt8], _ size: Int = 0) throws -> Outcome {
        var splitter = SSESplitter()
        var reader = MessagesStreamReader()
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
        outcome.report = reader.usageReport()
        outcome.model = reader.model
        outcome.responseID = reader.responseID
        outcome.finished = reader.sawFinishReason
        outcome.stopped = reader.sawStop
        outcome.error = reader.sawError
        outcome.contentEvents = reader.contentEvents
        outcome.outputBytes = reader.outputBytes
        outcome.malformed = reader.malformedEvents
        return outcome
    }

    private static func event(_ name: String, _ members: String) -> String {
        "event: \(name)\ndata: {\"type\":\"\(name)\",\(members)}\n\n"
    }

    private static func text(_ text: String, index: Int = 0) -> String {
        event("content_block_delta", #""index":\#(index),"delta":{"type":"text_delta","text":"\#(text)"}"#)
    }

    private static let start = event(
        "message_start",
        #""message":{"id":"msg_1","type":"message","role":"assistant","model":"claude","content":[],"#
            + #""stop_reason":null,"usage":{"input_tokens":10,"cache_read_input_tokens":4,"output_tokens":1}}"#)
    private static let finish = event(
        "message_delta", #""delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":9}"#)
    private static let stop = "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"
    private static let ping = "event: ping\ndata: {\"type\": \"ping\"}\n\n"

    private static let whole = [
        start, ping, event("content_block_start", #""index":0,"content_block":{"type":"text","text":""}"#),
        text("h\\u00e9"), text("llo \u{1F600}"), text("\\\"quoted\\\""),
        event("content_block_stop", #""index":0"#),
        event(
            "content_block_start",
            #""index":1,"content_block":{"type":"tool_use","id":"toolu_1","name":"weather","input":{}}"#),
        event("content_block_delta", #""index":1,"delta":{"type":"input_json_delta","partial_json":"{\"a\":1}"}"#),
        event("content_block_stop", #""index":1"#), finish, stop,
    ].joined()

    /// Unescaped: "hé", "llo 😀", "\"quoted\"", the tool's name and its arguments.
    private static let wholeBytes = 3 + 8 + 8 + 7 + 7

    @Test func readsAWholeStream() throws {
        let outcome = try Self.read(Array(Self.whole.utf8))
        #expect(
            outcome.kinds == [
                .usage(isExtra: false), .other, .content, .content, .content, .other, .content, .content, .other,
                .usage(isExtra: false), .done,
            ])
        #expect(outcome.model == "claude" && outcome.responseID == "msg_1")
        #expect(outcome.finished && outcome.stopped && !outcome.error && outcome.malformed == 0)
        #expect(outcome.outputBytes == Self.wholeBytes && outcome.contentEvents == 5)
        #expect(outcome.report.usage == Usage([.input: 10, .cacheRead: 4, .output: 9]))
        #expect(
            outcome.report.raw
                == #"{"message_start":{"input_tokens":10,"cache_read_input_tokens":4,"output_tokens":1},"#
                + #""message_delta":{"output_tokens":9}}"#)
    }

    @Test func readsTheSameAtEveryCut() throws {
        for stream in [Self.whole, Self.whole.replacing("\n", with: "\r\n"), Self.whole.replacing("\n", with: "\r")] {
            let bytes = Array(stream.utf8)
            let expected = try Self.read(bytes)
            #expect(expected.outputBytes == Self.wholeBytes)
            for size in 1...80 { #expect(try Self.read(bytes, size) == expected, "chunks of \(size)") }
            // Every single place to cut in two, and every place to end early.
            for cut in 0...bytes.count {
                var splitter = SSESplitter()
                var reader = MessagesStreamReader()
                for part in [bytes[..<cut], bytes[cut...]] {
                    splitter.append(ByteBuffer(bytes: part))
                    while let event = try splitter.next() { _ = reader.read(event) }
                }
                if let event = splitter.finish() { _ = reader.read(event) }
                #expect(reader.outputBytes == Self.wholeBytes && reader.usageReport() == expected.report)
                let early = try Self.read(Array(bytes[..<cut]))
                #expect(early.outputBytes <= Self.wholeBytes)
                // Nothing but its own end makes a message's usage final.
                #expect((early.report.usage != nil) == early.finished)
            }
        }
    }

    @Test func knowsAnEventByItsPayloadWhateverItsNameAndOrder() throws {
        let bare =
            #"data: {"index":0,"delta":{"text":"abc","type":"text_delta"},"type":"content_block_delta"}"# + "\n\n"
        #expect(try Self.read(Array(bare.utf8)).outputBytes == 3)
        #expect(try Self.read(Array("data: {\"type\":\"message_stop\"}\n\n".utf8)).kinds == [.done])
        #expect(try Self.read(Array("event: message_stop\ndata: {}\n\n".utf8)).kinds == [.other])
    }

    @Test(arguments: [
        (#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#, AnswerEvent.error),
        (#"{"error":"x"}"#, .error),
        (#"{"type":"error"}"#, .error),
        (#"{"type":"content_block_delta","delta":{"type":"text_delta","text":"\"error\""}}"#, .content),
        (#"{"type":"content_block_delta","delta":{"type":"text_delta","text":""}}"#, .other),
        (#"{"type":"content_block_delta","delta":{"type":"signature_delta","signature":"abc"}}"#, .other),
        (#"{"type":"content_block_delta","delta":{"type":"thinking_delta","thinking":"hm"}}"#, .content),
        (#"{"type":"message_delta","delta":{"stop_reason":"end_turn"}}"#, .other),
        (#"{"type":"message_delta","delta":{},"usage":{"output_tokens":1}}"#, .usage(isExtra: false)),
        (#"{"type":"unheard_of","data":[1,2]}"#, .other),
        (#"{"type":"content_block_delta","delta":{"text":"cut"#, .other),
        ("[DONE]", .other),
    ]) func tellsKindOfEvent(_ data: String, _ expected: AnswerEvent) throws {
        #expect(try Self.read(Array("data: \(data)\n\n".utf8)).kinds == [expected])
    }

    @Test func anEventNamedErrorIsOneWhateverItHolds() throws {
        #expect(try Self.read(Array("event: error\n\n".utf8)).error)
        #expect(try Self.read(Array("event: error\ndata: oops\n\n".utf8)).kinds == [.error])
    }

    @Test func countsTheTemplatesEventsLikeTheOthers() throws {
        // The second and later deltas are read by the shape of the first.
        let events = ["a", "bc", "", "d\\ne", "\u{1F600}", "\\u00e9"].map { Self.text($0) }
        let outcome = try Self.read(Array(events.joined().utf8))
        #expect(outcome.outputBytes == 1 + 2 + 0 + 3 + 4 + 2 && outcome.contentEvents == 5)
        #expect(outcome.kinds == [.content, .content, .other, .content, .content, .content])
    }

    @Test func aStreamThatBreaksOffKeepsThePromptsNumbers() throws {
        let report = try Self.read(Array((Self.start + Self.text("abc")).utf8)).report
        #expect(report.usage == nil && report.promptUsage == Usage([.input: 10, .cacheRead: 4]))
        #expect(report.outputTokensSoFar == 1)
        let unfinished = Self.event("message_delta", #""delta":{"stop_reason":null},"usage":{"output_tokens":7}"#)
        let later = try Self.read(Array((Self.start + unfinished).utf8)).report
        #expect(later.usage == nil && later.outputTokensSoFar == 7)
    }

    @Test func aFinishWithoutTotalsDoesNotMakeTheFirstNumbersFinal() throws {
        let finish = Self.event("message_delta", #""delta":{"stop_reason":"end_turn"}"#)
        let report = try Self.read(Array((Self.start + finish + Self.stop).utf8)).report
        #expect(report.usage == nil && report.promptUsage != nil)
    }
}
