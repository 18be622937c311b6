internal import NIOCore

/// A `data:` URL (RFC 2397) in its parts, its data as base64.
struct DataURL {
    let mediaType: JSONText
    let data: JSONText

    /// Whether it is a `data:` URL, readable or not: no provider could fetch anything there.
    static func isData(_ url: JSONText) -> Bool {
        let scheme = url.escaped.readableBytesView.prefix(5)
        return scheme.count == 5 && String(decoding: scheme, as: UTF8.self).lowercased() == "data:"
    }

    /// Takes a URL apart; nil if it is no `data:` URL, or one whose data cannot be read.
    init?(_ url: JSONText) {
        guard Self.isData(url) else { return nil }
        // A slash may be escaped; base64 has many.
        let text = url.unescaped
        if let base64 = DataURL(base64: text, isPlain: text.readableBytes == url.escaped.readableBytes) {
            self = base64
        } else if let encoded = DataURL(percentEncoded: text) {
            self = encoded
        } else {
            return nil
        }
    }

    private init(mediaType: JSONText, data: JSONText) {
        self.mediaType = mediaType
        self.data = data
    }

    /// - Parameter isPlain: whether nothing in it was escaped.
    private init?(base64 text: ByteBuffer, isPlain: Bool) {
        let header = text.readableBytesView.prefix(Self.headerBytes)
        guard let comma = header.firstIndex(of: UInt8(ascii: ",")),
            let semicolon = header[..<comma].lastIndex(of: UInt8(ascii: ";")),
            header[semicolon..<comma].elementsEqual(";base64".utf8)
        else { return nil }
        let type = header[header.startIndex + 5..<semicolon].prefix { $0 != UInt8(ascii: ";") }
        mediaType = JSONText(escaping: ByteBuffer(bytes: type))
        let rest = text.getSlice(at: comma + 1, length: text.writerIndex - comma - 1) ?? ByteBuffer()
        // Without an escape before, there is nothing to escape now.
        data = isPlain ? JSONText(escaped: rest) : JSONText(escaping: rest)
    }

    /// Data as percent-encoded bytes (RFC 3986 section 2.1), of type text/plain where none is told.
    private init?(percentEncoded text: ByteBuffer) {
        let bytes = text.readableBytesView
        guard let comma = bytes.prefix(Self.headerBytes).firstIndex(of: UInt8(ascii: ",")) else { return nil }
        var data = ByteBuffer()
        var position = comma + 1
        while position < bytes.endIndex {
            var byte = bytes[position]
            if byte == UInt8(ascii: "%") {
                let digits = bytes[position...].dropFirst().prefix(2)
                guard digits.count == 2, let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16) else {
                    return nil
                }
                byte = value
                position += 2
            }
            data.writeInteger(byte)
            position += 1
        }
        let type = bytes[(bytes.startIndex + 5)..<comma].prefix { $0 != UInt8(ascii: ";") }
        self.init(
            mediaType: type.isEmpty ? JSONText("text/plain") : JSONText(escaping: ByteBuffer(bytes: type)),
            data: JSONText(escaped: Base64.encode(data)))
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
