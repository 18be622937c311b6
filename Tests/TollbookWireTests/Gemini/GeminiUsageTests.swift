import NIOCore
import Testing
import TollbookCore
import TollbookWire

/// From Gemini's usage objects to disjoint meters.
@Suite struct GeminiUsageTests {
    private static func read(_ text: String) -> GeminiUsage? { GeminiUsage(ByteBuffer(string: text)) }

    @Test func everyKindIsCountedOnce() {
        let usage = Self.read(
            #"{"promptTokenCount":100,"cachedContentTokenCount":40,"candidatesTokenCount":20,"thoughtsTokenCount":7,"#
                + #""toolUsePromptTokenCount":9,"totalTokenCount":136,"promptTokensDetails":[{"modality":"TEXT","#
                + #""tokenCount":70},{"tokenCount":20,"modality":"AUDIO"},{"modality":"IMAGE","tokenCount":10}],"#
                + #""cacheTokensDetails":[{"modality":"AUDIO","tokenCount":8}],"candidatesTokensDetails":"#
                + #"[{"modality":"AUDIO","tokenCount":5},{"modality":"IMAGE","tokenCount":3}],"#
                + #""toolUsePromptTokensDetails":[{"modality":"IMAGE","tokenCount":4}],"serviceTier":"standard"}"#)
        #expect(
            usage?.usage
                == Usage([
                    .input: 100 - 40 - 12 - 10 + 5, .cacheRead: 40, .inputAudio: 12, .inputImage: 14, .output: 12,
                    .reasoning: 7, .outputAudio: 5, .outputImage: 3,
                ]))
        #expect(usage?.isInconsistent == false)
        #expect(usage.map { $0.usage.inputTokens + $0.usage.outputTokens } == 136)
    }

    @Test(arguments: [
        (#"{"promptTokenCount":5}"#, [Meter.input: 5], false),
        (#"{"promptTokenCount":5,"totalTokenCount":5,"candidatesTokenCount":null}"#, [.input: 5], false),
        // Modalities as numbers.
        (
            #"{"promptTokenCount":5,"promptTokensDetails":[{"modality":4,"tokenCount":2},"#
                + #"{"modality":1,"tokenCount":3}]}"#,
            [.input: 3, .inputAudio: 2], false
        ),
        // The same modality twice adds up.
        (
            #"{"promptTokenCount":5,"promptTokensDetails":[{"modality":"AUDIO","tokenCount":2},"#
                + #"{"modality":"AUDIO","tokenCount":1}]}"#, [.input: 2, .inputAudio: 3], false
        ),
        // Thoughts that the candidates have in them.
        (
            #"{"promptTokenCount":5,"candidatesTokenCount":9,"thoughtsTokenCount":4,"totalTokenCount":14}"#,
            [.input: 5, .output: 5, .reasoning: 4], false
        ),
        // Tools' prompts that the prompt has in it.
        (
            #"{"promptTokenCount":5,"candidatesTokenCount":9,"toolUsePromptTokenCount":2,"totalTokenCount":14}"#,
            [.input: 5, .output: 9], false
        ),
        // Thoughts that only the total has.
        (
            #"{"promptTokenCount":5,"candidatesTokenCount":9,"totalTokenCount":20}"#,
            [.input: 5, .output: 9, .reasoning: 6], false
        ),
        // A total that fits nothing.
        (
            #"{"promptTokenCount":5,"candidatesTokenCount":9,"thoughtsTokenCount":1,"totalTokenCount":20}"#,
            [.input: 5, .output: 9, .reasoning: 6], true
        ),
        (#"{"promptTokenCount":5,"candidatesTokenCount":9,"totalTokenCount":3}"#, [.input: 5, .output: 9], true),
        // Parts larger than their whole.
        (#"{"promptTokenCount":5,"cachedContentTokenCount":9}"#, [.cacheRead: 5], true),
        (
            #"{"promptTokenCount":5,"promptTokensDetails":[{"modality":"AUDIO","tokenCount":9}]}"#, [.inputAudio: 5],
            true
        ),
        (#"{"promptTokenCount":5,"candidatesTokenCount":-1}"#, [.input: 5], true),
        (#"{"promptTokenCount":5,"candidatesTokenCount":{}}"#, [.input: 5], true),
        (#"{"promptTokenCount":5,"candidatesTokenCount":"7"}"#, [.input: 5], true),
        (
            #"{"promptTokenCount":5,"promptTokensDetails":[{"modality":"AUDIO","tokenCount":1e3}]}"#, [.input: 5], true
        ),
    ]) func readsParts(_ text: String, _ expected: [Meter: Int64], _ isInconsistent: Bool) {
        let usage = Self.read(text)
        #expect(usage?.usage == Usage(expected))
        #expect(usage?.isInconsistent == isInconsistent)
    }

    @Test(arguments: [
        "{}", "[", #"{"trafficType":"ON_DEMAND"}"#, #"{"promptTokenCount":"1"}"#, #"{"promptTokenCount":1e3}"#,
        #"{"promptTokenCount":-1}"#, #"{"promptTokenCount":9999999999999999999}"#,
        #"{"details":{"promptTokenCount":1}}"#,
    ]) func needsThePrompt(_ text: String) {
        #expect(Self.read(text) == nil)
    }
}
