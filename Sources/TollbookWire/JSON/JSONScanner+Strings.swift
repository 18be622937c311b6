extension JSONScanner {
    /// Reads text up to the string's end, an escape, or the chunk's end.
    @inline(__always)
    mutating func scanString<Visitor: JSONVisitor>(
        _ base: UnsafeRawPointer, _ position: inout Int, _ end: Int, _ visitor: inout Visitor
    ) throws(WireError) {
        let start = position
        if unicode.highSurrogate != 0, base.load(fromByteOffset: start, as: UInt8.self) != UInt8(ascii: "\\") {
            deliverLoneSurrogate(&visitor)
        }
        var next = start
        while true {
            next = ByteSearch.endOfPlainText(base, from: next, to: end)
            guard next < end else { break }
            let byte = base.load(fromByteOffset: next, as: UInt8.self)
            if byte >= 0x80 {
                try skipCharacters(base, &next, end)
            } else {
                deliver(base, start, next, &visitor)
                position = next &+ 1
                if byte == UInt8(ascii: "\"") { return try endString(position, &visitor) }
                guard byte == UInt8(ascii: "\\") else { throw syntaxError(next) }
                state = .escape
                return
            }
        }
        deliver(base, start, end, &visitor)
        position = end
    }

    /// Skips whole non-ASCII characters; one that the chunk's end cuts is left to `scanCharacter`.
    @inline(__always)
    private mutating func skipCharacters(
        _ base: UnsafeRawPointer, _ next: inout Int, _ end: Int
    ) throws(WireError) {
        while next < end {
            let byte = base.load(fromByteOffset: next, as: UInt8.self)
            guard byte >= 0x80 else { return }
            guard var tail = UTF8Tail(leadByte: byte) else { throw WireError(.invalidUTF8, at: chunkStart + next) }
            next &+= 1
            while tail.missing > 0 {
                guard next < end else {
                    character = tail
                    state = .character
                    return
                }
                guard tail.take(base.load(fromByteOffset: next, as: UInt8.self)) else {
                    throw WireError(.invalidUTF8, at: chunkStart + next)
                }
                next &+= 1
            }
        }
    }

    /// Goes on with a character that began in an earlier chunk.
    mutating func scanCharacter<Visitor: JSONVisitor>(
        _ base: UnsafeRawPointer, _ position: inout Int, _ end: Int, _ visitor: inout Visitor
    ) throws(WireError) {
        let start = position
        while position < end, character.missing > 0 {
            guard character.take(base.load(fromByteOffset: position, as: UInt8.self)) else {
                throw WireError(.invalidUTF8, at: chunkStart + position)
            }
            position &+= 1
        }
        deliver(base, start, position, &visitor)
        if character.missing == 0 { state = .string }
    }

    @inline(__always)
    private mutating func endString<Visitor: JSONVisitor>(
        _ position: Int, _ visitor: inout Visitor
    ) throws(WireError) {
        if isName {
            state = .colon
            let offset = chunkStart &+ position
            try namePieces.withName { (name) throws(WireError) in
                try visitor.name(name, at: offset, depth: depth)
            }
        } else {
            state = .afterValue
            try visitor.endString(at: chunkStart &+ position, depth: depth)
        }
    }

    /// Hands text on to the name or the visitor.
    @inline(__always)
    private mutating func deliver<Visitor: JSONVisitor>(
        _ base: UnsafeRawPointer, _ start: Int, _ end: Int, _ visitor: inout Visitor
    ) {
        guard start < end else { return }
        deliver(UnsafeRawBufferPointer(start: base + start, count: end &- start), &visitor)
    }

    /// What a backslash and `byte` stand for; nil if they are no escape, or `\u`.
    @inline(__always)
    static func plainEscape(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): byte
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "t"): 0x09
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        default: nil
        }
    }

    /// Takes the byte after a backslash.
    @inline(__always)
    mutating func scanEscape<Visitor: JSONVisitor>(
        _ base: UnsafeRawPointer, _ position: inout Int, _ visitor: inout Visitor
    ) throws(WireError) {
        let byte = base.load(fromByteOffset: position, as: UInt8.self)
        if byte == UInt8(ascii: "u") {
            unicode.beginDigits()
            state = .unicode
        } else {
            if unicode.highSurrogate != 0 { deliverLoneSurrogate(&visitor) }
            guard let plain = Self.plainEscape(byte) else { throw syntaxError(position) }
            deliver(UInt32(plain), 1, &visitor)
            state = .string
        }
        position &+= 1
    }

    /// Takes one digit of `\u`.
    mutating func scanUnicode<Visitor: JSONVisitor>(
        _ base: UnsafeRawPointer, _ position: inout Int, _ visitor: inout Visitor
    ) throws(WireError) {
        guard unicode.take(base.load(fromByteOffset: position, as: UInt8.self)) else { throw syntaxError(position) }
        position &+= 1
        guard unicode.digits == 4 else { return }
        state = .string
        let unit = unicode.unit
        if unicode.highSurrogate != 0 {
            if (0xDC00...0xDFFF).contains(unit) {
                let scalar = 0x1_0000 + (unicode.highSurrogate - 0xD800) << 10 + (unit - 0xDC00)
                unicode.highSurrogate = 0
                return deliver(scalar: scalar, &visitor)
            }
            deliverLoneSurrogate(&visitor)
        }
        switch unit {
        case 0xD800...0xDBFF: unicode.highSurrogate = unit
        case 0xDC00...0xDFFF: deliver(scalar: 0xFFFD, &visitor)
        default: deliver(scalar: unit, &visitor)
        }
    }

    private mutating func deliverLoneSurrogate<Visitor: JSONVisitor>(_ visitor: inout Visitor) {
        unicode.highSurrogate = 0
        deliver(scalar: 0xFFFD, &visitor)
    }

    private mutating func deliver<Visitor: JSONVisitor>(scalar: UInt32, _ visitor: inout Visitor) {
        let (bytes, count) = JSONUnicodeEscape.utf8(scalar)
        deliver(bytes, count, &visitor)
    }

    /// Hands on up to four bytes, the first lowest.
    @inline(__always)
    private mutating func deliver<Visitor: JSONVisitor>(_ bytes: UInt32, _ count: Int, _ visitor: inout Visitor) {
        withUnsafeBytes(of: bytes.littleEndian) { all in
            deliver(UnsafeRawBufferPointer(rebasing: all[0..<count]), &visitor)
        }
    }

    @inline(__always)
    private mutating func deliver<Visitor: JSONVisitor>(_ bytes: UnsafeRawBufferPointer, _ visitor: inout Visitor) {
        if isName { namePieces.append(bytes) } else { visitor.stringPiece(bytes) }
    }
}
