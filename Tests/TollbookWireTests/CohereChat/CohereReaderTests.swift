import NIOCore
import Testing
import TollbookCore
import TollbookWire

/// What the settlement needs of answers and streams of Cohere's chat.
struct CohereReaderTests {
    private static func usage(_ text: String) -> UsageReport {
        var reader = CohereChatResponseReader()
        reader.read(ByteBuffer(string: #"{"id":"c","message":{"content":[]},"usage":\#(text)}"#))
        reader.finish()
        return reader.usageReport()
    }

    private static func read(_ stream: String, chunk size: Int = 0) -> (CohereChatStreamReader, [AnswerEvent]) {
        var reader = CohereChatStreamReader()
        var splitter = SSESplitter()
        var kinds: [AnswerEvent] = []
        for read in chunks(Array(stream.utf8), size) {
            splitter.append(read)
            while let event = try? splitter.next() { kinds.append(reader.read(event)) }
            while splitter.takeRun() != nil {}
        }
        if let rest = splitter.finish() { kinds.append(reader.read(rest)) }
        return (reader, kinds)
    }

    @Test func chargesWhatIsBilled() {
        let raw =
            #"{"billed_units":{"input_tokens":12,"output_tokens":7},"tokens":{"input_tokens":507,"output_tokens":10},"#
            + #""cached_tokens":448}"#
        let report = Self.usage(raw)
        #expect(report.usage == Usage([.input: 12, .output: 7]) && report.raw == raw)
        #expect(!report.isInconsistent && !report.hasUncounted)
    }

    @Test(arguments: [
        (#"{"tokens":{"input_tokens":507,"output_tokens":10}}"#, Usage([.input: 507, .output: 10])),
        (#"{"billed_units":{"input_tokens":12.0,"output_tokens":7.5}}"#, Usage([.input: 12, .output: 8])),
        (
            #"{"billed_units":{"input_tokens":1,"output_tokens":2,"search_units":3}}"#,
            Usage([.input: 1, .output: 2, .searchUnit: 3])
        ),
        (
            #"{"billed_units":{"input_tokens":12},"tokens":{"input_tokens":507,"output_tokens":10}}"#,
            Usage([.input: 507, .output: 10])
        ),
        (#"{"billed_units":{"input_tokens":12}}"#, nil),
        (#"{"billed_units":null}"#, nil), (#"{"billed_units":[1]}"#, nil), (#"{}"#, nil),
        (#"{"billed_units":{"input_tokens":-1,"output_tokens":1}}"#, nil),
    ])
    func readsOtherFormsOfUsage(_ raw: String, _ expected: Usage?) {
        #expect(Self.usage(raw).usage == expected)
    }

    @Test func tellsUnitsThatNoMeterCounts() {
        let raw = #"{"billed_units":{"input_tokens":1,"output_tokens":2,"classifications":3}}"#
        #expect(Self.usage(raw).hasUncounted)
        #expect(
            Self.usage(#"{"billed_units":{"input_tokens":1,"output_tokens":2},"tokens":{"input_tokens":"a"}}"#)
                .isInconsistent)
    }

    @Test(arguments: [0, 1, 5])
    func readsPlainAnswersAtEverySplit(_ size: Int) {
        var reader = CohereChatResponseReader()
        for chunk in chunks(Array(CohereAnswerTests.answer.utf8), size) { reader.read(chunk) }
        reader.finish()
        #expect(reader.isWellFormed && !reader.hasError && reader.responseID == "c-1" && reader.model == nil)
        #expect(reader.usageReport().usage == Usage([.input: 46, .output: 14]))
        // "Look.", "Hmä.", "It "is".", get {"x":1}, now null: 5 + 5 + 8 + 3 + 7 + 3 + 4 bytes, and none of the
        // citation.
        #expect(reader.estimatedOutputTokens == (35 + 3) / 4)
    }

    @Test(arguments: [
        (#"{"id":"c","message":"no such model"}"#, true),
        (#"{"message":{"content":[]},"finish_reason":"ERROR"}"#, true),
        (#"{"message":{"content":[]},"finish_reason":"TIMEOUT"}"#, true), (#"{"error":{"message":"no"}}"#, true),
        (#"{"message":{"content":[]},"finish_reason":"COMPLETE"}"#, false),
    ])
    func tellsErrors(_ body: String, _ isError: Bool) {
        var reader = CohereChatResponseReader()
        reader.read(ByteBuffer(string: body))
        reader.finish()
        #expect(reader.hasError == isError && reader.isWellFormed)
    }

    @Test(arguments: [0, 1, 7])
    func readsStreamsAtEverySplit(_ size: Int) {
        let (reader, kinds) = Self.read(CohereAnswerTests.stream, chunk: size)
        #expect(reader.responseID == "c-1" && reader.sawFinishReason && reader.isClosed && !reader.sawError)
        #expect(reader.usageReport().usage == Usage([.input: 46, .output: 14]) && reader.malformedEvents == 0)
        #expect(kinds.suffix(2) == [.done, .done] && kinds.filter { $0 == .content }.count == 7)
    }

    @Test func keepsTheUsageOfAStreamThatFailed() {
        let end =
            #"{"type":"message-end","delta":{"finish_reason":"ERROR","usage":{"billed_units":{"input_tokens":3,"#
            + #""output_tokens":4}}}}"#
        let (reader, kinds) = Self.read(CohereAnswerTests.framed(CohereAnswerTests.events.prefix(6) + [end]))
        #expect(kinds.last == .error && reader.sawError && !reader.sawFinishReason)
        #expect(reader.usageReport().usage == Usage([.input: 3, .output: 4]))
    }

    @Test func countsWhatCannotBeRead() {
        let (reader, kinds) = Self.read("event: content-delta\ndata: {\"type\":\n\n: keep-alive\n\n")
        #expect(reader.malformedEvents == 1 && kinds == [.other, .comment])
    }

    @Test func errorsInsideAStreamEndIt() {
        let event = CohereStreamError(message: "The stream \"broke\".", code: "upstream_cut").event()
        let (reader, kinds) = Self.read(event.text)
        #expect(kinds == [.error] && reader.sawError)
        #expect(event.text.hasPrefix("event: message-end\ndata: {\"type\":\"message-end\","))
    }
}
