import NIOCore
import Testing
import TollbookWire

/// Mutated answers of providers: no reader traps, none grows, and none tells two things of the same bytes.
@Suite struct AnswerFuzzTests {
    private static let stream = """
        event: message_start
        data: {"type":"message_start","message":{"id":"m","model":"c","usage":{"input_tokens":1,"output_tokens":1}}}

        event: ping
        data: {"type": "ping"}

        event: content_block_start
        data: {"type":"content_block_start","index":0,"content_block":{"type":"tool_use","name":"f","input":{"a":[1]}}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"h\\u00e9\\ud83d\\ude00"}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"again"}}

        event: message_delta
        data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":9}}

        event: error
        data: {"type":"error","error":{"type":"overloaded_error","message":"x"}}

        event: message_stop
        data: {"type":"message_stop"}


        """

    private static let plain = """
        {"id":"m","type":"message","model":"c","content":[{"type":"text","text":"hi"},{"type":"tool_use","name":"f",
        "input":{"a":{"b":[1,"x",null]}}}],"stop_reason":"end_turn","usage":{"input_tokens":5,"output_tokens":7,
        "cache_creation":{"ephemeral_5m_input_tokens":3},"cache_creation_input_tokens":3}}
        """

    private static let responses = """
        event: response.created
        data: {"type":"response.created","sequence_number":0,"response":{"id":"r","model":"c","usage":null}}

        event: response.output_item.added
        data: {"type":"response.output_item.added","item":{"type":"function_call","name":"f","arguments":""}}

        event: response.output_text.delta
        data: {"type":"response.output_text.delta","sequence_number":2,"delta":"h\\u00e9\\ud83d\\ude00"}

        event: response.output_item.done
        data: {"type":"response.output_item.done","item":{"type":"tool_search_call","arguments":{"a":[1,"x"]}}}

        event: error
        data: {"type":"error","code":"x","message":"y","param":null,"sequence_number":9}

        event: response.completed
        data: {"type":"response.completed","response":{"output":[{"type":"web_search_call","status":"completed",
        data: "action":{"type":"search"}},{"type":"message","content":[{"type":"output_text","text":"hi"}]}],
        data: "usage":{"input_tokens":5,"output_tokens":7,"input_tokens_details":{"cached_tokens":3}}}}


        """

    private static let plainResponse = """
        {"id":"r","model":"c","error":null,"output":[{"type":"message","content":[{"type":"output_text","text":"hi"}]},
        {"type":"function_call","name":"f","arguments":"{}"},
        {"type":"tool_search_call","arguments":{"a":{"b":[1,"x",null]}}},
        {"type":"web_search_call","action":{"type":"search"}}],"usage":{"input_tokens":5,"output_tokens":7,
        "output_tokens_details":{"reasoning_tokens":3},"total_tokens":12}}
        """

    private static let gemini = """
        data: {"candidates":[{"content":{"parts":[{"text":"h\\u00e9\\ud83d\\ude00","thought":true}]}}],
        data: "usageMetadata":{"promptTokenCount":5,"candidatesTokenCount":1},"modelVersion":"g","responseId":"r"}

        data: {"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{"a":[1,"x",null]}}}]}}],
        data: "usageMetadata":{"promptTokenCount":5,"thoughtsTokenCount":2,"output_tokens":1}}

        data: {"error":{"code":503,"message":"x","status":"UNAVAILABLE","details":[{"reason":"API_KEY_INVALID"}]}}

        data: {"candidates":[{"finishReason":"STOP","groundingMetadata":{"webSearchQueries":["q"]}}],
        data: "usageMetadata":{"promptTokenCount":5,"totalTokenCount":9,"output_tokens":1,
        data: "promptTokensDetails":[{"modality":"AUDIO","tokenCount":2}]}}


        """

    private static let plainGemini = """
        {"promptFeedback":{"blockReason":null},"candidates":[{"content":{"parts":[{"text":"hi"},
        {"functionCall":{"name":"f","args":{"a":{"b":[1,"x",null]}}}}],"role":"model"},"finishReason":"STOP"}],
        "usageMetadata":{"promptTokenCount":5,"cacheTokensDetails":[{"modality":4,"tokenCount":1}]},"modelVersion":"g"}
        """

