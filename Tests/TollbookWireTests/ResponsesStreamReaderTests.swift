import Foundation
import NIOCore
import Testing
import TollbookCore
import TollbookWire

/// What each event of an OpenAI response's stream is, and what is known at its end, wherever the bytes are cut.
@Suite struct ResponsesStreamReaderTests {
    struct Outcome: Equatable {
        var kinds: [AnswerEvent] = []
        var report = UsageReport()
        var model: String?
        var responseID: String?
        var finished = false
        var error = false
        var contentEvents = 0
        var outputBytes = 0
        var malformed = 0
        var number: Int64?
    }

    /// Reads a stream in chunks of `size`; comments are left out of `kinds`, because a CR can make more of them.
    private static func read(_ stream: [UInt8], _ size: Int = 0) throws -> Outcome {
        var splitter = SSESplitter()
        var reader = ResponsesStreamReader()
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
        outcome.error = reader.sawError
        outcome.contentEvents = reader.contentEvents
        outcome.outputBytes = reader.outputBytes
        outcome.malformed = reader.malformedEvents
        outcome.number = reader.lastSequenceNumber
        return outcome
    }

    private static func event(_ name: String, _ members: String) -> String {
        "event: \(name)\ndata: {\"type\":\"\(name)\",\(members)}\n\n"
    }

