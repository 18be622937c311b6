package import NIOCore

/// Reads what the settlement needs from a plain OpenAI chat answer of any size, chunk by chunk.
///
/// An answer that is not JSON is no error here: it is relayed all the same, and `isWellFormed` says so. What was
/// found before the fault stays.
package struct ChatResponseReader: Sendable {
    /// The top-level usage object, raw; nil when missing, null, unfinished or over `WireLimits.usageBytes`.
    package var usage: ByteBuffer? { capture.usage }
    /// Whether the whole answer was one JSON value; false until `finish()`.
    package private(set) var isWellFormed = false

    private var scanner = JSONScanner()
    private var visitor = ChatOutputVisitor()
    private var isBroken = false
    private var capture = UsageCapture()

    package init() {}

    /// The model as served.
    package var model: String? { visitor.model.bytes.isEmpty ? nil : visitor.model.string }
    package var responseID: String? { visitor.id.bytes.isEmpty ? nil : visitor.id.string }
    /// Whether there is a top-level `error` other than null.
    package var hasError: Bool { visitor.hasError }
    /// Whether a choice ended with a reason.
    package var sawFinishReason: Bool { visitor.hasFinishReason }
    /// Bytes of output text, unescaped, as `ChatStreamReader` counts them.
    package var outputBytes: Int { visitor.outputBytes }

    /// ceil(output bytes / 4), for answers without usage.
    package var estimatedOutputTokens: Int { (outputBytes + 3) / 4 }

    /// Reads the next chunk; does not consume it.
    package mutating func read(_ chunk: ByteBuffer) {
        guard !isBroken else { return }
        chunk.withUnsafeReadableBytes { bytes in
            let chunkStart = scanner.offset
            do throws(WireError) {
                try scanner.feed(bytes, to: &visitor)
            } catch {
                isBroken = true
            }
            capture.take(bytes, at: chunkStart, range: visitor.usage, isOpen: visitor.isUsageOpen)
        }
    }

    /// Ends the answer.
    package mutating func finish() {
        guard !isBroken else { return }
        do throws(WireError) {
            try scanner.finish(&visitor)
            isWellFormed = true
        } catch {
            isBroken = true
        }
    }
}
