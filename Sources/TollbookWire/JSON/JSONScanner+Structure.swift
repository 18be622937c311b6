extension JSONScanner {
    /// Everything outside strings, numbers and literals, up to where one of these goes on.
    mutating func scanStructure<Visitor: JSONVisitor>(
        _ base: UnsafeRawPointer, _ position: inout Int, _ end: Int, _ visitor: inout Visitor
    ) throws(WireError) {
        // The state comes first: inside a string white space is not to be passed over.
        while position < end, state.isStructural {
            let byte = base.load(fromByteOffset: position, as: UInt8.self)
            if byte <= 0x20 {
                guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else {
                    throw syntaxError(position)
                }
                position &+= 1
                continue
            }
            switch state {
            case .afterValue: try afterValue(byte, &position, &visitor)
            case .nextName: try beginName(base, &position, end, &visitor)
            case .colon:
                guard byte == UInt8(ascii: ":") else { throw syntaxError(position) }
                position &+= 1
                state = .value
            case .value: try beginValue(base, byte, &position, end, &visitor)
            case .firstName:
                if byte == UInt8(ascii: "}") { try close(byte, &position, &visitor) } else { state = .nextName }
            case .firstElement:
                if byte == UInt8(ascii: "]") { try close(byte, &position, &visitor) } else { state = .value }
            default: return
            }
        }
    }

    @inline(__always)
    private mutating func beginName<Visitor: JSONVisitor>(
        _ base: UnsafeRawPointer, _ position: inout Int, _ end: Int, _ visitor: inout Visitor
    ) throws(WireError) {
        guard base.load(fromByteOffset: position, as: UInt8.self) == UInt8(ascii: "\"") else {
            throw syntaxError(position)
        }
        position &+= 1
        // Nearly all names end where they begin: in this chunk, without an escape.
        let close = ByteSearch.endOfPlainText(base, from: position, to: end)
        if close < end, base.load(fromByteOffset: close, as: UInt8.self) == UInt8(ascii: "\"") {
            let bytes = UnsafeRawBufferPointer(start: base + position, count: close &- position)
            position = close &+ 1
            state = .colon
            return try visitor.name(
                JSONName(bytes, length: bytes.count), at: chunkStart &+ position, depth: depth)
        }
        namePieces.removeAll()
        isName = true
        state = .string
    }

    @inline(__always)
    private mutating func beginValue<Visitor: JSONVisitor>(
        _ base: UnsafeRawPointer, _ byte: UInt8, _ position: inout Int, _ end: Int, _ visitor: inout Visitor
    ) throws(WireError) {
        switch byte {
        case UInt8(ascii: "\""):
            try visitor.beginString(at: chunkStart &+ position, depth: depth)
            isName = false
            position &+= 1
            state = .string
            if position < end { try scanString(base, &position, end, &visitor) }
        case UInt8(ascii: "{"): try open(.object, &position, &visitor)
        case UInt8(ascii: "["): try open(.array, &position, &visitor)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            try visitor.beginNumber(at: chunkStart &+ position, depth: depth)
            number = .first
            state = .number
            try scanNumber(base, &position, end, &visitor)
        case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"):
            literal = JSONLiteralProgress(firstByte: byte, at: chunkStart &+ position)
            state = .literal
            try scanLiteral(base, &position, end, &visitor)
        default: throw syntaxError(position)
        }
    }

    @inline(__always)
    private mutating func open<Visitor: JSONVisitor>(
        _ container: JSONContainer, _ position: inout Int, _ visitor: inout Visitor
    ) throws(WireError) {
        guard depth < depthLimit else { throw WireError(.tooDeep, at: chunkStart &+ position) }
        depth &+= 1
        arrays = arrays << 1 | (container == .array ? 1 : 0)
        state = container == .array ? .firstElement : .firstName
        try visitor.begin(container, at: chunkStart &+ position, depth: depth)
        position &+= 1
    }

    @inline(__always)
    private mutating func afterValue<Visitor: JSONVisitor>(
        _ byte: UInt8, _ position: inout Int, _ visitor: inout Visitor
    ) throws(WireError) {
        guard byte == UInt8(ascii: ","), depth > 0 else { return try close(byte, &position, &visitor) }
        position &+= 1
        state = arrays & 1 == 1 ? .value : .nextName
    }

    /// Takes the bracket that closes the innermost container.
    @inline(__always)
    private mutating func close<Visitor: JSONVisitor>(
        _ byte: UInt8, _ position: inout Int, _ visitor: inout Visitor
    ) throws(WireError) {
        let isArray = arrays & 1 == 1
        guard depth > 0, byte == (isArray ? UInt8(ascii: "]") : UInt8(ascii: "}")) else {
            throw syntaxError(position)
        }
        position &+= 1
        try visitor.end(isArray ? .array : .object, at: chunkStart &+ position, depth: depth)
        depth &-= 1
        arrays >>= 1
        state = .afterValue
    }
}
