/// The numbers of the usage object of Cohere's chat. Whole ones may be written with a point (`12.0`).
struct CohereUsageNumbers {
    enum Key: Int, CaseIterable {
        case billedInput, billedOutput, searchUnits, classifications, input, output

        static let count = allCases.count
    }

    private enum Number: Equatable {
        case absent
        case unusable
        case value(Int64)
    }

    private var visitor = Visitor()

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

    /// A usable number, rounded up; nil when it is absent, null or unusable.
    subscript(key: Key) -> Int64? {
        guard case .value(let value) = visitor.numbers[key.rawValue] else { return nil }
        return value
    }

    var hasUnusablePart: Bool { visitor.numbers.contains(.unusable) }

    /// Depth 1 is the usage object, 2 its `billed_units` or `tokens`.
    private struct Visitor: JSONVisitor {
        private enum Part {
            case other, billed, counted
        }

        var numbers = [Number](repeating: .absent, count: Key.count)
        private var part = Part.other
        private var key: Key?
        private var number = PlainDecimal()

        mutating func name(_ name: JSONName, at offset: Int, depth: Int) throws(WireError) {
            key = nil
            if depth == 1 {
                part = name.equals("billed_units") ? .billed : name.equals("tokens") ? .counted : .other
            } else if depth == 2 {
                key = self.key(name)
            }
        }

        private func key(_ name: JSONName) -> Key? {
            guard part != .other else { return nil }
            if name.equals("input_tokens") { return part == .billed ? .billedInput : .input }
            if name.equals("output_tokens") { return part == .billed ? .billedOutput : .output }
            guard part == .billed else { return nil }
            return name.equals("search_units") ? .searchUnits : name.equals("classifications") ? .classifications : nil
        }

        mutating func begin(_ container: JSONContainer, at offset: Int, depth: Int) throws(WireError) {
            set(.unusable)
        }

        mutating func endString(at offset: Int, depth: Int) throws(WireError) {
            set(.unusable)
        }

        mutating func beginNumber(at offset: Int, depth: Int) throws(WireError) {
            number = PlainDecimal()
        }

        mutating func numberPiece(_ bytes: UnsafeRawBufferPointer) {
            number.append(bytes)
        }

        mutating func endNumber(at offset: Int, depth: Int) throws(WireError) {
            set(number.roundedUp.flatMap { $0 <= WireLimits.usageTokens ? Number.value($0) : nil } ?? .unusable)
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
