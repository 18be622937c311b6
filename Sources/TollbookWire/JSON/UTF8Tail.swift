/// What is still missing of a UTF-8 sequence (RFC 3629, Unicode table 3-7: no overlong forms, no surrogates,
/// nothing above U+10FFFF).
struct UTF8Tail: Sendable {
    /// Continuation bytes to come.
    private(set) var missing: UInt8 = 0
    /// Bounds of the next one; narrower than 0x80...0xBF only for the first.
    private var low: UInt8 = 0x80
    private var high: UInt8 = 0xBF

    init() {}

    /// - Parameter leadByte: a byte of 0x80 or more; nil if no sequence begins with it.
    @inline(__always)
    init?(leadByte: UInt8) {
        switch leadByte {
        case 0xC2...0xDF: missing = 1
        case 0xE0...0xEF:
            missing = 2
            if leadByte == 0xE0 { low = 0xA0 }
            if leadByte == 0xED { high = 0x9F }
        case 0xF0...0xF4:
            missing = 3
            if leadByte == 0xF0 { low = 0x90 }
            if leadByte == 0xF4 { high = 0x8F }
        default: return nil
        }
    }

    /// Takes the next byte; false if it does not belong to the sequence.
    @inline(__always)
    mutating func take(_ byte: UInt8) -> Bool {
        guard byte >= low, byte <= high else { return false }
        low = 0x80
        high = 0xBF
        missing &-= 1
        return true
    }

    /// Moves past the non-ASCII character at `position`; false if it is none or is cut.
    @inline(__always)
    static func skipCharacter(_ base: UnsafeRawPointer, _ position: inout Int, _ end: Int) -> Bool {
        guard var tail = UTF8Tail(leadByte: base.load(fromByteOffset: position, as: UInt8.self)) else { return false }
        position &+= 1
        while tail.missing > 0 {
            guard position < end, tail.take(base.load(fromByteOffset: position, as: UInt8.self)) else { return false }
            position &+= 1
        }
        return true
    }
}
