package import NIOCore

/// Reads what the settlement needs from a plain answer of Bedrock's Converse of any size, chunk by chunk.
///
/// An answer that is not JSON is no error here: it is relayed all the same, and `isWellFormed` says so.
package struct ConverseResponseReader: AnswerBodyReader {
    /// Whether the whole answer was one JSON value; false until `finish()`.
    package var isWellFormed: Bool { scan.isWellFormed }

    private var scan = AnswerBodyScan(ConverseOutputVisitor())

    package init() {}

    /// The model that a prompt router chose; others are not named.
    package var model: String? { scan.visitor.model.bytes.isEmpty ? nil : scan.visitor.model.string }
    /// Answers have no id in their body.
    package var responseID: String? { nil }
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
    package func usageReport() -> UsageReport { UsageReport(converse: scan.usage) }
}

extension ConverseOutputVisitor: AnswerBodyVisitor {}
