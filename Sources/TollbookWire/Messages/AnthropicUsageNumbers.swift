/// The numbers of Anthropic's usage objects; those read later replace those read before.
struct AnthropicUsageNumbers {
    enum Key: Int, CaseIterable {
        case input, cacheRead, cacheWrite, cacheWrite5m, cacheWrite1h, output, thinking, searches

        /// Counted once: `allCases` is an array made anew each time.
        static let count = allCases.count
    }

    private enum Number: Equatable {
        case absent
        case unusable
        case value(Int64)
    }

    private var numbers = [Number](repeating: .absent, count: Key.count)
    /// Whether another model's tokens are told beside the totals.
    private(set) var hasAdvisor = false

    /// Reads an object; false if it is not valid JSON.
    mutating func read(_ raw: UnsafeRawBufferPointer) -> Bool {
        var visitor = Visitor()
        var scanner = JSONScanner()
        do throws(WireError) {
            try scanner.feed(raw, to: &visitor)
            try scanner.finish(&visitor)
        } catch {
            return false
        }
        for key in Key.allCases where visitor.numbers[key.rawValue] != .absent {
            numbers[key.rawValue] = visitor.numbers[key.rawValue]
        }
        hasAdvisor = hasAdvisor || visitor.hasAdvisor
        return true
    }

    /// A usable number; nil when it is absent, null or unusable.
    subscript(key: Key) -> Int64? {
        guard case .value(let value) = numbers[key.rawValue] else { return nil }
        return value
    }

    var hasUnusablePart: Bool { numbers.contains(.unusable) }

    /// Depth 1 is the usage object, 2 its `cache_creation`, `output_tokens_details` and `server_tool_use`; 3 an
    /// element of `iterations`.
    private struct Visitor: JSONVisitor {
        private enum Section {
            case none, cacheCreation, outputDetails, serverTools, iterations
        }

        var numbers = [Number](repeating: .absent, count: Key.count)
        private(set) var hasAdvisor = false
        private var section = Section.none
        private var key: Key?
        private var integer = PlainInteger()
        private var isTypeNext = false
        private var type = JSONNamePieces()

        mutating func name(_ name: JSONName, at offset: Int, depth: Int) throws(WireError) {
            key = nil
            isTypeNext = false
            switch depth {
            case 1:
                section = Self.section(name)
                key = Self.topLevelKey(name)
            case 2: key = Self.key(name, in: section)
            case 3: isTypeNext = section == .iterations && name.equals("type")
            default: break
            }
        }

        private static func section(_ name: JSONName) -> Section {
            if name.equals("cache_creation") { return .cacheCreation }
            if name.equals("output_tokens_details") { return .outputDetails }
            if name.equals("server_tool_use") { return .serverTools }
            return name.equals("iterations") ? .iterations : .none
        }

        private static func topLevelKey(_ name: JSONName) -> Key? {
            if name.equals("input_tokens") { return .input }
            if name.equals("output_tokens") { return .output }
            if name.equals("cache_read_input_tokens") { return .cacheRead }
            return name.equals("cache_creation_input_tokens") ? .cacheWrite : nil
        }

        private static func key(_ name: JSONName, in section: Section) -> Key? {
            switch section {
            case .cacheCreation:
                if name.equals("ephemeral_5m_input_tokens") { return .cacheWrite5m }
                return name.equals("ephemeral_1h_input_tokens") ? .cacheWrite1h : nil
            case .outputDetails: return name.equals("thinking_tokens") ? .thinking : nil
            case .serverTools: return name.equals("web_search_requests") ? .searches : nil
            case .iterations, .none: return nil
            }
        }

        mutating func begin(_ container: JSONContainer, at offset: Int, depth: Int) throws(WireError) {
            set(.unusable)
        }

        mutating func beginString(at offset: Int, depth: Int) throws(WireError) {
            type.removeAll()
        }

        mutating func stringPiece(_ bytes: UnsafeRawBufferPointer) {
            if isTypeNext { type.append(bytes) }
        }

        mutating func endString(at offset: Int, depth: Int) throws(WireError) {
            if isTypeNext {
                var isAdvisor = false
                try type.withName { isAdvisor = $0.equals("advisor_message") }
                hasAdvisor = hasAdvisor || isAdvisor
            }
            isTypeNext = false
            set(.unusable)
        }

        mutating func beginNumber(at offset: Int, depth: Int) throws(WireError) {
            integer = PlainInteger()
        }

        mutating func numberPiece(_ bytes: UnsafeRawBufferPointer) {
            integer.append(bytes)
        }

        mutating func endNumber(at offset: Int, depth: Int) throws(WireError) {
            set(integer.value(upTo: WireLimits.usageTokens).map(Number.value) ?? .unusable)
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
