internal import NIOCore
internal import NIOHPACK

/// Reads the fields of an answer's head (RFC 9113, section 8.3.2).
enum AnswerFields {
    /// The head as one of HTTP/1.1, so that the same rules are for both.
    ///
    /// - Throws: where a field cannot stand in such a head: a line end in a value would begin another field.
    static func answer(_ fields: HPACKHeaders) throws(MessageFault) -> ProviderAnswer {
        guard let status = fields.first(name: ":status") else { throw .malformed }
        var head = ByteBuffer()
        head.reserveCapacity(1_024)
        head.writeStaticString("HTTP/1.1 ")
        guard status.utf8.allSatisfy(HeadByte.isToken) else { throw .malformed }
        head.writeString(status)
        head.writeStaticString("\r\n")
        for (name, value, _) in fields where name.utf8.first != UInt8(ascii: ":") {
            guard name.utf8.allSatisfy(HeadByte.isToken), value.utf8.allSatisfy(HeadByte.isValue) else {
                throw .malformed
            }
            head.writeString(name)
            head.writeStaticString(": ")
            head.writeString(value)
            head.writeStaticString("\r\n")
            guard head.readableBytes < GatewayLimits.headBytes else { throw .headTooLarge }
        }
        head.writeStaticString("\r\n")
        return try ProviderAnswer(head, lines: ByteBuffer())
    }
}
