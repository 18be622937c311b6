/// The numbers of a usage object, as they stand there.
struct OpenAIUsageNumbers {
    /// Whose names the totals and their details have.
    enum Names {
        /// `prompt_tokens`, `completion_tokens`.
        case chat
        /// `input_tokens`, `output_tokens`.
        case responses
    }

    enum Key: Int, CaseIterable {
        case prompt, completion, total
        /// `cached_tokens`, and DeepSeek's and other names for it at the top level.
        case cached, cacheHit, cacheMiss, cacheRead
        case cacheWrite, cacheWrite5m, cacheWrite1h
        case inputAudio, reasoning, outputAudio, outputImage

        /// Counted once: `allCases` is an array made anew each time.
        static let count = allCases.count
    }

    private enum Number: Equatable {
        case absent
        case unusable
        case value(Int64)
    }

    private let numbers: [Number]

    /// Reads a usage object; nil if it is not valid JSON.
    init?(_ raw: UnsafeRawBufferPointer, names: Names = .chat) {
        var visitor = Visitor(names: names)
        var scanner = JSONScanner()
        do throws(WireError) {
            try scanner.feed(raw, to: &visitor)
            try scanner.finish(&visitor)
        } catch {
            return nil
        }
        numbers = visitor.numbers
    }

    /// A usable number; nil when it is absent, null or unusable.
    subscript(key: Key) -> Int64? {
        guard case .value(let value) = numbers[key.rawValue] else { return nil }
        return value
    }

    /// Whether there is something else than a whole number of at least 0.
    func isUnusable(_ key: Key) -> Bool { numbers[key.rawValue] == .unusable }

    var hasUnusablePart: Bool { numbers.contains(.unusable) }

    /// Depth 1 is the usage object, 2 its `…_details`, 3 the split of cache writes.
    private struct Visitor: JSONVisitor {
        private enum Details {
            case none, prompt, completion, other
        }

        private let names: Names
        var numbers = [Number](repeating: .absent, count: Key.count)
        private var details = Details.none
        private var key: Key?
        private var integer = PlainInteger()

        init(names: Names) {
            self.names = names
        }

        mutating func name(_ name: JSONName, at offset: Int, depth: Int) throws(WireError) {
            if depth == 1 {
                details = names == .chat ? Self.details(name) : Self.responsesDetails(name)
                key = names == .chat ? Self.topLevelKey(name) : Self.responsesKey(name)
            } else {
                key = Self.splitKey(name)
                if depth == 2, key == nil, details == .prompt { key = Self.promptKey(name) }
                if depth == 2, key == nil, details == .completion { key = Self.completionKey(name) }
            }
        }

        private static func details(_ name: JSONName) -> Details {
            if name.equals("prompt_tokens_details") { return .prompt }
            return name.equals("completion_tokens_details") ? .completion : .other
        }

        private static func topLevelKey(_ name: JSONName) -> Key? {
            if name.equals("prompt_tokens") { return .prompt }
            if name.equals("completion_tokens") { return .completion }
            if name.equals("total_tokens") { return .total }
            if name.equals("prompt_cache_hit_tokens") { return .cacheHit }
            if name.equals("prompt_cache_miss_tokens") { return .cacheMiss }
            if name.equals("cache_read_input_tokens") || name.equals("num_cached_tokens") { return .cacheRead }
            return name.equals("cache_creation_input_tokens") ? .cacheWrite : nil
        }

        private static func responsesDetails(_ name: JSONName) -> Details {
            if name.equals("input_tokens_details") { return .prompt }
            return name.equals("output_tokens_details") ? .completion : .other
        }

        private static func responsesKey(_ name: JSONName) -> Key? {
            if name.equals("input_tokens") { return .prompt }
            if name.equals("output_tokens") { return .completion }
            return name.equals("total_tokens") ? .total : nil
        }

        private static func promptKey(_ name: JSONName) -> Key? {
            if name.equals("cached_tokens") { return .cached }
            if name.equals("cache_write_tokens") || name.equals("cache_creation_input_tokens") { return .cacheWrite }
            if name.equals("cache_creation_tokens") { return .cacheWrite }
            return name.equals("audio_tokens") ? .inputAudio : nil
        }

        private static func completionKey(_ name: JSONName) -> Key? {
            if name.equals("reasoning_tokens") { return .reasoning }
            if name.equals("audio_tokens") { return .outputAudio }
            return name.equals("image_tokens") ? .outputImage : nil
        }

        private static func splitKey(_ name: JSONName) -> Key? {
            if name.equals("ephemeral_5m_input_tokens") { return .cacheWrite5m }
            return name.equals("ephemeral_1h_input_tokens") ? .cacheWrite1h : nil
        }

        mutating func begin(_ container: JSONContainer, at offset: Int, depth: Int) throws(WireError) {
            set(.unusable)
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
