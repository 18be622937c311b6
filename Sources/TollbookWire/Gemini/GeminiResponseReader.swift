package import NIOCore

/// Reads what the settlement needs from a plain Gemini answer of any size, chunk by chunk: content, embeddings or a
/// count of tokens.
///
/// An answer that is not JSON is no error here: it is relayed all the same, and `isWellFormed` says so.
package struct GeminiResponseReader: AnswerBodyReader {
    /// Whether the whole answer was one JSON value; false until `finish()`.
    package var isWellFormed: Bool { scan.isWellFormed }

    private var scan = AnswerBodyScan(GeminiOutputVisitor())

    package init() {}

    package var model: String? { scan.visitor.model.bytes.isEmpty ? nil : scan.visitor.model.string }
    package var responseID: String? { scan.visitor.id.bytes.isEmpty ? nil : scan.visitor.id.string }
    package var hasError: Bool { scan.visitor.hasError }

    /// Whether it is the error that tells of an API key which is none; Google's status for it is 400.
    package var refusesKey: Bool { scan.visitor.hasError && scan.visitor.refusesKey }

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

    /// The answer's usage object.
    package func usageReport() -> UsageReport {
        var report = UsageReport()
        report.raw = scan.usage.map { String(buffer: $0) }
        guard let raw = scan.usage, let read = GeminiUsage(raw) else { return report }
        report.usage = read.usage
        report.isInconsistent = read.isInconsistent
        report.hasUncounted = scan.visitor.hasSearch
        return report
    }
}
