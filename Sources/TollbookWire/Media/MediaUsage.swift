package import NIOCore
package import TollbookCore

/// A usage object of images or audio, as disjoint meters.
///
/// Totals are inclusive: `input_tokens` has in it those of images, of audio and of the cache. What an image model or a
/// voice puts out is images and audio, unless details tell text from it. Models that are charged by time tell
/// `seconds` in place of tokens; a begun second counts. Cohere's rerankers tell search units in `meta`, others tokens.
package struct MediaUsage: Equatable, Sendable {
    package private(set) var usage = Usage()
    /// Whether the numbers contradict each other or a part was unusable. Parts were then cut to fit their whole.
    package private(set) var isInconsistent: Bool

    /// Reads a raw usage object; nil when it has neither usable totals nor seconds.
    package init?(_ raw: ByteBuffer, _ medium: AnswerMedium) {
        guard let numbers = raw.withUnsafeReadableBytes({ MediaUsageNumbers($0) }) else { return nil }
        isInconsistent = numbers.hasUnusablePart
        if medium == .ranking {
            guard readRanking(numbers) else { return nil }
            return
        }
        if medium == .passed, readBilled(numbers) { return }
        guard let input = numbers[.input] else {
            guard let seconds = numbers[.seconds] else { return nil }
            usage.set(.audioSecond, seconds)
            return
        }
        let rest = numbers[.total].flatMap { $0 >= input ? $0 - input : nil }
        guard let output = numbers[.output] ?? rest else { return nil }
        if let total = numbers[.total], total != input + output { isInconsistent = true }
        readInput(input, numbers)
        readOutput(output, numbers, medium)
    }

    /// False where it tells neither units nor tokens.
    private mutating func readRanking(_ numbers: MediaUsageNumbers) -> Bool {
        if let units = numbers[.searchUnits] {
            usage.set(.searchUnit, units)
            return true
        }
        // There is no output: the total has, with some servers, more in it than the prompt, and nothing else.
        guard let tokens = numbers[.total] ?? numbers[.input] ?? numbers[.billedInput] else { return false }
        usage.set(.input, tokens)
        return true
    }

    /// What Cohere charges for; false where it does not tell.
    private mutating func readBilled(_ numbers: MediaUsageNumbers) -> Bool {
        guard numbers[.searchUnits] != nil || numbers[.billedInput] != nil else { return false }
        usage.set(.searchUnit, numbers[.searchUnits] ?? 0)
        usage.set(.input, numbers[.billedInput] ?? 0)
        usage.set(.output, numbers[.billedOutput] ?? 0)
        return true
    }

    private mutating func readInput(_ total: Int64, _ numbers: MediaUsageNumbers) {
        var rest = total
        let audio = take(numbers[.inputAudio], from: &rest)
        let image = take(numbers[.inputImage], from: &rest)
        let cached = take(numbers[.cached], from: &rest)
        usage.set(.input, rest)
        usage.set(.cacheRead, cached)
        usage.set(.inputAudio, audio)
        usage.set(.inputImage, image)
    }

    private mutating func readOutput(_ total: Int64, _ numbers: MediaUsageNumbers, _ medium: AnswerMedium) {
        switch medium {
        case .images:
            var rest = total
            let image = take(numbers[.outputImage] ?? total, from: &rest)
            usage.set(.output, rest)
            usage.set(.outputImage, image)
        case .speech: usage.set(.outputAudio, total)
        case .moderation, .transcript, .ranking, .passed: usage.set(.output, total)
        }
    }

    private mutating func take(_ part: Int64?, from rest: inout Int64) -> Int64 {
        guard let part else { return 0 }
        let taken = min(part, rest)
        if taken < part { isInconsistent = true }
        rest -= taken
        return taken
    }

    /// Adds another answer's usage, as the streams of several images tell one each.
    mutating func add(_ other: MediaUsage) {
        for line in other.usage.lines {
            let (sum, overflows) = usage[line.meter].addingReportingOverflow(line.quantity)
            usage.set(line.meter, overflows ? .max : sum)
        }
        isInconsistent = isInconsistent || other.isInconsistent
    }
}
