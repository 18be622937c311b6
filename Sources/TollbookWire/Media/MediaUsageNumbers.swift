/// The numbers of a usage object of images or audio, as they stand there.
struct MediaUsageNumbers {
    enum Key: Int, CaseIterable {
        case input, output, total, seconds
        case inputImage, inputAudio, cached
        case outputImage
        case searchUnits, billedInput, billedOutput

        static let count = allCases.count
    }

    private enum Number: Equatable {
        case absent
        case unusable
        case value(Int64)
    }

    private let numbers: [Number]

    /// Reads a usage object; nil if it is not valid JSON.
    init?(_ raw: UnsafeRawBufferPointer) {
        var visitor = Visitor()
        var scanner = JSONScanner()
        do throws(WireError) {
            try scanner.feed(raw, to: &visitor)
            try scanner.finish(&visitor)
        } catch {
            return nil
        }
        numbers = visitor.numbers
    }

    /// A usable number, seconds rounded up; nil when it is absent, null or unusable.
    subscript(key: Key) -> Int64? {
        guard case .value(let value) = numbers[key.rawValue] else { return nil }
        return value
    }

    var hasUnusablePart: Bool { numbers.contains(.unusable) }

    /// Depth 1 is the usage object, 2 its `…_details`; or 1 is Cohere's `meta`, and 2 its `billed_units`.
    private struct Visitor: JSONVisitor {
        private enum Details {
            case none, input, output, billed
        }

        var numbers = [Number](repeating: .absent, count: Key.count)
        private var details = Details.none
        private var key: Key?
        private var number = PlainDecimal()

        mutating func name(_ name: JSONName, at offset: Int, depth: Int) throws(WireError) {
            key = nil
            if depth == 1 {
                details = Self.details(name)
                key = Self.topLevelKey(name)
            } else if depth == 2 {
                key = detailKey(name)
            }
        }

        private static func details(_ name: JSONName) -> Details {
            if name.equals("input_tokens_details") || name.equals("input_token_details") { return .input }
            if name.equals("prompt_tokens_details") { return .input }
            if name.equals("billed_units") { return .billed }
            return name.equals("output_tokens_details") || name.equals("completion_tokens_details") ? .output : .none
        }

        private static func topLevelKey(_ name: JSONName) -> Key? {
            if name.equals("input_tokens") || name.equals("prompt_tokens") { return .input }
            if name.equals("output_tokens") || name.equals("completion_tokens") { return .output }
            if name.equals("total_tokens") { return .total }
            return name.equals("seconds") ? .seconds : nil
        }

        private func detailKey(_ name: JSONName) -> Key? {
            switch details {
            case .none: nil
            case .input:
                name.equals("image_tokens")
                    ? .inputImage
                    : name.equals("audio_tokens") ? .inputAudio : name.equals("cached_tokens") ? .cached : nil
            case .output: name.equals("image_tokens") ? .outputImage : nil
            case .billed:
                name.equals("search_units")
                    ? .searchUnits
                    : name.equals("input_tokens")
                        ? .billedInput : name.equals("output_tokens") ? .billedOutput : nil
            }
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
            let value = key == .seconds || key == .searchUnits ? number.roundedUp : number.whole
            set(value.flatMap { $0 <= WireLimits.usageTokens ? Number.value($0) : nil } ?? .unusable)
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
