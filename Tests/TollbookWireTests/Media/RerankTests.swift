import NIOCore
import Testing
import TollbookCore
import TollbookWire

/// What is read of requests to rank documents, and of their answers.
@Suite struct RerankTests {
    private static func scan(_ body: String, _ size: Int = 0) throws(WireError) -> ChatRequestScan {
        var scanner = ChatRequestScanner(form: .rerank)
        for chunk in chunks(Array(body.utf8), size) { try scanner.scan(chunk) }
        return try scanner.finish()
    }

    private static func ranking(_ body: String) -> UsageReport {
        var reader = MediaResponseReader(.ranking)
        reader.read(ByteBuffer(string: body))
        reader.finish()
        return reader.usageReport()
    }

    @Test(arguments: [
        (#"{"model":"m","query":"q","documents":["a","b"]}"#, 1),
        (#"{"model":"m","query":"q","documents":[{"text":"a"},{"text":"b","tags":[{"x":1}]}]}"#, 1),
        (#"{"model":"m","query":"q"}"#, 1), (#"{"model":"m","query":"q","documents":[]}"#, 1),
    ]) func countsDocuments(_ body: String, _ units: Int) throws {
        for size in [0, 1, 3] {
            let scan = try Self.scan(body, size)
            #expect(scan.units == units && scan.choices == 1 && scan.outputTokenLimit == nil)
        }
    }

    @Test func aHundredDocumentsAreAUnit() throws {
        func body(_ count: Int, _ text: String) -> String {
            let documents = Array(repeating: "\"\(text)\"", count: count).joined(separator: ",")
            return #"{"model":"m","query":"q","documents":[\#(documents)]}"#
        }
        #expect(try Self.scan(body(100, "a")).units == 1)
        #expect(try Self.scan(body(101, "a")).units == 2)
        // Each is 3,000 bytes: two more pieces of 500 tokens.
        #expect(try Self.scan(body(100, String(repeating: "a", count: 3_000))).units == 3)
    }

    @Test func theQueryIsReadWithEveryDocument() throws {
        let query = String(repeating: "q", count: 300)
        let body = #"{"model":"m","query":"\#(query)","documents":["a","b","c","d"]}"#
        #expect(try Self.scan(body).prompt.textBytes >= 1_200)
    }

    @Test func readsSearchUnits() {
        let meta = #"{"api_version":{"version":"2"},"billed_units":{"search_units":3}}"#
        let report = Self.ranking(#"{"id":"x","results":[{"index":3,"relevance_score":0.9}],"meta":\#(meta)}"#)
        #expect(report.usage == Usage([.searchUnit: 3]) && report.raw == meta && !report.isInconsistent)
    }

    @Test(arguments: [
        #"{"usage":{"total_tokens":40,"prompt_tokens":40},"results":[]}"#, #"{"usage":{"total_tokens":40}}"#,
        #"{"usage":{"prompt_tokens":40}}"#, #"{"meta":{"billed_units":{"input_tokens":40}}}"#,
    ]) func readsTokens(_ body: String) {
        #expect(Self.ranking(body).usage == Usage([.input: 40]))
    }

    @Test(arguments: [#"{"results":[]}"#, #"{"meta":{"search_units":3}}"#, #"{"meta":null}"#])
    func knowsWhatTellsNothing(_ body: String) {
        #expect(Self.ranking(body).usage == nil)
    }
}
