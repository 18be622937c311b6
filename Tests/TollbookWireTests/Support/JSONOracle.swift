/// A second opinion on what is JSON: recursive descent over the whole text, written after RFC 8259's grammar and
/// sharing nothing with the scanner. Foundation's JSONSerialization is no oracle: it also takes a byte order mark,
/// other encodings and fragments of its own choosing.
struct JSONOracle {
    enum Verdict: Equatable {
        case valid
        case truncated
        case tooDeep
        case invalid
    }

    private enum Fault: Error {
        case end
        case depth
        case other
    }

    private let bytes: [UInt8]
    private let depthLimit: Int
    private var position = 0

    static func judge(_ bytes: [UInt8], depthLimit: Int = 128) -> Verdict {
        var oracle = JSONOracle(bytes: bytes, depthLimit: depthLimit)
        do {
            oracle.space()
            try oracle.value(depth: 0)
            oracle.space()
            return oracle.position == bytes.count ? .valid : .invalid
        } catch Fault.end {
            return .truncated
        } catch Fault.depth {
            return .tooDeep
        } catch {
            return .invalid
        }
    }

    private init(bytes: [UInt8], depthLimit: Int) {
        self.bytes = bytes
        self.depthLimit = depthLimit
    }

    private func peek() throws -> UInt8 {
        guard position < bytes.count else { throw Fault.end }
        return bytes[position]
    }

    private mutating func take() throws -> UInt8 {
        let byte = try peek()
        position += 1
        return byte
    }

    private mutating func space() {
        while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
    }

    private mutating func value(depth: Int) throws {
        switch try peek() {
        case UInt8(ascii: "{"): try object(depth: depth + 1)
        case UInt8(ascii: "["): try array(depth: depth + 1)
        case UInt8(ascii: "\""): try string()
        case UInt8(ascii: "t"): try word("true")
        case UInt8(ascii: "f"): try word("false")
        case UInt8(ascii: "n"): try word("null")
        default: try number()
        }
    }

    private mutating func word(_ word: String) throws {
        for byte in word.utf8 where try take() != byte { throw Fault.other }
    }

    private mutating func object(depth: Int) throws {
        guard depth <= depthLimit else { throw Fault.depth }
        position += 1
        space()
        if try peek() == UInt8(ascii: "}") {
            position += 1
            return
        }
        while true {
            guard try peek() == UInt8(ascii: "\"") else { throw Fault.other }
            try string()
            space()
            guard try take() == UInt8(ascii: ":") else { throw Fault.other }
            space()
            try value(depth: depth)
            space()
            let next = try take()
            if next == UInt8(ascii: "}") { return }
            guard next == UInt8(ascii: ",") else { throw Fault.other }
            space()
        }
    }

    private mutating func array(depth: Int) throws {
        guard depth <= depthLimit else { throw Fault.depth }
        position += 1
        space()
        if try peek() == UInt8(ascii: "]") {
            position += 1
            return
        }
        while true {
            try value(depth: depth)
            space()
            let next = try take()
            if next == UInt8(ascii: "]") { return }
            guard next == UInt8(ascii: ",") else { throw Fault.other }
            space()
        }
    }

    private mutating func string() throws {
        position += 1
        while true {
            let byte = try take()
            switch byte {
            case UInt8(ascii: "\""): return
            case UInt8(ascii: "\\"): try escape()
            case 0..<0x20: throw Fault.other
            case 0x80...: try character(byte)
            default: continue
            }
        }
    }

    private mutating func escape() throws {
        let byte = try take()
        if byte == UInt8(ascii: "u") {
            for _ in 0..<4 {
                guard Character(UnicodeScalar(try take())).isHexDigit, bytes[position - 1] < 0x80 else {
                    throw Fault.other
                }
            }
        } else if !"\"\\/bfnrt".utf8.contains(byte) {
            throw Fault.other
        }
    }

    /// Decodes arithmetically and judges the number, where the scanner compares with a table of byte ranges.
    private mutating func character(_ lead: UInt8) throws {
        let length = (~lead).leadingZeroBitCount
        guard (2...4).contains(length) else { throw Fault.other }
        var scalar = UInt32(lead) & (0x7F >> UInt32(length))
        for index in 1..<length {
            // A bad prefix is refused before the text's end can be: overlong, surrogate and too-large sequences
            // show at the second byte.
            if index == 1, position < bytes.count { try checkSecond(lead, bytes[position], length) }
            if index == 1, position >= bytes.count { try checkLead(lead) }
            let byte = try take()
            guard byte & 0xC0 == 0x80 else { throw Fault.other }
            scalar = scalar << 6 | UInt32(byte & 0x3F)
        }
        let least: [UInt32] = [0, 0, 0x80, 0x800, 0x1_0000]
        guard scalar >= least[length], scalar <= 0x10_FFFF, !(0xD800...0xDFFF).contains(scalar) else {
            throw Fault.other
        }
    }

    private func checkLead(_ lead: UInt8) throws {
        if lead < 0xC2 || lead > 0xF4 { throw Fault.other }
    }

    private func checkSecond(_ lead: UInt8, _ second: UInt8, _ length: Int) throws {
        try checkLead(lead)
        // The smallest and largest scalar that the two bytes can still become.
        let bits = UInt32(6 * (length - 2))
        let low = ((UInt32(lead) & (0x7F >> UInt32(length))) << 6 | UInt32(second & 0x3F)) << bits
        let high = low | (1 << bits - 1)
        let least: [UInt32] = [0, 0, 0x80, 0x800, 0x1_0000]
        if high < least[length] || low > 0x10_FFFF || (low >= 0xD800 && high <= 0xDFFF) { throw Fault.other }
    }

    private mutating func number() throws {
        if try peek() == UInt8(ascii: "-") { position += 1 }
        let first = try take()
        guard (0x30...0x39).contains(first) else { throw Fault.other }
        if first != UInt8(ascii: "0") { digits() }
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            position += 1
            try someDigits()
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            let sign = try peek()
            if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { position += 1 }
            try someDigits()
        }
    }

    private mutating func someDigits() throws {
        guard (0x30...0x39).contains(try take()) else { throw Fault.other }
        digits()
    }

    private mutating func digits() {
        while position < bytes.count, (0x30...0x39).contains(bytes[position]) { position += 1 }
    }
}
