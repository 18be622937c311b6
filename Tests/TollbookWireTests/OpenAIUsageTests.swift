import Foundation
import NIOCore
import Testing
import TollbookCore
import TollbookWire

/// Usage objects in all their shapes, as disjoint meters.
@Suite struct OpenAIUsageTests {
    private static func read(_ json: String) -> OpenAIUsage? { OpenAIUsage(ByteBuffer(string: json)) }

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let json: String
        let meters: [Meter: Int64]
        var isInconsistent = false
        var testDescription: String { name }
    }

    static let cases = [
        Case(
            name: "plain", json: #"{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15}"#,
            meters: [.input: 10, .output: 5]),
        Case(
            name: "explicit zero is usage", json: #"{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}"#,
            meters: [:]),
        Case(
            name: "no total", json: #"{"prompt_tokens":10,"completion_tokens":5,"x":"y"}"#,
            meters: [.input: 10, .output: 5]),
        Case(
            name: "embeddings", json: #"{"prompt_tokens":12,"total_tokens":12}"#, meters: [.input: 12]),
        Case(
            name: "OpenAI, every detail",
            json: #"""
                {"prompt_tokens":1420,"completion_tokens":100,"total_tokens":1520,
                 "prompt_tokens_details":{"cached_tokens":1280,"audio_tokens":20},
                 "completion_tokens_details":{"reasoning_tokens":40,"audio_tokens":30,
                 "accepted_prediction_tokens":5,"rejected_prediction_tokens":7}}
                """#,
            meters: [.input: 120, .cacheRead: 1_280, .inputAudio: 20, .output: 30, .reasoning: 40, .outputAudio: 30]),
        Case(
            name: "null details",
            json:
                #"{"completion_tokens":2,"prompt_tokens":1,"prompt_tokens_details":null,"total_tokens":null}"#,
            meters: [.input: 1, .output: 2]),
        Case(
            name: "OpenRouter cache write",
            json: #"""
                {"prompt_tokens":2572,"completion_tokens":100,"total_tokens":2672,"cost":0.0034,
                 "prompt_tokens_details":{"cached_tokens":2240,"cache_write_tokens":329}}
                """#,
            meters: [.input: 3, .cacheRead: 2_240, .cacheWrite: 329, .output: 100]),
        Case(
            name: "cache creation split by lifetime",
            json: #"""
                {"prompt_tokens":1000,"completion_tokens":1,"cache_creation_input_tokens":300,
                 "prompt_tokens_details":{"cached_tokens":500,
                 "cache_creation":{"ephemeral_5m_input_tokens":100,"ephemeral_1h_input_tokens":150}}}
                """#,
            meters: [
                .input: 200, .cacheRead: 500, .cacheWrite: 50, .cacheWrite5m: 100, .cacheWrite1h: 150, .output: 1,
            ]),
        Case(
            name: "DeepSeek",
            json: #"""
                {"prompt_tokens":17,"completion_tokens":47,"total_tokens":64,"prompt_cache_hit_tokens":10,
                 "prompt_cache_miss_tokens":7,"completion_tokens_details":{"reasoning_tokens":34}}
                """#,
            meters: [.input: 7, .cacheRead: 10, .output: 13, .reasoning: 34]),
        Case(
            name: "DeepSeek that contradicts itself",
            json: #"""
                {"prompt_tokens":17,"completion_tokens":1,
                 "prompt_cache_miss_tokens":8,"prompt_cache_hit_tokens":10}
                """#,
            meters: [.input: 7, .cacheRead: 10, .output: 1], isInconsistent: true),
        Case(
            name: "Mistral cached at the top",
            json: #"{"completion_tokens":93,"num_cached_tokens":48,"prompt_tokens":254,"total_tokens":347}"#,
            meters: [.input: 206, .cacheRead: 48, .output: 93]),
        Case(
            name: "Gemini hides reasoning in the total",
            json: #"{"completion_tokens":12,"prompt_tokens":35,"total_tokens":109}"#,
            meters: [.input: 35, .output: 12, .reasoning: 62]),
        Case(
            name: "xAI reports reasoning beside completion",
            json: #"""
                {"prompt_tokens":10,"completion_tokens":5,"total_tokens":115,
                 "completion_tokens_details":{"reasoning_tokens":100}}
                """#,
            meters: [.input: 10, .output: 5, .reasoning: 100]),
        Case(
            name: "cached tokens beside the prompt",
            json: #"""
                {"prompt_tokens":9,"completion_tokens":5,"total_tokens":1014,
                 "prompt_tokens_details":{"cached_tokens":1000}}
                """#,
            meters: [.input: 9, .cacheRead: 1_000, .output: 5]),
        Case(
            name: "cached more than prompt",
            json: #"{"prompt_tokens":10,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":11}}"#,
            meters: [.cacheRead: 10, .output: 5], isInconsistent: true),
        Case(
            name: "reasoning more than completion",
            json: #"""
                {"prompt_tokens":43,"completion_tokens":10,"total_tokens":53,
                 "completion_tokens_details":{"reasoning_tokens":11}}
                """#,
            meters: [.input: 43, .reasoning: 10], isInconsistent: true),
        Case(
            name: "total below its parts", json: #"{"prompt_tokens":10,"completion_tokens":5,"total_tokens":14}"#,
            meters: [.input: 10, .output: 5], isInconsistent: true),
        Case(
            name: "surplus nobody explains",
            json: #"""
                {"prompt_tokens":10,"completion_tokens":5,"total_tokens":20,
                 "completion_tokens_details":{"reasoning_tokens":2}}
                """#,
            meters: [.input: 10, .output: 3, .reasoning: 7], isInconsistent: true),
        Case(
            name: "unusable part",
            json: #"{"prompt_tokens":10,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":"3"}}"#,
            meters: [.input: 10, .output: 5], isInconsistent: true),
        Case(
            name: "negative part",
            json: #"{"prompt_tokens":10,"completion_tokens":5,"completion_tokens_details":{"reasoning_tokens":-3}}"#,
            meters: [.input: 10, .output: 5], isInconsistent: true),
        Case(
            name: "image output",
            json: #"{"prompt_tokens":1,"completion_tokens":1300,"completion_tokens_details":{"image_tokens":1290}}"#,
            meters: [.input: 1, .output: 10, .outputImage: 1_290]),
        Case(
            name: "names of the wrong place",
            json: #"""
                {"prompt_tokens":10,"completion_tokens":5,"cached_tokens":9,"reasoning_tokens":4,
                 "other":{"cached_tokens":9,"prompt_tokens":99},"completion_tokens_details":{"cached_tokens":9}}
                """#,
            meters: [.input: 10, .output: 5]),
    ]

    @Test(arguments: cases) func becomesDisjointMeters(_ given: Case) throws {
        let found = try #require(Self.read(given.json))
        #expect(found.usage == Usage(given.meters))
        #expect(found.isInconsistent == given.isInconsistent)
    }

    @Test(arguments: [
        "{}", "null", "[]", "5", "", "{", #"{"completion_tokens":5,"total_tokens":15}"#, #"{"prompt_tokens":10}"#,
        #"{"prompt_tokens":"10","completion_tokens":5}"#, #"{"prompt_tokens":-1,"completion_tokens":5}"#,
        #"{"prompt_tokens":1.5,"completion_tokens":5}"#, #"{"prompt_tokens":NaN,"completion_tokens":5}"#,
        #"{"prompt_tokens":null,"completion_tokens":5}"#, #"{"prompt_tokens":10,"completion_tokens":"5"}"#,
        #"{"prompt_tokens":10,"completion_tokens":-5,"total_tokens":10}"#,
        #"{"prompt_tokens":10,"completion_tokens":{},"total_tokens":15}"#,
        #"{"prompt_tokens":10,"total_tokens":9}"#, #"{"prompt_tokens":1000000000001,"completion_tokens":5}"#,
        #"{"prompt_tokens":99999999999999999999999999,"completion_tokens":5}"#,
        #"{"prompt_tokens":1e1,"completion_tokens":5}"#, #"{"prompt_tokens":true,"completion_tokens":5}"#,
    ]) func isAbsentWithoutUsableTotals(_ json: String) {
        #expect(Self.read(json) == nil)
    }

    @Test func neverGoesNegativeAndAlwaysAddsUp() throws {
        var generator = SeededGenerator(seed: 5)
        let values: [Int64] = [0, 1, 2, 5, 10, 99, 100, 1_000]
        func value() -> Int64 { values.randomElement(using: &generator) ?? 0 }
        for _ in 0..<5_000 {
            let (prompt, completion, total) = (value(), value(), value())
            let json = """
                {"prompt_tokens":\(prompt),"completion_tokens":\(completion),"total_tokens":\(total),
                "prompt_cache_hit_tokens":\(value()),"cache_creation_input_tokens":\(value()),
                "prompt_tokens_details":{"cached_tokens":\(value()),"audio_tokens":\(value()),
                "ephemeral_5m_input_tokens":\(value())},
                "completion_tokens_details":{"reasoning_tokens":\(value()),"audio_tokens":\(value())}}
                """
            let usage = try #require(Self.read(json)).usage
            #expect(usage.lines.allSatisfy { $0.quantity > 0 })
            #expect(usage.inputTokens + usage.outputTokens == max(prompt + completion, total), "\(json)")
            #expect(usage.inputTokens >= prompt && usage.outputTokens >= completion, "\(json)")
        }
    }

    @Test(.enabled(if: Recordings.arePresent, Comment(rawValue: Recordings.missing)))
    func recordedUsageAddsUpToItsTotal() throws {
        var read = 0
        for (name, bytes) in Recordings.files("response.json") {
            let object = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
            guard let told = object?["usage"] as? [String: Any] else { continue }
            var reader = ChatResponseReader()
            reader.read(ByteBuffer(bytes: bytes))
            let raw = try #require(reader.usage, "\(name)")
            let usage = try #require(OpenAIUsage(raw), "\(name)")
            #expect(!usage.isInconsistent, "\(name)")
            #expect(
                usage.usage.inputTokens + usage.usage.outputTokens == told["total_tokens"] as? Int64 ?? -1, "\(name)")
            read += 1
        }
        #expect(read >= 25)
    }
}
