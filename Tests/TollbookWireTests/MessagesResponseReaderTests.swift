import NIOCore
import Testing
import TollbookCore
import TollbookWire

/// What is read of a plain Anthropic message, wherever its chunks end.
@Suite struct MessagesResponseReaderTests {
    private static func read(_ body: String, _ size: Int = 0) -> MessagesResponseReader {
        var reader = MessagesResponseReader()
        for chunk in chunks(Array(body.utf8), size) { reader.read(chunk) }
        reader.finish()
        return reader
    }

    private static let body = """
        {"usage_note":{"usage":{"input_tokens":999}}, "model":"cl\\u0061ude","id":"msg_1","type":"message",
        "content":[{"type":"thinking","thinking":"Hm é","signature":"c2ln"},
        {"type":"text","text":"Hello","citations":[{"cited_text":"not counted"}]},
        {"type":"tool_use","id":"toolu_1","name":"f","input":{"key":"value","list":["a",12,true]}},
        {"type":"web_search_tool_result","content":[{"type":"web_search_result","title":"no","text":"no"}]}],
        "stop_reason":"end_turn","usage":{ "input_tokens" : 5, "cache_creation":{"ephemeral_1h_input_tokens":3},
        "cache_creation_input_tokens":3, "output_tokens":7 } }
        """
    /// "Hm é", "Hello", the name "f", and of the input its names, strings and numbers.
    private static let outputBytes = 5 + 5 + 1 + 3 + 5 + 4 + 1 + 2

    @Test func readsTheSameAtEveryCut() {
        let bytes = Array(Self.body.utf8)
        for size in 0...90 {
            let reader = Self.read(Self.body, size)
            #expect(reader.isWellFormed && !reader.hasError)
            #expect(reader.model == "claude" && reader.responseID == "msg_1")
            #expect(reader.estimatedOutputTokens == (Self.outputBytes + 3) / 4)
            let report = reader.usageReport()
            #expect(report.usage == Usage([.input: 5, .cacheWrite1h: 3, .output: 7]))
            #expect(report.raw?.hasPrefix("{ \"input_tokens\"") == true && report.raw?.hasSuffix("7 }") == true)
        }
        for cut in 0..<bytes.count {
            let early = Self.read(String(decoding: bytes[..<cut], as: UTF8.self))
            #expect(!early.isWellFormed)
        }
    }

    @Test(arguments: [
        (#"{"type":"error","error":{"type":"api_error","message":"x"}}"#, true), (#"{"error":"x"}"#, true),
        (#"{"type":"message","content":[{"type":"text","text":"error"}]}"#, false), (#"{"error":null}"#, false),
    ]) func tellsAnErrorFromAnAnswer(_ body: String, _ expected: Bool) {
        #expect(Self.read(body).hasError == expected)
    }

    @Test(arguments: [
        "{}", #"{"usage":null}"#, #"{"usage":{"output_tokens":1}}"#, #"{"usage":{"input_tokens":1}}"#, "x",
    ])
    func usageThatIsNotWholeIsNone(_ body: String) {
        #expect(Self.read(body).usageReport().usage == nil)
    }

    @Test func countsNoUsageFromInsideTheContent() {
        let body =
            #"{"content":[{"type":"tool_use","name":"f","input":{"usage":{"input_tokens":1,"output_tokens":1}}}]}"#
        let reader = Self.read(body)
        #expect(reader.usageReport().raw == nil && reader.isWellFormed)
    }
}
