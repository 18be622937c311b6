package import NIOCore

/// Reads what the settlement needs from a plain Anthropic message of any size, chunk by chunk.
///
/// An answer that is not JSON is no error here: it is relayed all the same, and `isWellFormed` says so.
package struct MessagesResponseReader: AnswerBodyReader {
    /// Whether the whole answer was one JSON value; false until `finish()`.
    package private(set) var isWellFormed = false

    private var scanner = JSONScanner()
    private var visitor = MessagesOutputVisitor()
    private var isBroken = false
    private var capture = UsageCapture()

    package init() {}

    package var model: String? { visitor.model.bytes.isEmpty ? nil : visitor.model.string }
    package var responseID: String? { visitor.id.bytes.isEmpty ? nil : visitor.id.string }
    package var hasError: Bool { visitor.hasError }

    /// ceil(output bytes / 4), for answers without usage.
    package var estimatedOutputTokens: Int { (visitor.outputBytes + 3) / 4 }

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

    /// The message's usage object, if it tells of both sides.
    package func usageReport() -> UsageReport {
        var report = UsageReport()
        report.raw = capture.usage.map { String(buffer: $0) }
        guard let read = AnthropicUsage(start: nil, totals: capture.usage), read.hasOutput else { return report }
        report.usage = read.usage
        report.isInconsistent = read.isInconsistent
        report.hasUncounted = read.hasUncounted
        return report
    }
}
