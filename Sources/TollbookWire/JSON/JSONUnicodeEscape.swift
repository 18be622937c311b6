/// Progress through `\uXXXX`, and the high surrogate that waits for its low one.
struct JSONUnicodeEscape: Sendable {
    private(set) var digits = 0
    /// The UTF-16 unit read so far.
    private(set) var unit: UInt32 = 0
    /// 0xD800...0xDBFF while the escape before was one of these, else 0.
    var highSurrogate: UInt32 = 0

    mutating func beginDigits() {
        digits = 0
        unit = 0
    }

    /// Takes the next hexadecimal digit; false if it is none.
    mutating func take(_ byte: UInt8) -> Bool {
        let value: UInt8
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): value = byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): value = byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): value = byte - UInt8(ascii: "A") + 10
        default: return false
        }
        unit = unit << 4 | UInt32(value)
        digits += 1
        return true
    }

    /// A scalar's UTF-8 bytes, the first lowest, and their number.
    static func utf8(_ scalar: UInt32) -> (bytes: UInt32, count: Int) {
        func tail(_ shift: UInt32) -> UInt32 { 0x80 | (scalar >> shift & 0x3F) }
        switch scalar {
        case 0..<0x80: return (scalar, 1)
        case 0x80..<0x800: return (0xC0 | scalar >> 6 | tail(0) << 8, 2)
        case 0x800..<0x1_0000: return (0xE0 | scalar >> 12 | tail(6) << 8 | tail(0) << 16, 3)
        default: return (0xF0 | scalar >> 18 | tail(12) << 8 | tail(6) << 16 | tail(0) << 24, 4)
        }
    }
}
