/// Reads and writes JSON strings and small values.
enum JSONText {
    /// Whether the key or string content in `range` is exactly `text`, compared after unescaping.
    static func matches(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, _ text: StaticString) -> Bool {
        let length = text.utf8CodeUnitCount
        if range.count == length {
            for offset in 0..<length where bytes[range.lowerBound + offset] != text.utf8Start[offset] { return false }
            return true
        }
        guard range.count > length, bytes[range].contains(UInt8(ascii: "\\")) else { return false }
        return unescaped(bytes, range) == text.description
    }

    /// The content of the string value in `range` (with its quotes), or nil if the value is no string.
    static func content(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Range<Int>? {
        guard range.count >= 2, bytes[range.lowerBound] == UInt8(ascii: "\"") else { return nil }
        return range.lowerBound + 1..<range.upperBound - 1
    }

    /// The string value in `range` unescaped, or nil if the value is no string.
    static func string(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> String? {
        content(bytes, range).map { unescaped(bytes, $0) }
    }

    /// The integer value in `range`; nil for anything else, also for `1.0`.
    static func integer(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Int? {
        guard range.count <= 20 else { return nil }
        return Int(String(decoding: bytes[range], as: UTF8.self))
    }

    /// Whether the value in `range` is `true`.
    static func isTrue(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Bool {
        range.count == 4 && bytes[range.lowerBound] == UInt8(ascii: "t")
    }

    /// String content with its escapes undone; a broken escape or surrogate becomes U+FFFD.
    static func unescaped(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> String {
        guard bytes[range].contains(UInt8(ascii: "\\")) else { return String(decoding: bytes[range], as: UTF8.self) }
        var units: [UInt16] = []
        let source = String(decoding: bytes[range], as: UTF8.self).utf16
        var index = source.startIndex
        while index < source.endIndex {
            let unit = source[index]
            index = source.index(after: index)
            guard unit == 0x5c, index < source.endIndex else {
                units.append(unit)
                continue
            }
            let kind = source[index]
            index = source.index(after: index)
            guard kind == 0x75 else {
                units.append(plainEscape(kind))
                continue
            }
            let end = source.index(index, offsetBy: 4, limitedBy: source.endIndex) ?? source.endIndex
            units.append(UInt16(String(decoding: source[index..<end], as: UTF16.self), radix: 16) ?? 0xfffd)
            index = end
        }
        return String(decoding: units, as: UTF16.self)
    }

    /// `text` as the content of a JSON string.
    static func escaped(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 0x20 || $0 == 0x22 || $0 == 0x5c }) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func plainEscape(_ kind: UInt16) -> UInt16 {
        switch kind {
        case 0x6e: 0x0a
        case 0x74: 0x09
        case 0x72: 0x0d
        case 0x62: 0x08
        case 0x66: 0x0c
        default: kind
        }
    }
}
