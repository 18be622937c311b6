/// The head of an answer, written byte for byte here: some faults are heads that no HTTP library would write.
struct AnswerHead {
    var status = 200
    var contentType: StaticString = "application/json"
    var framing: Framing
    var keepsAlive: Bool
    var isGzip = false
    /// The header that carries the provider's id of the request.
    var requestIDName: StaticString = "x-request-id"
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
    func write(stamp: CallStamp, dateLine: String, into sink: inout ByteSink) {
        writeStatus(into: &sink)
        sink.write(text: dateLine)
        sink.write("server: tollbook-simulator\r\ncontent-type: ")
        sink.write(contentType)
        sink.write("\r\n")
        sink.write(requestIDName)
        sink.write(": ")
        stamp.writeRequestID(into: &sink)
        sink.write("\r\n")
        if isGzip { sink.write("content-encoding: gzip\r\n") }
        if !extraLines.isEmpty { sink.write(text: extraLines) }
        writeFraming(into: &sink)
    }

    private func writeStatus(into sink: inout ByteSink) {
        guard status != 200 else {
            sink.write("HTTP/1.1 200 OK\r\n")
            return
        }
        sink.write(text: "HTTP/1.1 \(status) \(HTTPStatusReason.text(status))\r\n")
    }

    private func writeFraming(into sink: inout ByteSink) {
        switch framing {
        case .length(let count):
            sink.write("content-length: ")
            sink.writeDecimal(count)
            sink.write("\r\n")
        case .chunked:
            sink.write("transfer-encoding: chunked\r\n")
        case .untilClose:
            break
        }
        sink.write(keepsAlive ? "connection: keep-alive\r\n\r\n" : "connection: close\r\n\r\n")
    }
}
