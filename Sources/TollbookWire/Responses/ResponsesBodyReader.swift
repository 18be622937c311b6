package import NIOCore

/// Reads what the settlement needs from a plain OpenAI response of any size, chunk by chunk.
///
/// An answer that is not JSON is no error here: it is relayed all the same, and `isWellFormed` says so.
package struct ResponsesBodyReader: AnswerBodyReader {
    /// Whether the whole answer was one JSON value; false until `finish()`.
    package var isWellFormed: Bool { scan.isWellFormed }

    private var scan = AnswerBodyScan(ResponsesOutputVisitor())

    package init() {}

    package var model: String? { scan.visitor.model.bytes.isEmpty ? nil : scan.visitor.model.string }
    package var responseID: String? { scan.visitor.id.bytes.isEmpty ? nil : scan.visitor.id.string }
    /// Whether there is an `error` other than null: of the call, or of a response that failed.
    package var hasError: Bool { scan.visitor.hasError }

    /// ceil(output bytes / 4), for answers without usage.
    package var estimatedOutputTokens: Int { (scan.visitor.items.textBytes + 3) / 4 }

    /// Reads the next chunk; does not consume it.
    package mutating func read(_ chunk: ByteBuffer) {
        scan.read(chunk)
    }

    /// Ends the answer.
    package mutating func finish() {
        scan.finish()
    }

    /// The response's usage object, and the searches among its items.
    package func usageReport() -> UsageReport {
        var tools = ResponsesTools()
        tools.add(scan.visitor.items)
        return UsageReport(responses: scan.usage, tools: tools, hasText: scan.visitor.items.textBytes > 0)
    }
}
