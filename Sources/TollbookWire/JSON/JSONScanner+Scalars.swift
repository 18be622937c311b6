/// Where in a number (RFC 8259 section 6) the scanner stands.
enum JSONNumber: UInt8, Sendable {
    /// Before the sign or first digit.
    case first
    /// After the minus.
    case minus
    /// After a leading zero.
    case zero
    case integer
    /// After the point.
    case point
    case fraction
    /// After `e`.
    case exponent
    /// After the exponent's sign.
    case exponentSign
    case exponentDigits

    /// Whether the number may end here.
    var mayEnd: Bool {
        switch self {
        case .zero, .integer, .fraction, .exponentDigits: true
        case .first, .minus, .point, .exponent, .exponentSign: false
        }
    }

    /// The state after `byte`; nil if it does not belong to the number.
    @inline(__always)
    func after(_ byte: UInt8) -> JSONNumber? {
        let isDigit = byte &- UInt8(ascii: "0") < 10
        switch self {
        case .integer, .zero:
            if isDigit { return self == .integer ? .integer : nil }
            if byte == UInt8(ascii: ".") { return .point }
            return byte | 0x20 == UInt8(ascii: "e") ? .exponent : nil
        case .fraction:
            if isDigit { return .fraction }
            return byte | 0x20 == UInt8(ascii: "e") ? .exponent : nil
        case .first, .minus:
            if isDigit { return byte == UInt8(ascii: "0") ? .zero : .integer }
            return self == .first && byte == UInt8(ascii: "-") ? .minus : nil
        case .point: return isDigit ? .fraction : nil
        case .exponent:
            if isDigit { return .exponentDigits }
            return byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") ? .exponentSign : nil
        case .exponentSign, .exponentDigits: return isDigit ? .exponentDigits : nil
        }
    }
}

/// Progress through `null`, `true` or `false`.
struct JSONLiteralProgress: Sendable {
    private(set) var kind = JSONLiteral.null
    /// Absolute offset of the first byte.
    private(set) var start = 0
    private(set) var matched = 0

    init() {}

    init(firstByte: UInt8, at start: Int) {
        kind = firstByte == UInt8(ascii: "t") ? .true : firstByte == UInt8(ascii: "f") ? .false : .null
        self.start = start
    }

    private var text: StaticString {
        switch kind {
        case .null: "null"
        case .true: "true"
        case .false: "false"
        }
    }

    var isComplete: Bool { matched == text.utf8CodeUnitCount }

    /// Takes the next byte; false if it is another.
    @inline(__always)
    mutating func take(_ byte: UInt8) -> Bool {
        guard text.utf8Start[matched] == byte else { return false }
        matched &+= 1
        return true
    }
}

extension JSONScanner {
    @inline(__always)
    mutating func scanNumber<Visitor: JSONVisitor>(
        _ base: UnsafeRawPointer, _ position: inout Int, _ end: Int, _ visitor: inout Visitor
    ) throws(WireError) {
        let start = position
        var next = start
        var part = number
        var ended = false
        while next < end {
            guard let following = part.after(base.load(fromByteOffset: next, as: UInt8.self)) else {
                guard part.mayEnd else { throw syntaxError(next) }
                ended = true
                break
            }
            part = following
            next &+= 1
        }
        number = part
        position = next
        visitor.numberPiece(UnsafeRawBufferPointer(start: base + start, count: next &- start))
        if ended { try endNumber(at: chunkStart &+ next, &visitor) }
    }

    mutating func endNumber<Visitor: JSONVisitor>(at offset: Int, _ visitor: inout Visitor) throws(WireError) {
        state = .afterValue
        try visitor.endNumber(at: offset, depth: depth)
    }

    @inline(__always)
    mutating func scanLiteral<Visitor: JSONVisitor>(
        _ base: UnsafeRawPointer, _ position: inout Int, _ end: Int, _ visitor: inout Visitor
    ) throws(WireError) {
        while position < end, !literal.isComplete {
            guard literal.take(base.load(fromByteOffset: position, as: UInt8.self)) else {
                throw syntaxError(position)
            }
            position &+= 1
        }
        guard literal.isComplete else { return }
        state = .afterValue
        try visitor.literal(literal.kind, range: literal.start..<chunkStart &+ position, depth: depth)
    }
}
