import NIOCore
import Testing
import TollbookWire

/// What is read of requests for OpenAI's completions and embeddings.
@Suite struct CompletionsRequestTests {
    private static func scan(_ body: String, _ size: Int = 0, form: RequestForm) throws(WireError) -> ChatRequestScan {
        var scanner = ChatRequestScanner(form: form)
        for chunk in chunks(Array(body.utf8), size) { try scanner.scan(chunk) }
        return try scanner.finish()
    }

    @Test(arguments: [
        (#"{"model":"m"}"#, 1), (#"{"model":"m","prompt":"a"}"#, 1), (#"{"model":"m","prompt":null}"#, 1),
        (#"{"model":"m","prompt":["a","b","c"]}"#, 3), (#"{"model":"m","prompt":[7,8,9]}"#, 1),
        (#"{"model":"m","prompt":[[7],[8,9]]}"#, 2), (#"{"prompt":["a","b"],"n":3,"model":"m"}"#, 6),
        (#"{"best_of":4,"prompt":["a","b"],"n":3,"model":"m"}"#, 8),
        (#"{"model":"m","other":["a","b"],"prompt":"x"}"#, 1), (#"{"model":"m","n":0,"prompt":["a","b"]}"#, 0),
    ]) func countsTheAnswersThatAreMade(_ body: String, _ expected: Int) throws {
        for size in [0, 1, 2, 5] {
            #expect(try Self.scan(body, size, form: .completions).choices == expected)
        }
    }

    @Test func chatsHaveNoPrompts() throws {
        #expect(try Self.scan(#"{"model":"m","prompt":["a","b"],"best_of":9}"#, form: .chat).choices == 1)
    }

    @Test func embeddingsHaveNothingToLimit() throws {
        let body = #"{"input":["a"],"model":"m","user":"u","n":"x","max_tokens":"x","stream":7,"stream_options":1}"#
        let scan = try Self.scan(body, form: .embeddings)
        #expect(scan.model?.value == "m" && scan.user == "u" && scan.outputTokenLimit == nil && !scan.stream)
    }

    @Test func promptsCountAsText() throws {
        let prompt = String(repeating: "p", count: 300)
        #expect(try Self.scan(#"{"model":"m","prompt":"\#(prompt)"}"#, form: .completions).prompt.textBytes >= 300)
        #expect(try Self.scan(#"{"model":"m","input":["\#(prompt)"]}"#, form: .embeddings).prompt.textBytes >= 300)
    }
}
