package import NIOCore
package import TollbookCore

/// The usage object of Cohere's chat as disjoint meters.
///
/// Charged are the `billed_units`. `tokens` counts also what Cohere itself puts into the prompt and the model's marks,
/// which are not charged for; it stands in where no billed units are told. `cached_tokens` is a part of `tokens` and
/// has no price: it is kept in the raw object alone.
/// https://docs.cohere.com/docs/how-does-cohere-pricing-work
package struct CohereUsage: Equatable, Sendable {
    package let usage: Usage
    /// Whether a number was unusable.
    package let isInconsistent: Bool
    /// Whether it tells of billed units that no meter counts.
    package let hasUncounted: Bool

    /// Reads a raw usage object; nil when it is none, or tells no usable numbers of both sides.
    package init?(_ raw: ByteBuffer?) {
        var numbers = CohereUsageNumbers()
        guard let raw, raw.withUnsafeReadableBytes({ numbers.read($0) }) else { return nil }
        let isBilled = numbers[.billedInput] != nil && numbers[.billedOutput] != nil
        guard let input = numbers[isBilled ? .billedInput : .input],
            let output = numbers[isBilled ? .billedOutput : .output]
        else { return nil }
        var usage = Usage()
        usage.set(.input, input)
        usage.set(.output, output)
        usage.set(.searchUnit, numbers[.searchUnits] ?? 0)
        self.usage = usage
        isInconsistent = numbers.hasUnusablePart
        hasUncounted = numbers[.classifications].map { $0 > 0 } ?? false
    }
}

extension UsageReport {
    /// A usage object in Cohere's shape.
    init(cohere raw: ByteBuffer?) {
        self.init()
        self.raw = raw.map { String(buffer: $0) }
        guard let read = CohereUsage(raw) else { return }
        usage = read.usage
        isInconsistent = read.isInconsistent
        hasUncounted = read.hasUncounted
    }
}
