internal import NIOCore

/// Follows the arguments of a tool call as they are streamed, and tells when their JSON object is whole.
///
/// Providers of OpenAI's dialect do not say which call is finished; the arguments themselves do.
struct ArgumentsEnd: Sendable {
    /// Objects and arrays that are open.
    private var depth = 0
    private var isInString = false
    /// Whether the byte before, in a string, was a backslash of the arguments' own.
    private var isEscaped = false
    /// Whether what began with a bracket has been closed.
    private(set) var isWhole = false
    /// Whether anything but white space came.
    private(set) var hasBegun = false

    /// Reads the next piece. A piece is a JSON string of its own, so that none of its escapes is cut.
    mutating func read(_ text: JSONText) {
        text.escaped.withUnsafeReadableBytes { bytes in
            var position = 0
            while position < bytes.count {
                let byte = bytes[position]
                guard byte == UInt8(ascii: "\\"), position + 1 < bytes.count else {
                    take(byte)
                    position += 1
                    continue
                }
                if bytes[position + 1] == UInt8(ascii: "u") {
                    take(Self.character(bytes, position + 2))
                    position += 6
                } else {
                    take(JSONScanner.plainEscape(bytes[position + 1]) ?? bytes[position + 1])
                    position += 2
                }
            }
        }
    }

    /// The character of four hexadecimal digits; those past ASCII are all the same here.
    private static func character(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> UInt8 {
        guard start + 4 <= bytes.count, bytes[start] == UInt8(ascii: "0"), bytes[start + 1] == UInt8(ascii: "0")
        else { return 0xFF }
        let digits = String(decoding: bytes[start + 2..<start + 4], as: UTF8.self)
        return UInt8(digits, radix: 16) ?? 0xFF
    }

    private mutating func take(_ byte: UInt8) {
        if isInString {
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isInString = false
            }
            return
        }
        switch byte {
        case UInt8(ascii: "\""): isInString = true
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            depth -= 1
            if depth == 0 { isWhole = true }
        case 0...0x20: return
        default: break
        }
        hasBegun = true
    }
}
