extension JSONScanner {
    /// Everything outside strings, numbers and literals.
    @inline(__always)
    mutating func scanStructure<Visitor: JSONVisitor>(
        _ base: UnsafeRawPointer, _ position: inout Int, _ end: Int, _ visitor: inout Visitor
    ) throws(WireError) {
        let byte = base.load(fromByteOffset: position, as: UInt8.self)
        if byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            position &+= 1
            return
        }
        switch state {
        case .value: try beginValue(byte, &position, &visitor)
        case .firstElement:
            if byte == UInt8(ascii: "]") { try close(byte, &position, &visitor) } else {
                try beginValue(byte, &position, &visitor)
            }
        case .firstName:
            if byte == UInt8(ascii: "}") { try close(byte, &position, &visitor) } else {
                try beginName(byte, &position)
            }
        case .nextName: try beginName(byte, &position)
        case .colon:
            guard byte == UInt8(ascii: ":") else { throw syntaxError(position) }
            position &+= 1
            state = .value
        default: try afterValue(byte, &position, &visitor)
        }
    }

    @inline(__always)
    private mutating func beginName(_ byte: UInt8, _ position: inout Int) throws(WireError) {
        guard byte == UInt8(ascii: "\"") else { throw syntaxError(position) }
        position &+= 1
        name.removeAll()
        isName = true
        state = .string
    }

    @inline(__always)
    private mutating func beginValue<Visitor: JSONVisitor>(
        _ byte: UInt8, _ position: inout Int, _ visitor: inout Visitor
    ) throws(WireError) {
        switch byte {
        case UInt8(ascii: "\""):
            try visitor.beginString(at: chunkStart &+ position, depth: depth)
            isName = false
            state = .string
            position &+= 1
        case UInt8(ascii: "{"): try open(.object, &position, &visitor)
        case UInt8(ascii: "["): try open(.array, &position, &visitor)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            try visitor.beginNumber(at: chunkStart &+ position, depth: depth)
            number = .first
            state = .number
        case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"):
            literal = JSONLiteralProgress(firstByte: byte, at: chunkStart &+ position)
            state = .literal
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
