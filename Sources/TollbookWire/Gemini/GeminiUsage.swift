package import NIOCore
package import TollbookCore

/// Gemini's usage objects (`usageMetadata`) as disjoint meters.
///
/// `promptTokenCount` has the cached tokens in it and leaves out what the provider's own tools put before the model
/// (`toolUsePromptTokenCount`); `candidatesTokenCount` leaves out the thoughts. Some servers count thoughts or tool
/// prompts within the totals all the same, or tell of thoughts only in `totalTokenCount`: the total shows it.
///
/// https://ai.google.dev/api/generate-content#UsageMetadata
package struct GeminiUsage: Equatable, Sendable {
    package let usage: Usage
    /// Whether the numbers contradict each other or a part was unusable. Parts were then cut to fit their whole.
    package let isInconsistent: Bool

    /// Reads a raw usage object; nil when it has no usable `promptTokenCount`, which is not the same as zero usage.
    package init?(_ raw: ByteBuffer) {
        var numbers = GeminiUsageNumbers()
        guard raw.withUnsafeReadableBytes({ numbers.read($0) }), let prompt = numbers[.prompt] else { return nil }
        var books = GeminiBooks(prompt: prompt, numbers)
        if let total = numbers[.total] { books.balance(with: total, tellsThoughts: numbers[.thoughts] != nil) }
        usage = books.disjoint(numbers)
        isInconsistent = books.isInconsistent || numbers.hasUnusablePart
    }
}

/// The arithmetic from Gemini's counts to disjoint meters.
private struct GeminiBooks {
    private var prompt: Int64
    private var toolUse: Int64
    private var candidates: Int64
    private var thoughts: Int64
    private(set) var isInconsistent = false

    init(prompt: Int64, _ numbers: GeminiUsageNumbers) {
        self.prompt = prompt
        toolUse = numbers[.toolUse] ?? 0
        candidates = numbers[.candidates] ?? 0
        thoughts = numbers[.thoughts] ?? 0
    }

    /// Finds out of the total which counts have others in them.
    mutating func balance(with total: Int64, tellsThoughts: Bool) {
        let surplus = total - prompt - toolUse - candidates - thoughts
        if surplus > 0 {
            // Thoughts that are told nowhere else are billed as output. What else it could be is not known.
            if tellsThoughts { isInconsistent = true }
            thoughts += surplus
        } else if surplus < 0, -surplus == thoughts, thoughts <= candidates {
            candidates -= thoughts
        } else if surplus < 0, -surplus == toolUse, toolUse <= prompt {
            prompt -= toolUse
        } else if surplus < 0 {
            isInconsistent = true
        }
    }

    mutating func disjoint(_ numbers: GeminiUsageNumbers) -> Usage {
        var prompt = TokenTotal(prompt)
        let cached = prompt.take(numbers[.cached] ?? 0)
        // What is cached of a kind is cheaper for being cached.
        let audio = prompt.take(max(0, (numbers[.promptAudio] ?? 0) - (numbers[.cachedAudio] ?? 0)))
        let image = prompt.take(max(0, (numbers[.promptImage] ?? 0) - (numbers[.cachedImage] ?? 0)))
        var tools = TokenTotal(toolUse)
        let toolAudio = tools.take(numbers[.toolUseAudio] ?? 0)
        let toolImage = tools.take(numbers[.toolUseImage] ?? 0)
        var output = TokenTotal(candidates)
        let speech = output.take(numbers[.candidatesAudio] ?? 0)
        let picture = output.take(numbers[.candidatesImage] ?? 0)
        if prompt.fellShort || tools.fellShort || output.fellShort { isInconsistent = true }
        // In ascending order of the meters' codes, which costs a usage no search.
        var usage = Usage()
        usage.set(.input, prompt.rest + tools.rest)
        usage.set(.cacheRead, cached)
        usage.set(.inputAudio, audio + toolAudio)
        usage.set(.inputImage, image + toolImage)
        usage.set(.output, output.rest)
        usage.set(.reasoning, thoughts)
        usage.set(.outputAudio, speech)
        usage.set(.outputImage, picture)
        return usage
    }
}
