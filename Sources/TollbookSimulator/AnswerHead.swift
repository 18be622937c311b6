internal import NIOCore

/// The head of an answer, written byte for byte here: some faults are heads that no HTTP library would write.
struct AnswerHead {
    var status = 200
    var contentType: StaticString = "application/json"
    var framing: Framing
    var keepsAlive: Bool
    var isGzip = false
    /// Whole header lines with their CRLF.
    var extraLines = ""

    /// How the body's end is told.
    enum Framing: Sendable, Equatable {
        case length(Int)
        case chunked
        /// The connection's end, for HTTP/1.0.
        case untilClose
    }

    /// Writes the head up to its empty line.
    func write(stamp: CallStamp, dateLine: String, into buffer: inout ByteBuffer) {
        writeStatus(into: &buffer)
        buffer.writeString(dateLine)
        buffer.writeStaticString("server: tollbook-simulator\r\ncontent-type: ")
        buffer.writeStaticString(contentType)
        buffer.writeStaticString("\r\nx-request-id: ")
        stamp.writeRequestID(into: &buffer)
        buffer.writeStaticString("\r\n")
        if isGzip { buffer.writeStaticString("content-encoding: gzip\r\n") }
        if !extraLines.isEmpty { buffer.writeString(extraLines) }
        writeFraming(into: &buffer)
    }

    private func writeStatus(into buffer: inout ByteBuffer) {
        guard status != 200 else {
            buffer.writeStaticString("HTTP/1.1 200 OK\r\n")
            return
        }
        buffer.writeString("HTTP/1.1 \(status) \(HTTPStatusReason.text(status))\r\n")
    }

    private func writeFraming(into buffer: inout ByteBuffer) {
        switch framing {
        case .length(let count):
            buffer.writeStaticString("content-length: ")
            buffer.writeDecimal(count)
            buffer.writeStaticString("\r\n")
        case .chunked:
            buffer.writeStaticString("transfer-encoding: chunked\r\n")
        case .untilClose:
            break
        }
        buffer.writeStaticString(keepsAlive ? "connection: keep-alive\r\n\r\n" : "connection: close\r\n\r\n")
    }
}
