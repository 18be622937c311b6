internal import NIOCore
internal import NIOHTTP1

/// Serializes the heads of answers straight into a buffer.
enum AnswerHead {
    /// How the body's end is told.
    enum Framing {
        case length(Int)
        case chunked
        /// The connection's end, for HTTP/1.0.
        case untilClose
    }

    /// What the caller's connection needs to know.
    struct Connection {
        let isHTTP10: Bool
        let keepsAlive: Bool
    }

    static func writeStatus(_ status: Int, to buffer: inout ByteBuffer) {
        if status == 200 { return buffer.writeOKLine() }
        buffer.writeStaticString("HTTP/1.1 ")
        buffer.writeDecimal(status)
        buffer.writeStaticString(" ")
        buffer.writeString(HTTPResponseStatus(statusCode: status).reasonPhrase)
        buffer.writeStaticString("\r\n")
    }

    /// The framing and connection headers and the blank line.
    static func writeEnd(_ framing: Framing, _ connection: Connection, to buffer: inout ByteBuffer) {
        switch framing {
        case .length(let length):
            buffer.writeStaticString("content-length: ")
            buffer.writeDecimal(length)
            buffer.writeStaticString("\r\n")
        case .chunked: buffer.writeStaticString("transfer-encoding: chunked\r\n")
        case .untilClose: break
        }
        if !connection.keepsAlive {
            buffer.writeStaticString("connection: close\r\n\r\n")
        } else if connection.isHTTP10 {
            buffer.writeStaticString("connection: keep-alive\r\n\r\n")
        } else {
            buffer.writeStaticString("\r\n")
        }
    }

    /// Copies a provider's headers but for those that stop here.
    ///
    /// - Parameter isDecoded: whether `content-encoding` no longer describes the body.
    static func writeProviderHeaders(_ headers: HTTPHeaders, isDecoded: Bool, to buffer: inout ByteBuffer) {
        let nominated = nominatedNames(headers)
        for (name, value) in headers {
            if AnswerHeaderRules.stops(name) || !HeaderName.isSafeValue(value) { continue }
            if isDecoded, HeaderName.equals(name, "content-encoding") { continue }
            if !nominated.isEmpty, nominated.contains(name.lowercased()) { continue }
            buffer.writeHeader(name, value)
        }
    }

    /// Names that the provider's `Connection` header makes hop-by-hop.
    private static func nominatedNames(_ headers: HTTPHeaders) -> [String] {
        for (name, value) in headers where HeaderName.equals(name, "connection") {
            if HeaderName.equals(value, "keep-alive") || HeaderName.equals(value, "close") { continue }
            return headers[canonicalForm: "connection"].map { $0.lowercased() }
        }
        return []
    }
}

extension ByteBuffer {
    mutating func writeOKLine() {
        writeStaticString("HTTP/1.1 200 OK\r\n")
    }

    mutating func writeHeader(_ name: String, _ value: String) {
        writeString(name)
        writeStaticString(": ")
        writeString(value)
        writeStaticString("\r\n")
    }

    mutating func writeHeader(_ name: StaticString, _ value: String) {
        writeStaticString(name)
        writeStaticString(": ")
        writeString(value)
        writeStaticString("\r\n")
    }

    /// Writes a number that is not negative, without a string between.
    mutating func writeDecimal(_ number: Int) {
        var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)
        let count = withUnsafeMutableBytes(of: &digits) { bytes in
            var value = number.magnitude
            var position = bytes.count
            repeat {
                position -= 1
                bytes[position] = UInt8(ascii: "0") + UInt8(value % 10)
                value /= 10
            } while value > 0
            return bytes.count - position
        }
        withUnsafeBytes(of: &digits) { bytes in
            _ = writeBytes(bytes[(bytes.count - count)...])
        }
    }

    /// Writes a number that is not negative in hexadecimal.
    mutating func writeHexadecimal(_ number: Int) {
        var shift = (64 - number.leadingZeroBitCount + 3) / 4 * 4 - 4
        if shift < 0 { shift = 0 }
        while shift >= 0 {
            let digit = UInt8(truncatingIfNeeded: number >> shift) & 15
            writeInteger(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
            shift -= 4
        }
    }
}
