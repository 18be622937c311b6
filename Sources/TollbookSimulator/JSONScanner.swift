/// Walks JSON text (RFC 8259) in place: checks its structure and gives the byte ranges of members and elements.
///
/// It copies nothing and keeps nothing; numbers and UTF-8 are not checked beyond their alphabet. Nesting is limited
/// by ``SimulatorLimits/nestingDepth``.
struct JSONScanner {
    private let bytes: UnsafeRawBufferPointer
    private var position: Int

    /// - Parameter bytes: must outlive the scanner; ranges are offsets into it.
    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        position = 0
    }

    /// Calls `visit` with the key (between its quotes) and the value of each member of the object in `range`.
    ///
    /// - Returns: false if `range` is not exactly one well-formed object, nil range meaning the whole text. Members
    ///   before a mistake have been visited then.
    mutating func members(in range: Range<Int>? = nil, visit: (_ key: Range<Int>, _ value: Range<Int>) -> Void) -> Bool
    {
        let limited = within(range)
        position = limited.lowerBound
        guard accept("{") else { return false }
        if accept("}") { return atEnd(limited.upperBound) }
        repeat {
            skipSpace()
            let start = position
            guard skipString() else { return false }
            let key = start + 1..<position - 1
            guard accept(":"), let value = skippedValue() else { return false }
            visit(key, value)
        } while accept(",")
        return accept("}") && atEnd(limited.upperBound)
    }

    /// Calls `visit` with each element of the array in `range`.
    ///
    /// - Returns: false if `range` is not exactly one well-formed array.
    mutating func elements(in range: Range<Int>, visit: (Range<Int>) -> Void) -> Bool {
        position = range.lowerBound
        guard accept("[") else { return false }
        if accept("]") { return atEnd(range.upperBound) }
        repeat {
            guard let value = skippedValue() else { return false }
            visit(value)
        } while accept(",")
        return accept("]") && atEnd(range.upperBound)
    }

    private func within(_ range: Range<Int>?) -> Range<Int> { range ?? 0..<bytes.count }

    private mutating func atEnd(_ end: Int) -> Bool {
        skipSpace()
        return position == end
    }

    private mutating func skippedValue() -> Range<Int>? {
        skipSpace()
        let start = position
        return skipValue(depth: 1) ? start..<position : nil
    }

    private mutating func skipValue(depth: Int) -> Bool {
        guard depth < SimulatorLimits.nestingDepth, position < bytes.count else { return false }
        switch bytes[position] {
        case UInt8(ascii: "\""): return skipString()
        case UInt8(ascii: "{"): return skipContainer(closedBy: "}", keyed: true, depth: depth)
        case UInt8(ascii: "["): return skipContainer(closedBy: "]", keyed: false, depth: depth)
        case UInt8(ascii: "t"): return skipLiteral("true")
        case UInt8(ascii: "f"): return skipLiteral("false")
        case UInt8(ascii: "n"): return skipLiteral("null")
        default: return skipNumber()
        }
    }

    private mutating func skipContainer(closedBy end: Unicode.Scalar, keyed: Bool, depth: Int) -> Bool {
        position += 1
        if accept(end) { return true }
        repeat {
            skipSpace()
            if keyed {
                guard skipString(), accept(":") else { return false }
                skipSpace()
            }
            guard skipValue(depth: depth + 1) else { return false }
        } while accept(",")
        return accept(end)
    }

    private mutating func skipString() -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { return false }
        position += 1
        while true {
            skipPlainText()
            guard position < bytes.count else { return false }
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return true
            case UInt8(ascii: "\\"):
                position += 2
            default:
                // A control character, which JSON wants escaped.
                return false
            }
        }
    }

    /// Moves to the next quote, backslash or control character, eight bytes at a time: prompts are long.
    private mutating func skipPlainText() {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        while position + 8 <= bytes.count {
            let word = bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            let quotes = word ^ (ones &* 0x22)
            let slashes = word ^ (ones &* 0x5c)
            let control = (word &- ones &* 0x20) & ~word
            let special = ((quotes &- ones) & ~quotes) | ((slashes &- ones) & ~slashes) | control
            if special & highs != 0 { break }
            position += 8
        }
        while position < bytes.count {
            let byte = bytes[position]
            if byte == 0x22 || byte == 0x5c || byte < 0x20 { return }
            position += 1
        }
    }

    private mutating func skipLiteral(_ literal: StaticString) -> Bool {
        let length = literal.utf8CodeUnitCount
        guard position + length <= bytes.count else { return false }
        for offset in 0..<length where bytes[position + offset] != literal.utf8Start[offset] { return false }
        position += length
        return true
    }

    private mutating func skipNumber() -> Bool {
        let start = position
        while position < bytes.count {
            switch bytes[position] {
            case 0x30...0x39, UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "e"),
                UInt8(ascii: "E"):
                position += 1
            default: return position > start
            }
        }
        return position > start
    }

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0a, 0x0d, 0x09: position += 1
            default: return
            }
        }
    }

    /// Skips space and takes `scalar` if it is next.
    private mutating func accept(_ scalar: Unicode.Scalar) -> Bool {
        skipSpace()
        guard position < bytes.count, bytes[position] == UInt8(ascii: scalar) else { return false }
        position += 1
        return true
    }
}
