package import NIOCore

/// Reads what the settlement needs from a plain OpenAI chat answer of any size, chunk by chunk.
///
/// An answer that is not JSON is no error here: it is relayed, and `isWellFormed` says so.
package struct ChatResponseReader: Sendable {
    /// The model as served.
    package private(set) var model: String?
    package private(set) var responseID: String?
    /// The top-level usage object, raw, up to `WireLimits.usageBytes`; nil when missing, null or larger.
    package private(set) var usage: ByteBuffer?
    /// Whether there is a top-level `error` other than null.
    package private(set) var hasError = false
    /// Whether the whole answer was one JSON value; false until `finish()`.
    package private(set) var isWellFormed = false
    /// Bytes of output text, unescaped, as `ChatStreamReader` counts them.
    package private(set) var outputBytes = 0

    package init() {}

    /// ceil(output bytes / 4), for answers without usage.
    package var estimatedOutputTokens: Int { (outputBytes + 3) / 4 }

    /// Reads the next chunk; does not consume it.
    package mutating func read(_ chunk: ByteBuffer) {
    }

    /// Ends the answer.
    package mutating func finish() {
    }
}
