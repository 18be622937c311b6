/// The id of one request: a 63-bit, time-ordered integer made by the process; in text `req_` and
/// thirteen Crockford base32 digits.
///
/// Layout, high to low: 42 bits of milliseconds since 1970, 5 bits of node, 16 bits of counter. Text
/// order is time order.
package struct RequestID: Hashable, Comparable, Sendable {
    package let rawValue: Int64

    /// - Precondition: `rawValue` is not negative.
    package init(rawValue: Int64) {
        precondition(rawValue >= 0, "request ids have 63 bits")
        self.rawValue = rawValue
    }

    package static func < (left: RequestID, right: RequestID) -> Bool {
        left.rawValue < right.rawValue
    }

    /// The lowest id that a request of this millisecond can have.
    package static func first(atMillis millis: Int64) -> RequestID {
        RequestID(rawValue: max(0, millis) << 21)
    }

    private static let digits = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
    private static let prefix = Array("req_".utf8)
    private static let digitCount = 13

    /// The text form, for example `req_01jd3kz9v0004`.
    package var text: String {
        String(unsafeUninitializedCapacity: Self.textBytes) { buffer in
            writeText(to: UnsafeMutableRawBufferPointer(buffer))
            return Self.textBytes
        }
    }

    /// Bytes of the text form.
    package static let textBytes = 17

    /// Writes the text form to the front of memory that has room for it, without making a string.
    package func writeText(to memory: UnsafeMutableRawBufferPointer) {
        precondition(memory.count >= Self.textBytes, "the text form has 17 bytes")
        for index in 0..<Self.prefix.count { memory[index] = Self.prefix[index] }
        var value = UInt64(rawValue)
        for index in stride(from: Self.digitCount - 1, through: 0, by: -1) {
            memory[Self.prefix.count + index] = Self.digits[Int(value & 31)]
            value >>= 5
        }
    }

    /// Parses the text form; letters may be upper case, and `i l o` read as `1 1 0` (Crockford).
    package init?(text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count == Self.prefix.count + Self.digitCount, bytes.starts(with: Self.prefix) else { return nil }
        var value: UInt64 = 0
        for byte in bytes[Self.prefix.count...] {
            guard let digit = Self.value(ofDigit: byte), value >> 58 == 0 else { return nil }
            value = value << 5 | UInt64(digit)
        }
        self.init(rawValue: Int64(value))
    }

    private static func value(ofDigit byte: UInt8) -> Int? {
        let lower = byte >= 65 && byte <= 90 ? byte + 32 : byte
        switch lower {
        case UInt8(ascii: "i"), UInt8(ascii: "l"): return 1
        case UInt8(ascii: "o"): return 0
        default: return digits.firstIndex(of: lower)
        }
    }
}

/// Makes request ids that ascend with the wall clock, and stay apart when it is set back.
///
/// A small step back is sat out: ids go on from the last millisecond, so that they keep ascending. After a larger one
/// they follow the clock, because reports look for a request near its time; each such step moves to the next eighth
/// of a millisecond's numbers, so that a time that comes twice makes other ids.
///
/// Not thread-safe: wrap it in a lock, or give each event loop one of its own with its own node number.
package struct RequestIDGenerator: Sendable {
    /// Steps back that are sat out; half of what reports allow between an id and the time of acceptance.
    package static let satOutMillis: Int64 = 30 * 60 * 1_000
    /// Ids of one millisecond between two steps.
    private static let numbersPerStep: Int64 = 1 << 13

    private let node: Int64
    private var lastMillis: Int64
    private var counter: Int64
    /// The first number of a millisecond.
    private var base: Int64

    /// - Parameters:
    ///   - node: 0 to 31; distinct for generators whose ids meet in one ledger.
    ///   - last: the newest id that the ledger has; ids come after it, or from other numbers.
    package init(node: Int, after last: RequestID? = nil) {
        precondition((0..<32).contains(node), "node numbers have 5 bits")
        self.node = Int64(node)
        lastMillis = last.map { $0.rawValue >> 21 } ?? 0
        counter = last.map { $0.rawValue & 0xFFFF } ?? 0
        base = counter / Self.numbersPerStep * Self.numbersPerStep
    }

    /// The next id. A millisecond whose numbers are used up borrows those of the next one.
    package mutating func next(nowMicros: Int64) -> RequestID {
        let millis = max(0, nowMicros / 1_000)
        if millis < lastMillis - Self.satOutMillis {
            base = (base + Self.numbersPerStep) & 0xFFFF
            begin(millis)
        } else if millis > lastMillis {
            begin(millis)
        } else {
            counter += 1
            if counter == base + Self.numbersPerStep { begin(lastMillis + 1) }
        }
        return RequestID(rawValue: lastMillis << 21 | node << 16 | counter)
    }

    private mutating func begin(_ millis: Int64) {
        lastMillis = millis
        counter = base
    }
}
