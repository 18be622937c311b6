/// Searches that look at eight bytes at a time.
///
/// Each byte of a word is tested at once: subtracting 1 from a zero byte (or 0x20 from a smaller one) sets its
/// high bit. A borrow can only spoil bytes above the first hit, so the lowest hit is exact; bytes of 0x80
/// and more are hits of their own where they matter.
package enum ByteSearch {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highs: UInt64 = 0x8080_8080_8080_8080
    private static let spaces: UInt64 = 0x2020_2020_2020_2020
    private static let quotes: UInt64 = 0x2222_2222_2222_2222
    private static let backslashes: UInt64 = 0x5C5C_5C5C_5C5C_5C5C
    private static let lineFeeds: UInt64 = 0x0A0A_0A0A_0A0A_0A0A
    private static let carriageReturns: UInt64 = 0x0D0D_0D0D_0D0D_0D0D

    /// The first position in `start..<end` of a byte that ends a run of plain JSON text: quote, backslash,
    /// control character or non-ASCII; `end` if there is none.
    @inline(__always)
    static func endOfPlainText(_ base: UnsafeRawPointer, from start: Int, to end: Int) -> Int {
        var position = start
        while position &+ 8 <= end {
            let hits = plainTextHits(word(base, position))
            if hits != 0 { return position &+ hits.trailingZeroBitCount / 8 }
            position = endOfPlainBlocks(base, from: position &+ 8, to: end)
        }
        while position < end {
            let byte = base.load(fromByteOffset: position, as: UInt8.self)
            if byte < 0x20 || byte == 0x22 || byte == 0x5C || byte >= 0x80 { return position }
            position &+= 1
        }
        return end
    }

    /// Passes over blocks of 32 plain bytes; long texts are read so, at several bytes a cycle.
    @inline(__always)
    private static func endOfPlainBlocks(_ base: UnsafeRawPointer, from start: Int, to end: Int) -> Int {
        var position = start
        while position &+ 32 <= end {
            let first = plainTextHits(word(base, position)) | plainTextHits(word(base, position &+ 8))
            let second = plainTextHits(word(base, position &+ 16)) | plainTextHits(word(base, position &+ 24))
            if first | second != 0 { return position }
            position &+= 32
        }
        return position
    }

    /// The first position in `start..<end` of CR or LF; `end` if there is none.
    @inline(__always)
    package static func endOfLine(_ base: UnsafeRawPointer, from start: Int, to end: Int) -> Int {
        var position = start
        while position &+ 8 <= end {
            let hits = lineEndHits(word(base, position))
            if hits != 0 { return position &+ hits.trailingZeroBitCount / 8 }
            position &+= 8
        }
        while position < end {
            let byte = base.load(fromByteOffset: position, as: UInt8.self)
            if byte == 0x0A || byte == 0x0D { return position }
            position &+= 1
        }
        return end
    }

    /// Whether `count` bytes are the same.
    @inline(__always)
    static func areEqual(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer, _ count: Int) -> Bool {
        var position = 0
        while position &+ 16 <= count {
            let differences =
                (word(left, position) ^ word(right, position))
                | (word(left, position &+ 8) ^ word(right, position &+ 8))
            if differences != 0 { return false }
            position &+= 16
        }
        while position < count {
            guard
                left.load(fromByteOffset: position, as: UInt8.self)
                    == right.load(fromByteOffset: position, as: UInt8.self)
            else { return false }
            position &+= 1
        }
        return true
    }

    @inline(__always)
    private static func word(_ base: UnsafeRawPointer, _ position: Int) -> UInt64 {
        UInt64(littleEndian: base.loadUnaligned(fromByteOffset: position, as: UInt64.self))
    }

    @inline(__always)
    private static func plainTextHits(_ word: UInt64) -> UInt64 {
        let controls = word &- spaces
        let quoted = (word ^ quotes) &- ones
        let escaped = (word ^ backslashes) &- ones
        return (controls | quoted | escaped | word) & highs
    }

    @inline(__always)
    private static func lineEndHits(_ word: UInt64) -> UInt64 {
        let lineFeed = word ^ lineFeeds
        let carriageReturn = word ^ carriageReturns
        let zeros = ((lineFeed &- ones) & ~lineFeed) | ((carriageReturn &- ones) & ~carriageReturn)
        return zeros & highs
    }
}
