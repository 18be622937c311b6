import NIOCore
import Testing
import TollbookCore
import TollbookWire

/// What is found of Ollama's and Cohere's usage in answers that are passed through.
@Suite struct PassedUsageTests {
    private static func plain(_ body: String, size: Int = 0) -> UsageReport {
        var reader = MediaResponseReader(.passed)
        for chunk in chunks(Array(body.utf8), size) { reader.read(chunk) }
        reader.finish()
        return reader.usageReport()
    }

    @Test(arguments: [0, 1, 5]) func readsOllamasCounts(size: Int) {
        let body =
            #"{"model":"m","message":{"content":"hi","eval_count":99},"done":true,"context":[1,2],"#
            + #""prompt_eval_count":26,"prompt_eval_duration":1,"eval_count":298,"eval_duration":2}"#
        let report = Self.plain(body, size: size)
        #expect(report.usage == Usage([.input: 26, .output: 298]))
        #expect(report.raw == #"{"prompt_eval_count":26,"eval_count":298}"#)
        #expect(!report.isInconsistent && !report.hasUncounted)
    }

    @Test func anEmbeddingHasAPromptAlone() {
        let report = Self.plain(#"{"model":"m","embeddings":[[0.1,-2e-3]],"prompt_eval_count":8}"#)
        #expect(report.usage == Usage([.input: 8]) && !report.hasUncounted)
    }

    @Test func aPromptThatIsNotCountedIsNamed() {
        let report = Self.plain(#"{"response":"hi","done":true,"eval_count":58}"#)
        #expect(report.usage == Usage([.output: 58]) && report.hasUncounted)
    }

    @Test(arguments: ["-1", "1.5", "1e3", "99999999999999999999"]) func countsThatAreNoneAreUnusable(_ count: String) {
        let report = Self.plain(#"{"prompt_eval_count":\#(count),"eval_count":3}"#)
        #expect(report.isInconsistent && report.usage == Usage([.output: 3]))
        #expect(Self.plain(#"{"prompt_eval_count":\#(count)}"#).usage == nil)
    }

    @Test(arguments: [#"{"message":{"eval_count":9}}"#, #"{"eval_count":null}"#, #"{"eval_count":"9"}"#])
    func othersAreNotOllamas(_ body: String) {
        #expect(Self.plain(body) == UsageReport())
    }

    @Test(
        arguments: [
            (#"{"usage":{"billed_units":{"input_tokens":25,"output_tokens":9},"tokens":{"input_tokens":91}}}"#, 25, 9),
            (#"{"meta":{"api_version":{"version":"1"},"billed_units":{"input_tokens":208}}}"#, 208, 0),
            (#"{"response":{"meta":{"billed_units":{"input_tokens":7,"output_tokens":115}}}}"#, 7, 115),
            (
                #"{"type":"message-end","delta":{"usage":{"billed_units":{"input_tokens":12,"output_tokens":36}}}}"#,
                12, 36
            ),
        ] as [(String, Int64, Int64)]) func readsWhatCohereCharges(_ body: String, _ input: Int64, _ output: Int64)
    {
        #expect(Self.plain(body, size: 3).usage == Usage([.input: input, .output: output]))
    }

    @Test(arguments: [0, 1, 5]) func readsGeminisUsageAloneAndInAnArray(size: Int) {
        let usage = #""usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":4,"totalTokenCount":17}"#
        let expected = Usage([.input: 10, .output: 4, .reasoning: 3])
        #expect(Self.plain("{\(usage)}", size: size).usage == expected)
        let first = #"{"usageMetadata":{"promptTokenCount":1,"totalTokenCount":1}}"#
        #expect(Self.plain("[\(first),\r\n{\(usage)}]", size: size).usage == expected)
        #expect(Self.plain("[[{\(usage)}]]", size: size).usage == nil)
        #expect(Self.plain(#"{"a":{\#(usage)}}"#, size: size).usage == nil)
    }

    @Test func readsBedrocksUsageAndAnthropicsCache() {
        #expect(
            Self.plain(#"{"usage":{"inputTokens":3,"outputTokens":4,"totalTokens":7}}"#).usage
                == Usage([.input: 3, .output: 4]))
        #expect(
            Self.plain(#"{"usage":{"input_tokens":3,"cache_read_input_tokens":5,"output_tokens":4}}"#).usage
                == Usage([.input: 3, .cacheRead: 5, .output: 4]))
    }

    @Test func readsBedrocksHeaders() {
        let headers = ["x-amzn-bedrock-input-token-count": "12", "x-amzn-bedrock-output-token-count": "5"]
        #expect(InvocationCounts { headers[$0] }?.report.usage == Usage([.input: 12, .output: 5]))
        #expect(InvocationCounts { _ in "many" } == nil && InvocationCounts { _ in nil } == nil)
        #expect(InvocationCounts { _ in "-1" } == nil)
    }

    // MARK: Lines

    @Test func theLineThatCallsItselfTheLastHasTheCounts() {
        var reader = MediaStreamReader(.passed, imagesAsked: 1)
        let kinds = [
            #"{"response":"a","done":false}"# + "\n", "\n", "no JSON\n",
            #"{"response":"","done":true,"prompt_eval_count":17,"eval_count":50}"#,
        ].map { reader.read(line: ByteBuffer(string: $0)) }
        #expect(kinds == [.content, .other, .other, .done])
        #expect(reader.usageReport().usage == Usage([.input: 17, .output: 50]))
        #expect(reader.sawFinishReason && reader.malformedEvents == 0)
        let other = reader.read(line: ByteBuffer(string: #"{"done":"true"}"#))
        #expect(other == .content)
    }
}
