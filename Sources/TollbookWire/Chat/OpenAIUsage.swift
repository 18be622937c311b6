package import NIOCore
package import TollbookCore

/// A provider's usage object in the shape of OpenAI's chat or of its responses, as disjoint meters.
///
/// OpenAI's totals are inclusive: `prompt_tokens` has in it cached, cache-written and audio tokens,
/// `completion_tokens` has in it reasoning, audio, image and rejected prediction tokens. Some servers differ, and
/// their `total_tokens` shows it: it exceeds the two by the reasoning tokens (xAI), by reasoning tokens that are
/// told nowhere (Gemini's compatible endpoint), or by cached tokens that `prompt_tokens` leaves out. Such a
/// surplus is added where it belongs, so that the meters always add up to the largest total reported.
package struct OpenAIUsage: Equatable, Sendable {
    package let usage: Usage
    /// Whether the numbers contradict each other or a part was unusable. Parts were then cut to fit their whole.
    package let isInconsistent: Bool

    /// Reads a raw usage object; nil when it has no usable totals, which is not the same as zero usage.
    ///
    /// A number counts if it is a whole one from 0 to `WireLimits.usageTokens`, in digits. `prompt_tokens` must be
    /// there; `completion_tokens` may be absent if `total_tokens` is there, as for embeddings.
    package init?(_ raw: ByteBuffer) {
        self.init(raw, names: .chat)
    }

    /// - Parameter names: whose names its members have.
    init?(_ raw: ByteBuffer, names: OpenAIUsageNumbers.Names) {
        guard let numbers = raw.withUnsafeReadableBytes({ OpenAIUsageNumbers($0, names: names) }),
            let prompt = numbers[.prompt], !numbers.isUnusable(.completion)
        else { return nil }
        guard let completion = numbers[.completion] ?? numbers[.total].flatMap({ $0 >= prompt ? $0 - prompt : nil })
        else { return nil }
        var books = Books(prompt: prompt, completion: completion)
        books.isInconsistent = numbers.hasUnusablePart
        books.readParts(numbers)
        books.addSurplus(of: numbers[.total])
        usage = books.disjoint()
        isInconsistent = books.isInconsistent
    }
}

/// The arithmetic from inclusive totals to disjoint meters.
private struct Books {
    var prompt: Int64
    var completion: Int64
    var isInconsistent = false
    private var cacheRead: Int64 = 0
    private var cacheWrite: Int64 = 0
    private var cacheWrite5m: Int64 = 0
    private var cacheWrite1h: Int64 = 0
    private var inputAudio: Int64 = 0
    private var reasoning: Int64 = 0
    private var outputAudio: Int64 = 0
    private var outputImage: Int64 = 0

    init(prompt: Int64, completion: Int64) {
        self.prompt = prompt
        self.completion = completion
    }

    mutating func readParts(_ numbers: OpenAIUsageNumbers) {
        cacheRead = numbers[.cached] ?? numbers[.cacheHit] ?? numbers[.cacheRead] ?? 0
        if let hit = numbers[.cacheHit] {
            if hit != cacheRead { isInconsistent = true }
            if let miss = numbers[.cacheMiss], hit + miss != prompt { isInconsistent = true }
        }
        readCacheWrites(numbers)
        inputAudio = numbers[.inputAudio] ?? 0
        reasoning = numbers[.reasoning] ?? 0
        outputAudio = numbers[.outputAudio] ?? 0
        outputImage = numbers[.outputImage] ?? 0
    }

    /// A total of cache writes may come with its split by lifetime.
    private mutating func readCacheWrites(_ numbers: OpenAIUsageNumbers) {
        cacheWrite5m = numbers[.cacheWrite5m] ?? 0
        cacheWrite1h = numbers[.cacheWrite1h] ?? 0
        let split = cacheWrite5m + cacheWrite1h
        let total = numbers[.cacheWrite] ?? split
        if split > total { isInconsistent = true }
        cacheWrite = max(0, total - split)
    }

    /// Adds what the total has beyond prompt and completion to the side that left it out.
    mutating func addSurplus(of total: Int64?) {
        guard let total else { return }
        let surplus = total - prompt - completion
        if surplus < 0 { isInconsistent = true }
        guard surplus > 0 else { return }
        let cached = cacheRead + cacheWrite + cacheWrite5m + cacheWrite1h
        if surplus == reasoning {
            completion += surplus
        } else if surplus == cached {
            prompt += surplus
        } else {
            if reasoning > 0 { isInconsistent = true }
            reasoning += surplus
            completion += surplus
        }
    }

    /// Takes each part out of its whole, the dearest first, so that a part too large is cut where it costs least.
    mutating func disjoint() -> Usage {
        var prompt = TokenTotal(prompt)
        let long = prompt.take(cacheWrite1h)
        let short = prompt.take(cacheWrite5m)
        let write = prompt.take(cacheWrite)
        let audio = prompt.take(inputAudio)
        let read = prompt.take(cacheRead)
        var completion = TokenTotal(completion)
        let image = completion.take(outputImage)
        let speech = completion.take(outputAudio)
        let thought = completion.take(reasoning)
        if prompt.fellShort || completion.fellShort { isInconsistent = true }
        // In ascending order of the meters' codes, which costs a usage no search.
        var usage = Usage()
        usage.set(.input, prompt.rest)
        usage.set(.cacheRead, read)
        usage.set(.cacheWrite, write)
        usage.set(.cacheWrite5m, short)
        usage.set(.cacheWrite1h, long)
        usage.set(.inputAudio, audio)
        usage.set(.output, completion.rest)
        usage.set(.reasoning, thought)
        usage.set(.outputAudio, speech)
        usage.set(.outputImage, image)
        return usage
    }
}
