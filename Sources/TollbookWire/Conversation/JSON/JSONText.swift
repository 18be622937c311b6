package import NIOCore

/// The content of a JSON string, kept escaped as it stands between the quotes.
///
/// Text goes from one body to another without being unescaped: nothing is copied but the bytes, and a spelling that
/// UTF-8 cannot hold (a lone surrogate) survives.
package struct JSONText: Sendable, Equatable {
    /// Valid between two quotes: no quote, backslash or control character stands alone.
    package private(set) var escaped: ByteBuffer

    /// - Parameter escaped: what stands between the quotes of a valid JSON string.
    init(escaped: ByteBuffer) {
        self.escaped = escaped
    }

    package init(_ text: String) {
        self.init(escaping: ByteBuffer(string: text))
    }

    /// - Parameter bytes: UTF-8, such as JSON that becomes the content of a string.
    package init(escaping bytes: ByteBuffer) {
        escaped = ByteBuffer()
        escaped.writeEscaped(bytes)
    }

    package var isEmpty: Bool { escaped.readableBytes == 0 }

    private var hasEscape: Bool {
        escaped.withUnsafeReadableBytes { bytes in
            guard let base = bytes.baseAddress else { return false }
            var position = 0
            while true {
                position = ByteSearch.endOfPlainText(base, from: position, to: bytes.count)
                guard position < bytes.count else { return false }
                if bytes[position] == UInt8(ascii: "\\") { return true }
                position += 1
            }
        }
    }

    /// The text itself as UTF-8; a lone surrogate becomes U+FFFD.
    package var unescaped: ByteBuffer {
        guard hasEscape else { return escaped }
        var collector = Collector(capacity: escaped.readableBytes)
        var scanner = JSONScanner()
        let quote = ByteBuffer(staticString: "\"")
        do throws(WireError) {
            for part in [quote, escaped, quote] {
                try part.withUnsafeReadableBytes { (bytes) throws(WireError) in try scanner.feed(bytes, to: &collector)
                }
            }
        } catch {
            // Cannot be: the content was part of a valid text. What was read so far is what there is.
            return collector.text
        }
        return collector.text
    }

    /// The text itself; a lone surrogate becomes U+FFFD.
    package var string: String { String(buffer: unescaped) }

    /// Whether the text is `other`.
    func equals(_ other: StaticString) -> Bool {
        let count = other.utf8CodeUnitCount
        let mine = escaped.readableBytes
        // An escape takes at most six bytes for one.
        guard mine >= count, mine <= 6 * count else { return false }
        let isSame = escaped.withUnsafeReadableBytes { bytes in
            for index in 0..<count where bytes[index] != other.utf8Start[index] {
                return bytes[index] == UInt8(ascii: "\\") ? nil : false
            }
            return mine == count
        }
        if let isSame { return isSame }
        return unescaped.readableBytesView.elementsEqual(UnsafeBufferPointer(start: other.utf8Start, count: count))
    }

    /// Appends text that follows this one.
    mutating func append(_ more: JSONText) {
        escaped.writeImmutableBuffer(more.escaped)
    }

    /// Lets `case "text":` match.
    static func ~= (pattern: StaticString, text: JSONText) -> Bool { text.equals(pattern) }

    private struct Collector: JSONVisitor {
        var text: ByteBuffer

        init(capacity: Int) {
            text = ByteBuffer()
            text.reserveCapacity(capacity)
        }

        mutating func stringPiece(_ bytes: UnsafeRawBufferPointer) { text.writeBytes(bytes) }
    }
}

extension ByteBuffer {
    /// Appends UTF-8 as it stands inside a JSON string: quotes, backslashes and control characters escaped
    /// (RFC 8259 section 7).
    mutating func writeEscaped(_ text: ByteBuffer) {
        text.withUnsafeReadableBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            var written = 0
            var position = 0
            while position < bytes.count {
                position = ByteSearch.endOfPlainText(base, from: position, to: bytes.count)
                guard position < bytes.count else { break }
                if let escape = Self.escape(bytes[position]) {
                    writeBytes(bytes[written..<position])
                    writeString(escape)
                    written = position + 1
                }
                position += 1
            }
            writeBytes(bytes[written...])
        }
    }

    private static func escape(_ byte: UInt8) -> String? {
        switch byte {
        case UInt8(ascii: "\""): return "\\\""
        case UInt8(ascii: "\\"): return "\\\\"
        case 0x0A: return "\\n"
        case 0x0D: return "\\r"
        case 0x09: return "\\t"
        case 0..<0x20:
            let digits = String(byte, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: return nil
        }
    }
}
