internal import NIOCore

/// A `data:` URL with base64 (RFC 2397), in its parts.
struct DataURL {
    let mediaType: JSONText
    let data: JSONText

    /// Takes a URL apart; nil if it is no `data:` URL with base64.
    init?(_ url: JSONText) {
        // A slash may be escaped; base64 has many.
        let text = url.unescaped
        let header = text.readableBytesView.prefix(Self.headerBytes)
        guard header.prefix(5).elementsEqual("data:".utf8), let comma = header.firstIndex(of: UInt8(ascii: ",")),
            let semicolon = header[..<comma].lastIndex(of: UInt8(ascii: ";")),
            header[semicolon..<comma].elementsEqual(";base64".utf8)
        else { return nil }
        let type = header[header.startIndex + 5..<semicolon].prefix { $0 != UInt8(ascii: ";") }
        mediaType = JSONText(escaping: ByteBuffer(bytes: type))
        let rest = text.getSlice(at: comma + 1, length: text.writerIndex - comma - 1) ?? ByteBuffer()
        // Without an escape before, there is nothing to escape now.
        data = text.readableBytes == url.escaped.readableBytes ? JSONText(escaped: rest) : JSONText(escaping: rest)
    }

    /// A media type with parameters is far below this.
    private static let headerBytes = 256

    /// The URL of a media type and base64.
    static func make(_ mediaType: JSONText, _ data: JSONText) -> JSONText {
        var url = JSONText("data:")
        url.append(mediaType)
        url.append(JSONText(";base64,"))
        url.append(data)
        return url
    }
}

/// Base64 (RFC 4648 section 4), with or without padding.
enum Base64 {
    /// The bytes that text stands for; nil if it is not base64.
    static func decode(_ text: ByteBuffer) -> ByteBuffer? {
        var bytes = ByteBuffer()
        bytes.reserveCapacity(text.readableBytes / 4 * 3 + 3)
        var bits: UInt32 = 0
        var count = 0
        for byte in text.readableBytesView {
            if byte == UInt8(ascii: "=") { break }
            guard let value = value(byte) else { return nil }
            bits = bits << 6 | value
            count += 1
            if count == 4 {
                bytes.writeMultipleIntegers(
                    UInt8(truncatingIfNeeded: bits >> 16), UInt8(truncatingIfNeeded: bits >> 8),
                    UInt8(truncatingIfNeeded: bits))
                bits = 0
                count = 0
            }
        }
        switch count {
        case 1: return nil
        case 2: bytes.writeInteger(UInt8(truncatingIfNeeded: bits >> 4))
        case 3:
            bytes.writeMultipleIntegers(UInt8(truncatingIfNeeded: bits >> 10), UInt8(truncatingIfNeeded: bits >> 2))
        default: break
        }
        return bytes
    }

    /// Text that stands for the bytes, padded.
    static func encode(_ bytes: ByteBuffer) -> ByteBuffer {
        var text = ByteBuffer()
        text.reserveCapacity((bytes.readableBytes + 2) / 3 * 4)
        var rest = bytes.readableBytesView[...]
        while !rest.isEmpty {
            let group = rest.prefix(3)
            rest = rest.dropFirst(3)
            let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << (8 * UInt32(3 - group.count))
            for position in 0..<4 {
                let digit = digits[Int(bits >> (18 - 6 * UInt32(position)) & 63)]
                text.writeInteger(position <= group.count ? digit : UInt8(ascii: "="))
            }
        }
        return text
    }

    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    private static func value(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