    /// What is known at the end of a stream read in chunks of `size`.
    private static func follow<Reader: AnswerStreamReader>(
        _ reader: Reader, _ bytes: [UInt8], _ size: Int
    ) throws -> String {
        var splitter = SSESplitter()
        var reader = reader
        var ends = 0
        for chunk in chunks(bytes, size) {
            splitter.append(chunk)
            while let event = try splitter.next() { if reader.read(event) == .done { ends += 1 } }
            while splitter.takeRun() != nil {}
        }
        if let event = splitter.finish(), reader.read(event) == .done { ends += 1 }
        return "\(reader.usageReport()) \(reader.estimatedOutputTokens) \(reader.malformedEvents) \(ends) "
            + "\(reader.sawError) \(reader.sawFinishReason) \(reader.model ?? "") \(reader.responseID ?? "")"
    }

    private static func checkStreams(
        _ reader: some AnswerStreamReader, _ stream: String, seed: UInt64
    ) throws {
        var generator = SeededGenerator(seed: seed)
        var whole = 0
        for round in 0..<3_000 {
            let bytes = Mutation.of(Array(stream.utf8), &generator)
            let size = Int.random(in: 1...40, using: &generator)
            let expected = try follow(reader, bytes, 0)
            if expected.contains("output_tokens") { whole += 1 }
            #expect(try follow(reader, bytes, size) == expected, "seed \(seed), round \(round), chunks of \(size)")
        }
        #expect(whole > 1_000, "the mutations leave something to read")
    }

    @Test(arguments: [1, 2, 3] as [UInt64]) func streamsTellTheSameWhereverTheyAreCut(seed: UInt64) throws {
        try Self.checkStreams(MessagesStreamReader(), Self.stream, seed: seed)
    }

    @Test(arguments: [7, 8, 9] as [UInt64]) func responsesTellTheSameWhereverTheyAreCut(seed: UInt64) throws {
        try Self.checkStreams(ResponsesStreamReader(), Self.responses, seed: seed)
    }

    private static func checkAnswers(
        _ make: () -> some AnswerBodyReader, _ body: String, seed: UInt64
    ) {
        var generator = SeededGenerator(seed: seed)
        var wellFormed = 0
        for round in 0..<3_000 {
            let bytes = Mutation.of(Array(body.utf8), &generator)
            let size = Int.random(in: 1...40, using: &generator)
            let told = [0, size].map { size in
                var reader = make()
                for chunk in chunks(bytes, size) { reader.read(chunk) }
                reader.finish()
                // A broken answer may have told more or less before its fault, by where the chunks ended.
                guard reader.isWellFormed else { return "broken" }
                return
                    "\(reader.usageReport()) \(reader.estimatedOutputTokens) \(reader.hasError) \(reader.model ?? "")"
            }
            if told[0] != "broken" { wellFormed += 1 }
            #expect(told[0] == told[1], "seed \(seed), round \(round), chunks of \(size)")
        }
        #expect(wellFormed > 300, "the mutations leave something to read")
    }

    @Test(arguments: [4, 5, 6] as [UInt64]) func plainAnswersTellTheSameWhereverTheyAreCut(seed: UInt64) {
        Self.checkAnswers(MessagesResponseReader.init, Self.plain, seed: seed)
    }

    @Test(arguments: [10, 11, 12] as [UInt64]) func plainResponsesTellTheSameWhereverTheyAreCut(seed: UInt64) {
        Self.checkAnswers(ResponsesBodyReader.init, Self.plainResponse, seed: seed)
    }

    @Test(arguments: [13, 14, 15] as [UInt64]) func geminisStreamsTellTheSameWhereverTheyAreCut(seed: UInt64) throws {
        try Self.checkStreams(GeminiStreamReader(), Self.gemini, seed: seed)
    }

    @Test(arguments: [16, 17, 18] as [UInt64]) func geminisAnswersTellTheSameWhereverTheyAreCut(seed: UInt64) {
        Self.checkAnswers(GeminiResponseReader.init, Self.plainGemini, seed: seed)
    }

    @Test(arguments: [19, 20, 21] as [UInt64]) func coheresStreamsTellTheSameWhereverTheyAreCut(seed: UInt64) throws {
        try Self.checkStreams(CohereChatStreamReader(), CohereAnswerTests.stream, seed: seed)
    }

    @Test(arguments: [22, 23, 24] as [UInt64]) func coheresAnswersTellTheSameWhereverTheyAreCut(seed: UInt64) {
        Self.checkAnswers(CohereChatResponseReader.init, CohereAnswerTests.answer, seed: seed)
    }
}
