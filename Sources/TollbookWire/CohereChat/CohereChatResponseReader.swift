package import NIOCore

/// Reads what the settlement needs from a plain answer of Cohere's chat of any size, chunk by chunk.
///
/// An answer that is not JSON is no error here: it is relayed all the same, and `isWellFormed` says so.
package struct CohereChatResponseReader: AnswerBodyReader {
    /// Whether the whole answer was one JSON value; false until `finish()`.
    package var isWellFormed: Bool { scan.isWellFormed }

    private var scan = AnswerBodyScan(CohereOutputVisitor())

    package init() {}

    /// Answers do not name their model.
    package var model: String? { nil }
    package var responseID: String? { scan.visitor.id.bytes.isEmpty ? nil : scan.visitor.id.string }
    /// Whether it is an error, or says that the answer failed or took too long.
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

    /// The answer's usage object.
    package func usageReport() -> UsageReport { UsageReport(cohere: scan.usage) }
}
