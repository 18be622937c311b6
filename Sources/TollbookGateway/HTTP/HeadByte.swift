/// The classes of bytes that a head is made of.
enum HeadByte {
    static let carriageReturn = UInt8(ascii: "\r")
    static let lineFeed = UInt8(ascii: "\n")
    static let space = UInt8(ascii: " ")
    static let tab = UInt8(ascii: "\t")

    /// Bits of `!#$%&'*+-.^_`|~`, digits and letters: codes 0 to 63, and 64 to 127.
    private static let lowTokens: UInt64 = 0x03FF_6CFA_0000_0000
    private static let highTokens: UInt64 = 0x57FF_FFFF_C7FF_FFFE

    /// Whether a byte may stand in a method or a field's name (RFC 9110, section 5.6.2).
    @inline(__always)
    static func isToken(_ byte: UInt8) -> Bool {
        let bits = byte < 64 ? lowTokens : highTokens
        return byte < 128 && bits >> UInt64(byte & 63) & 1 == 1
    }

    /// Whether a byte may stand in a field's value (RFC 9110, section 5.5).
    @inline(__always)
    static func isValue(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != 0x7F || byte == tab
    }

    /// Whether a byte may stand in a request's target: visible ASCII.
    @inline(__always)
    static func isTarget(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7F
    }
}
