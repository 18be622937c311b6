package import NIOCore

/// One line of a batch's results: an answer, or an error in place of one.
///
/// Source: platform.openai.com/docs/api-reference/batch/request-output.
package struct BatchResultLine: Sendable {
    /// The status of the line's answer; nil: it has none.
    package let status: Int?
    /// The answer's body; nil: it has none.
    package let body: ByteBuffer?

    /// Whether the provider answered it as it would have answered a call.
    package var isAnswered: Bool { status.map { (200..<300).contains($0) } ?? false }

    /// - Throws: what `JSONScanner` throws, `not_an_object`.
    package init(_ line: ByteBuffer) throws(WireError) {
        let view = try JSONView(line)
        guard view.kind == .object else { throw WireError(.notAnObject, at: 0) }
        let response = view.value("response")
        status = response?.value("status_code")?.count.map { Int(truncatingIfNeeded: $0) }
        body = response?.value("body")?.bytes
    }
}
