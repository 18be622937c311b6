package import NIOCore

/// Reads what the settlement needs from a plain OpenAI chat answer of any size, chunk by chunk.
///
/// An answer that is not JSON is no error here: it is relayed all the same, and `isWellFormed` says so. What was
/// found before the fault stays.
package struct ChatResponseReader: Sendable {
    /// The top-level usage object, raw; nil when missing, null, unfinished or over `WireLimits.usageBytes`.
    package private(set) var usage: ByteBuffer?
    /// Whether the whole answer was one JSON value; false until `finish()`.
    package private(set) var isWellFormed = false

    private var scanner = JSONScanner()
    private var visitor = ChatOutputVisitor()
    private var isBroken = false
    /// Bytes of the usage object so far, and where it begins.
    private var capture = ByteBuffer()
    private var captureStart = -1

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
            captureUsage(bytes, at: chunkStart)
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

    /// Keeps the part of the usage object that is in this chunk.
    private mutating func captureUsage(_ bytes: UnsafeRawBufferPointer, at chunkStart: Int) {
        let range = visitor.usage
        let isOpen = visitor.isUsageOpen
        guard isOpen || !range.isEmpty else { return }
        if range.lowerBound != captureStart {
            capture.clear()
            captureStart = range.lowerBound
            usage = nil
        } else if usage != nil {
            return
        }
        let from = max(0, range.lowerBound - chunkStart)
        let to = isOpen ? bytes.count : min(bytes.count, range.upperBound - chunkStart)
        guard from <= to, capture.readableBytes + to - from <= WireLimits.usageBytes else { return }
        capture.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[from..<to]))
        if !isOpen, capture.readableBytes == range.count { usage = capture }
    }
}
