import Foundation
import NIOCore
import Testing
import TollbookCore
import TollbookWire

/// What is read of a plain OpenAI response, wherever its chunks end.
@Suite struct ResponsesBodyReaderTests {
    private static func read(_ body: [UInt8], _ size: Int = 0) -> ResponsesBodyReader {
        var reader = ResponsesBodyReader()
        for chunk in chunks(body, size) { reader.read(chunk) }
        reader.finish()
        return reader
    }

    private static func read(_ body: String, _ size: Int = 0) -> ResponsesBodyReader {
        read(Array(body.utf8), size)
    }

    private static let body = """
        {"usage_note":{"usage":{"input_tokens":999}}, "error":null,"model":"gp\\u0074","id":"resp_1",
        "tools":[{"type":"function","name":"not counted","parameters":{"usage":{"input_tokens":1}}}],
        "output":[{"type":"reasoning","id":"rs_1","encrypted_content":"c2ln","summary":[{"type":"summary_text",
        "text":"Hm é"}]},
        {"type":"web_search_call","id":"ws_1","status":"completed","action":{"type":"search","query":"no"}},
        {"type":"message","id":"msg_1","content":[{"type":"output_text","text":"Hello","annotations":[{"title":"no"}],
        "logprobs":[{"token":"no","text":"no"}]},{"type":"refusal","refusal":"I can't"}]},
        {"type":"mcp_list_tools","tools":[{"name":"no","description":"no"}]},
        {"type":"function_call","name":"f","arguments":"{}","call_id":"call_1"},
        {"type":"tool_search_call","arguments":{"query":"abc","list":["a",12,true]}},
        {"type":"custom_tool_call","name":"g","input":"xyz"},
        {"type":"file_search_call","queries":["no"],"results":[{"text":"no"}]}],
        "usage":{ "input_tokens" : 5, "input_tokens_details":{"cached_tokens":3,"cache_write_tokens":1},
        "output_tokens":7,"output_tokens_details":{"reasoning_tokens":2}, "total_tokens":12 } }
        """
    /// "Hm é", "Hello", "I can't", of the calls "f", "{}", "g" and "xyz", and of the arguments their names, strings and
    /// numbers.
    private static let outputBytes = 5 + 5 + 7 + 1 + 2 + 1 + 3 + 5 + 3 + 4 + 1 + 2

    @Test func readsTheSameAtEveryCut() {
        for size in 0...90 {
            let reader = Self.read(Self.body, size)
            #expect(reader.isWellFormed && !reader.hasError)
            #expect(reader.model == "gpt" && reader.responseID == "resp_1")
            #expect(reader.estimatedOutputTokens == (Self.outputBytes + 3) / 4)
            let report = reader.usageReport()
            #expect(
                report.usage
                    == Usage([.input: 1, .cacheRead: 3, .cacheWrite: 1, .output: 5, .reasoning: 2, .search: 1]))
            #expect(report.hasUncounted, "a file search costs apart")
            #expect(report.raw?.hasPrefix("{ \"input_tokens\"") == true && report.raw?.hasSuffix("12 }") == true)
        }
        let bytes = Array(Self.body.utf8)
        for cut in 0..<bytes.count { #expect(!Self.read(Array(bytes[..<cut])).isWellFormed) }
    }

    @Test(arguments: [
        (#"{"error":{"message":"x"}}"#, true), (#"{"error":"x"}"#, true), (#"{"error":null}"#, false),
        (#"{"status":"failed","error":{"code":"server_error"},"output":[]}"#, true),
        (#"{"output":[{"type":"mcp_call","error":{"message":"x"}}]}"#, false),
        (#"{"output":[{"type":"message","content":[{"text":"error"}]}]}"#, false),
    ]) func tellsAnErrorFromAnAnswer(_ body: String, _ expected: Bool) {
        #expect(Self.read(body).hasError == expected)
    }

    @Test(arguments: [
        "{}", #"{"usage":null}"#, #"{"usage":{"output_tokens":1}}"#, #"{"usage":{"input_tokens":1}}"#, "x",
        #"{"usage":{"prompt_tokens":1,"completion_tokens":2}}"#, #"{"output":[{"usage":{"input_tokens":1}}]}"#,
        #"{"usage":{"input_tokens":-1,"output_tokens":1}}"#, #"{"usage":{"input_tokens":1.5,"output_tokens":1}}"#,
    ])
    func usageThatIsNotWholeIsNone(_ body: String) {
        #expect(Self.read(body).usageReport().usage == nil)
    }

    @Test func numbersThatContradictAreMarked() {
        let body =
            #"{"usage":{"input_tokens":5,"input_tokens_details":{"cached_tokens":9},"output_tokens":1}}"#
        let report = Self.read(body).usageReport()
        #expect(report.isInconsistent && report.usage == Usage([.cacheRead: 5, .output: 1]))
    }

    @Test(.enabled(if: Recordings.arePresent, "no recordings: set TOLLBOOK_SHARED to the folder that holds them"))
    func recordedAnswersTellTheirUsage() throws {
        let answers = Recordings.files("response.json", of: Recordings.responsesCases)
        #expect(answers.count >= 17)
        for (name, bytes) in answers {
            let reader = Self.read(bytes)
            #expect(reader.isWellFormed, "\(name)")
            let told = try JSONSerialization.jsonObject(with: Data(bytes))
            let response = try #require(told as? [String: Any])
            guard response["usage"] != nil else {
                #expect(reader.hasError, "\(name)")
                continue
            }
            #expect(!reader.hasError && reader.model != nil && reader.responseID != nil, "\(name)")
            try RecordedResponse(response).check(reader.usageReport(), named: name)
            for size in [1, 7, 1_000] {
                #expect(Self.read(bytes, size).usageReport() == reader.usageReport(), "\(name)")
            }
        }
    }
}

/// A response as a general parser reads it.
struct RecordedResponse {
    private let usage: [String: Any]
    private let output: [[String: Any]]

    init(_ response: [String: Any]) throws {
        usage = try #require(response["usage"] as? [String: Any])
        output = try #require(response["output"] as? [[String: Any]])
    }

    private func detail(_ side: String, _ name: String) -> Int64 {
        ((usage[side] as? [String: Any])?[name] as? NSNumber)?.int64Value ?? 0
    }

    /// The report's meters are the recording's totals, taken apart.
    func check(_ report: UsageReport, named name: String) throws {
        let input = try #require(usage["input_tokens"] as? NSNumber).int64Value
        let answer = try #require(usage["output_tokens"] as? NSNumber).int64Value
        guard input + answer > 0 else {
            #expect(report.usage == nil && report.raw != nil, "\(name)")
            return
        }
        let told = try #require(report.usage, "\(name)")
        #expect(told.inputTokens == input && told.outputTokens == answer, "\(name)")
        #expect(told[.cacheRead] == detail("input_tokens_details", "cached_tokens"), "\(name)")
        #expect(told[.cacheWrite] == detail("input_tokens_details", "cache_write_tokens"), "\(name)")
        #expect(told[.reasoning] == detail("output_tokens_details", "reasoning_tokens"), "\(name)")
        let kinds = output.compactMap { $0["type"] as? String }
        #expect(told[.search] == Int64(kinds.count { $0 == "web_search_call" }), "\(name)")
        let apart: Set = ["file_search_call", "code_interpreter_call", "image_generation_call"]
        #expect(report.hasUncounted == kinds.contains { apart.contains($0) }, "\(name)")
    }
}