    private static func text(_ text: String, number: Int) -> String {
        event("response.output_text.delta", #""sequence_number":\#(number),"item_id":"msg_1","delta":"\#(text)""#)
    }

    private static let begun =
        #""response":{"id":"resp_1","object":"response","status":"in_progress","error":null,"model":"gpt","#
        + #""output":[],"tools":[{"type":"function","name":"not counted"}],"usage":null}"#
    private static let message =
        #"{"id":"msg_1","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","#
        + #""annotations":[{"type":"url_citation","title":"no","text":"no"}],"text":"h\u00e9llo"}]}"#
    private static let call =
        #"{"id":"fc_1","type":"function_call","arguments":"{\"a\":1}","call_id":"call_1","name":"weather"}"#
    private static let search =
        #"{"id":"ws_1","type":"web_search_call","status":"completed","action":{"type":"search","query":"q","#
        + #""sources":[{"type":"url","url":"u"}]}}"#
    private static let usage =
        #"{"input_tokens":10,"input_tokens_details":{"cached_tokens":4},"output_tokens":9,"#
        + #""output_tokens_details":{"reasoning_tokens":2},"total_tokens":19}"#

    private static func end(_ status: String, _ more: String = #""error":null"#, usage: String = usage) -> String {
        event(
            "response.\(status)",
            #""sequence_number":12,"response":{"id":"resp_1","model":"gpt","status":"\#(status)","#
                + #""output":[\#(search),\#(message),\#(call)],"usage":\#(usage),\#(more)}"#)
    }

    private static let whole = [
        event("response.created", #""sequence_number":0,\#(begun)"#),
        event("response.in_progress", #""sequence_number":1,\#(begun)"#),
        event("response.output_item.added", #""item":{"id":"msg_1","type":"message","content":[]}"#),
        text("h\\u00e9", number: 4), text("llo", number: 5),
        event("response.output_text.done", #""text":"h\u00e9llo""#),
        event("response.output_item.done", #""item":\#(message)"#),
        event(
            "response.output_item.added",
            #""item":{"id":"fc_1","type":"function_call","arguments":"","call_id":"call_1","name":"weather"}"#),
        event("response.function_call_arguments.delta", #""delta":"{\"a\":1}""#),
        event("response.function_call_arguments.done", #""arguments":"{\"a\":1}""#),
        event("response.output_item.done", #""item":\#(call)"#), end("completed"),
    ].joined()

    /// Unescaped: "hé", "llo", the tool's name and its arguments.
    private static let wholeBytes = 3 + 3 + 7 + 7

    @Test func readsAWholeStream() throws {
        let outcome = try Self.read(Array(Self.whole.utf8))
        #expect(outcome.kinds == [.content, .content, .content, .content, .content, .content, .done])
        #expect(outcome.model == "gpt" && outcome.responseID == "resp_1" && outcome.number == 12)
        #expect(outcome.finished && !outcome.error && outcome.malformed == 0)
        #expect(outcome.outputBytes == Self.wholeBytes && outcome.contentEvents == 4)
        #expect(outcome.report.usage == Usage([.input: 6, .cacheRead: 4, .output: 7, .reasoning: 2, .search: 1]))
        #expect(outcome.report.raw == Self.usage)
        #expect(!outcome.report.isInconsistent && !outcome.report.hasUncounted)
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
                var reader = ResponsesStreamReader()
                for part in [bytes[..<cut], bytes[cut...]] {
                    splitter.append(ByteBuffer(bytes: part))
                    while let event = try splitter.next() { _ = reader.read(event) }
                }
                if let event = splitter.finish() { _ = reader.read(event) }
                #expect(reader.outputBytes == Self.wholeBytes && reader.usageReport() == expected.report)
                let early = try Self.read(Array(bytes[..<cut]))
                #expect(early.outputBytes <= Self.wholeBytes)
                // Nothing but its own end tells a response's usage.
                #expect((early.report.usage != nil) == early.finished)
            }
        }
    }

    @Test func knowsAnEventByItsPayloadWhateverItsNameAndOrder() throws {
        let bare = #"data: {"delta":"abc","type":"response.output_text.delta"}"# + "\nevent: x\n\n"
        #expect(try Self.read(Array(bare.utf8)).outputBytes == 3)
        let end =
            #"data: {"response":{"usage":\#(Self.usage)},"sequence_number":7,"type":"response.completed"}"# + "\n\n"
        let outcome = try Self.read(Array(end.utf8))
        #expect(outcome.kinds == [.done] && outcome.report.usage != nil && outcome.number == 7)
        #expect(try Self.read(Array("event: response.completed\ndata: {}\n\n".utf8)).kinds == [])
        #expect(try Self.read(Array("data: [DONE]\n\n".utf8)).kinds == [.done])
    }

    @Test(arguments: [
        (#"{"type":"error","code":"x","message":"y","param":null,"sequence_number":3}"#, [AnswerEvent.error]),
        (#"{"type":"error","error":{"type":"x"}}"#, [.error]), (#"{"error":"x"}"#, [.error]),
        (#"{"type":"response.output_text.delta","delta":"\"error\""}"#, [.content]),
        (#"{"type":"response.output_text.delta","delta":""}"#, []),
        (#"{"type":"response.audio.delta","delta":"QUJD"}"#, [.content]),
        (#"{"type":"response.shell_call_output_content.delta","delta":{"stdout":"x"}}"#, []),
        (#"{"type":"response.output_item.added","item":{"type":"reasoning","summary":[]}}"#, []),
        (#"{"type":"response.output_text.annotation.added","annotation":{"text":"x"}}"#, []),
        (#"{"type":"response.image_generation_call.partial_image","partial_image_b64":"QUJD"}"#, []),
        (#"{"type":"unheard_of","data":[1,2]}"#, []), (#"{"type":"response.output_text.delta","delta":"cut"#, [.other]),
        ("[1]", []), ("null", []),
    ]) func tellsKindOfEvent(_ data: String, _ expected: [AnswerEvent]) throws {
        #expect(try Self.read(Array("data: \(data)\n\n".utf8)).kinds == expected)
    }

    @Test func anEventNamedErrorIsOneWhateverItHolds() throws {
        #expect(try Self.read(Array("event: error\n\n".utf8)).error)
        #expect(try Self.read(Array("event: error\ndata: oops\n\n".utf8)).kinds == [.error])
    }

    @Test func soundCountsNoText() throws {
        let outcome = try Self.read(Array("data: {\"delta\":\"QUJD\",\"type\":\"response.audio.delta\"}\n\n".utf8))
        #expect(outcome.outputBytes == 0 && outcome.contentEvents == 1)
    }

    @Test(arguments: ["incomplete", "failed"]) func endsInOtherWays(_ status: String) throws {
        let outcome = try Self.read(Array((Self.text("abc", number: 2) + Self.end(status)).utf8))
        #expect(outcome.kinds == [.content, .done] && outcome.finished && outcome.report.usage != nil)
        #expect(outcome.error == (status == "failed"))
    }

    @Test func aFailedResponseIsAnErrorByItsErrorToo() throws {
        let failed = Self.end("completed", #""error":{"code":"server_error","message":"x"}"#)
        #expect(try Self.read(Array(failed.utf8)).error)
    }

    @Test func whatComesOnceIsCountedOnce() throws {
        let delta = Self.text("12345", number: 1)
        let done = Self.event(
            "response.output_item.done", #""item":{"type":"message","content":[{"type":"output_text","text":"12345"}]}"#
        )
        #expect(try Self.read(Array(delta.utf8)).outputBytes == 5)
        #expect(try Self.read(Array(done.utf8)).outputBytes == 5)
        #expect(try Self.read(Array((delta + done).utf8)).outputBytes == 5)
    }

    @Test func zerosAreUsageOnlyWhereNothingWasWritten() throws {
        let zeros = #"{"input_tokens":0,"output_tokens":0,"total_tokens":0}"#
        let report = try Self.read(Array(Self.end("incomplete", usage: zeros).utf8)).report
        #expect(report.usage == nil && report.raw == zeros)
        let empty = Self.event("response.completed", #""response":{"output":[],"usage":\#(zeros)}"#)
        #expect(try Self.read(Array(empty.utf8)).report.usage == Usage())
    }

    @Test(.enabled(if: Recordings.arePresent, "no recordings: set TOLLBOOK_SHARED to the folder that holds them"))
    func recordedStreamsTellTheirUsage() throws {
        let streams = Recordings.files("response.sse", of: Recordings.responsesCases)
        #expect(streams.count >= 10)
        for (name, bytes) in streams {
            let outcome = try Self.read(bytes)
            for size in [1, 7, 64, 1_000] { #expect(try Self.read(bytes, size) == outcome, "\(name)") }
            #expect(outcome.finished && !outcome.error && outcome.malformed == 0, "\(name)")
            #expect(outcome.kinds.last == .done && outcome.model != nil && outcome.responseID != nil, "\(name)")
            let last = String(decoding: bytes, as: UTF8.self).split(separator: "\n").last { $0.hasPrefix("data: {") }
            let payload = try JSONSerialization.jsonObject(with: Data(#require(last).dropFirst(6).utf8))
            let response = try #require((payload as? [String: Any])?["response"] as? [String: Any])
            try RecordedResponse(response).check(outcome.report, named: name)
        }
    }
}
