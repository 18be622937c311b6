package import NIOCore
package import TollbookCore

/// Bedrock's usage object of Converse as disjoint meters.
///
/// `inputTokens` leaves out what was read from or written to the cache, `totalTokens` is the sum of all four, and
/// `outputTokens` has the reasoning in it, which is not told apart.
/// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html
package struct ConverseUsage: Equatable, Sendable {
    package let usage: Usage
    /// Whether the numbers contradict each other or a part was unusable.
    package let isInconsistent: Bool

    /// Reads a raw usage object; nil when it is none, or `inputTokens` or `outputTokens` is no usable number.
    package init?(_ raw: ByteBuffer?) {
        var numbers = ConverseUsageNumbers()
        guard let raw, raw.withUnsafeReadableBytes({ numbers.read($0) }), let input = numbers[.input],
            let output = numbers[.output]
        else { return nil }
        let cacheRead = numbers[.cacheRead] ?? 0
        let split = numbers.written5m + numbers.written1h
        let written = numbers[.cacheWrite] ?? split
        var isInconsistent = numbers.hasUnusablePart || split > written
        if let total = numbers[.total], total != input + cacheRead + written + output { isInconsistent = true }
        // In ascending order of the meters' codes, which costs a usage no search.
        var usage = Usage()
        usage.set(.input, input)
        usage.set(.cacheRead, cacheRead)
        usage.set(.cacheWrite, max(0, written - split))
        usage.set(.cacheWrite5m, numbers.written5m)
        usage.set(.cacheWrite1h, numbers.written1h)
        usage.set(.output, output)
        self.usage = usage
        self.isInconsistent = isInconsistent
    }
}

extension UsageReport {
    /// A usage object in Bedrock's shape.
    init(converse raw: ByteBuffer?) {
        self.init()
        self.raw = raw.map { String(buffer: $0) }
        guard let read = ConverseUsage(raw) else { return }
        usage = read.usage
        isInconsistent = read.isInconsistent
    }
}
