/// The numbers of Bedrock's usage object.
struct ConverseUsageNumbers {
    enum Key: Int, CaseIterable {
        case input, output, total, cacheRead, cacheWrite

        /// Counted once: `allCases` is an array made anew each time.
        static let count = allCases.count
    }

    private enum Number: Equatable {
        case absent
        case unusable
        case value(Int64)
    }

    private var visitor = Visitor()

    /// Tokens written to the cache for so long, of `cacheDetails`.
    var written5m: Int64 { visitor.written5m }
    var written1h: Int64 { visitor.written1h }

    /// Reads an object; false if it is not valid JSON.
    mutating func read(_ raw: UnsafeRawBufferPointer) -> Bool {
        var scanner = JSONScanner()
        do throws(WireError) {
            try scanner.feed(raw, to: &visitor)
            try scanner.finish(&visitor)
        } catch {
            return false
        }
        return true
    }

    /// A usable number; nil when it is absent, null or unusable.
    subscript(key: Key) -> Int64? {
        guard case .value(let value) = visitor.numbers[key.rawValue] else { return nil }
        return value
    }

    var hasUnusablePart: Bool { visitor.hasUnusableDetail || visitor.numbers.contains(.unusable) }

    /// Depth 1 is the usage object, 3 an element of its `cacheDetails`: `{"ttl":"5m","inputTokens":…}`.
    private struct Visitor: JSONVisitor {
        private enum Detail {
            case none, ttl, tokens
        }

        var numbers = [Number](repeating: .absent, count: Key.count)
        private(set) var written5m: Int64 = 0
        private(set) var written1h: Int64 = 0
        private(set) var hasUnusableDetail = false
        private var key: Key?
        private var integer = PlainInteger()
        /// Whether `cacheDetails` is being read, and which member of its element.
        private var isInDetails = false
        private var detail = Detail.none
        private var ttl = JSONNamePieces()
        private var tokens: Int64 = 0

        mutating func name(_ name: JSONName, at offset: Int, depth: Int) throws(WireError) {
            key = nil
            detail = .none
            if depth == 1 {
                isInDetails = name.equals("cacheDetails")
                key = Self.key(name)
            } else if depth == 3, isInDetails {
                detail = name.equals("ttl") ? .ttl : name.equals("inputTokens") ? .tokens : .none
            }
        }

        private static func key(_ name: JSONName) -> Key? {
            switch name.length {
            case 11: name.equals("inputTokens") ? .input : name.equals("totalTokens") ? .total : nil
            case 12: name.equals("outputTokens") ? .output : nil
            case 20: name.equals("cacheReadInputTokens") ? .cacheRead : nil
            case 21: name.equals("cacheWriteInputTokens") ? .cacheWrite : nil
            default: nil
            }
        }

        mutating func begin(_ container: JSONContainer, at offset: Int, depth: Int) throws(WireError) {
            set(.unusable)
            guard depth == 3 else { return }
            ttl.removeAll()
            tokens = 0
        }

        mutating func end(_ container: JSONContainer, at offset: Int, depth: Int) throws(WireError) {
            guard depth == 3, isInDetails, tokens > 0 else { return }
            let found = tokens
            var is5m = false
            var is1h = false
            try ttl.withName { name in
                is5m = name.equals("5m")
                is1h = name.equals("1h")
            }
            // Two sums of at most 16 KiB of numbers under 2^40 stay far from 2^63.
            if is5m { written5m += found } else if is1h { written1h += found } else { hasUnusableDetail = true }
        }

        mutating func beginString(at offset: Int, depth: Int) throws(WireError) {
            if detail == .ttl { ttl.removeAll() }
        }

        mutating func stringPiece(_ bytes: UnsafeRawBufferPointer) {
            if detail == .ttl { ttl.append(bytes) }
        }

        mutating func endString(at offset: Int, depth: Int) throws(WireError) {
            set(.unusable)
        }

        mutating func beginNumber(at offset: Int, depth: Int) throws(WireError) {
            integer = PlainInteger()
        }

        mutating func numberPiece(_ bytes: UnsafeRawBufferPointer) {
            integer.append(bytes)
        }

        mutating func endNumber(at offset: Int, depth: Int) throws(WireError) {
            let value = integer.value(upTo: WireLimits.usageTokens)
            if detail == .tokens {
                if let value { tokens = value } else { hasUnusableDetail = true }
                return
            }
            set(value.map(Number.value) ?? .unusable)
        }

        mutating func literal(_ literal: JSONLiteral, range: Range<Int>, depth: Int) throws(WireError) {
            set(literal == .null ? .absent : .unusable)
        }

        /// A repeated name counts as last given, as in most parsers.
        private mutating func set(_ number: Number) {
            if let key { numbers[key.rawValue] = number }
            key = nil
        }
    }
}
