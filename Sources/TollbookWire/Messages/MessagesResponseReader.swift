package import NIOCore

/// Reads what the settlement needs from a plain Anthropic message of any size, chunk by chunk.
///
/// An answer that is not JSON is no error here: it is relayed all the same, and `isWellFormed` says so.
package struct MessagesResponseReader: AnswerBodyReader {
    /// Whether the whole answer was one JSON value; false until `finish()`.
    package var isWellFormed: Bool { scan.isWellFormed }

    private var scan = AnswerBodyScan(MessagesOutputVisitor())

    package init() {}

    package var model: String? { scan.visitor.model.bytes.isEmpty ? nil : scan.visitor.model.string }
    package var responseID: String? { scan.visitor.id.bytes.isEmpty ? nil : scan.visitor.id.string }
    package var hasError: Bool { scan.visitor.hasError }

    /// ceil(output bytes / 4), for answers without usage.
    package var estimatedOutputTokens: Int { (scan.visitor.outputBytes + 3) / 4 }

    /// Reads the next chunk; does not consume it.
    package mutating func read(_ chunk: ByteBuffer) {
        scan.read(chunk)
    }

    /// Ends the answer.
    package mutating func finish() {
        scan.finish()
    }

    /// The message's usage object, if it tells of both sides.
    package func usageReport() -> UsageReport {
        var report = UsageReport()
        report.raw = scan.usage.map { String(buffer: $0) }
        guard let read = AnthropicUsage(start: nil, totals: scan.usage), read.hasOutput else { return report }
        report.usage = read.usage
        report.isInconsistent = read.isInconsistent
        report.hasUncounted = read.hasUncounted
        return report
    }
}
