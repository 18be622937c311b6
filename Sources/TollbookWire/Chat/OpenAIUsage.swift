package import NIOCore
package import TollbookCore

/// A provider's usage object in OpenAI's shape, as disjoint meters.
package struct OpenAIUsage: Equatable, Sendable {
    package let usage: Usage
    /// Whether the numbers contradict each other or a part was unusable; parts were then cut to fit the
    /// whole, and the meters still add up to the totals reported.
    package let isInconsistent: Bool

    /// Reads a raw usage object; nil when it has no usable totals, which is not the same as zero usage.
    package init?(_ raw: ByteBuffer) {
        return nil
    }
}
