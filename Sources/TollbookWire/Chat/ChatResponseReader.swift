package import NIOCore

/// Reads what the settlement needs from a plain OpenAI chat answer of any size, chunk by chunk.
///
/// An answer that is not JSON is no error here: it is relayed all the same, and `isWellFormed` says so. What was
/// found before the fault stays.
package struct ChatResponseReader: Sendable {
    /// The top-level usage object, raw; nil when missing, null, unfinished or over `WireLimits.usageBytes`.
    package var usage: ByteBuffer? { scan.usage }
    /// Whether the whole answer was one JSON value; false until `finish()`.
    package var isWellFormed: Bool { scan.isWellFormed }

    private var scan = AnswerBodyScan(ChatOutputVisitor())

    package init() {}

    /// The model as served.
    package var model: String? { scan.visitor.model.bytes.isEmpty ? nil : scan.visitor.model.string }
    package var responseID: String? { scan.visitor.id.bytes.isEmpty ? nil : scan.visitor.id.string }
    /// Whether there is a top-level `error` other than null.
    package var hasError: Bool { scan.visitor.hasError }
    /// Whether a choice ended with a reason.
    package var sawFinishReason: Bool { scan.visitor.hasFinishReason }
    /// Bytes of output text, unescaped, as `ChatStreamReader` counts them.
    package var outputBytes: Int { scan.visitor.outputBytes }

    /// ceil(output bytes / 4), for answers without usage.
    package var estimatedOutputTokens: Int { (outputBytes + 3) / 4 }

    /// Reads the next chunk; does not consume it.
    package mutating func read(_ chunk: ByteBuffer) {
        scan.read(chunk)
    }

    /// Ends the answer.
    package mutating func finish() {
        scan.finish()
    }
}
