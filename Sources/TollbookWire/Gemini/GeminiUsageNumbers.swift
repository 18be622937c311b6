/// The numbers of a Gemini usage object.
struct GeminiUsageNumbers {
    enum Key: Int, CaseIterable {
        case prompt, cached, candidates, thoughts, toolUse, total
        case promptAudio, promptImage, cachedAudio, cachedImage, candidatesAudio, candidatesImage, toolUseAudio,
            toolUseImage

        /// Counted once: `allCases` is an array made anew each time.
        static let count = allCases.count
    }

    fileprivate enum Number: Equatable {
        case absent
        case unusable
        case value(Int64)
    }

    private var numbers = [Number](repeating: .absent, count: Key.count)

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
        numbers = visitor.numbers
        return true
    }

    /// A usable number; nil when it is absent, null or unusable.
    subscript(key: Key) -> Int64? {
        guard case .value(let value) = numbers[key.rawValue] else { return nil }
        return value
    }

    var hasUnusablePart: Bool { numbers.contains(.unusable) }

    /// Depth 1 is the usage object, 2 the array of its details, 3 an element: `{"modality":…,"tokenCount":…}` in
    /// either order.
    private struct Visitor: JSONVisitor {
        /// Which count a list of details is of.
        private enum Details {
            case none, prompt, cached, candidates, toolUse
        }

        private enum Modality {
            case other, image, audio
        }

        private enum Member {
            case none, modality, count
        }

        var numbers = [Number](repeating: .absent, count: Key.count)
        private var details = Details.none
        private var key: Key?
        private var member = Member.none
        private var modality = Modality.other
        private var modalityName = JSONNamePieces()
        private var count = Number.absent
        private var integer = PlainInteger()

        mutating func name(_ name: JSONName, at offset: Int, depth: Int) throws(WireError) {
            if depth == 1 {
                key = Self.key(name)
                details = key == nil ? Self.details(name) : .none
            } else if depth == 3, details != .none {
                member = name.equals("modality") ? .modality : name.equals("tokenCount") ? .count : .none
            }
        }

        private static func key(_ name: JSONName) -> Key? {
            switch name.length {
            case 15: name.equals("totalTokenCount") ? .total : nil
            case 16: name.equals("promptTokenCount") ? .prompt : nil
            case 18: name.equals("thoughtsTokenCount") ? .thoughts : nil
            case 20: name.equals("candidatesTokenCount") ? .candidates : nil
            case 23:
                name.equals("cachedContentTokenCount")
                    ? .cached : name.equals("toolUsePromptTokenCount") ? .toolUse : nil
            default: nil
            }
        }

        private static func details(_ name: JSONName) -> Details {
            // Embeddings have it in the singular.
            if name.equals("promptTokensDetails") || name.equals("promptTokenDetails") { return .prompt }
            if name.equals("cacheTokensDetails") { return .cached }
            if name.equals("candidatesTokensDetails") { return .candidates }
            return name.equals("toolUsePromptTokensDetails") ? .toolUse : .none
        }

        mutating func begin(_ container: JSONContainer, at offset: Int, depth: Int) throws(WireError) {
            if depth == 2, key != nil { set(.unusable) }
            guard depth == 3 else { return }
            member = .none
            modality = .other
            count = .absent
        }

        mutating func end(_ container: JSONContainer, at offset: Int, depth: Int) throws(WireError) {
            if depth == 3 { add() }
            if depth == 2 { details = .none }
        }

        /// Adds an element's count to those of its modality.
        private mutating func add() {
            guard let key = Self.key(of: details, modality), count != .absent else { return }
            switch (numbers[key.rawValue], count) {
            case (.absent, _): numbers[key.rawValue] = count
            case (.value(let sum), .value(let more)) where sum <= WireLimits.usageTokens - more:
                numbers[key.rawValue] = .value(sum + more)
            default: numbers[key.rawValue] = .unusable
            }
        }

        private static func key(of details: Details, _ modality: Modality) -> Key? {
            switch (details, modality) {
            case (.none, _), (_, .other): nil
            case (.prompt, .audio): .promptAudio
            case (.prompt, .image): .promptImage
            case (.cached, .audio): .cachedAudio
            case (.cached, .image): .cachedImage
            case (.candidates, .audio): .candidatesAudio
            case (.candidates, .image): .candidatesImage
            case (.toolUse, .audio): .toolUseAudio
            case (.toolUse, .image): .toolUseImage
            }
        }

        mutating func beginString(at offset: Int, depth: Int) throws(WireError) {
            modalityName.removeAll()
        }

        mutating func stringPiece(_ bytes: UnsafeRawBufferPointer) {
            if member == .modality { modalityName.append(bytes) }
        }

        mutating func endString(at offset: Int, depth: Int) throws(WireError) {
            if member == .modality {
                var read = Modality.other
                try modalityName.withName { read = $0.equals("AUDIO") ? .audio : $0.equals("IMAGE") ? .image : .other }
                modality = read
                member = .none
            } else {
                set(.unusable)
            }
        }

        mutating func beginNumber(at offset: Int, depth: Int) throws(WireError) {
            integer = PlainInteger()
        }

        mutating func numberPiece(_ bytes: UnsafeRawBufferPointer) {
            integer.append(bytes)
        }

        mutating func endNumber(at offset: Int, depth: Int) throws(WireError) {
            if member == .modality {
                // With `$alt=json;enum-encoding=int`: 2 is IMAGE, 4 is AUDIO.
                let code = integer.value(upTo: 100)
                modality = code == 2 ? .image : code == 4 ? .audio : .other
                member = .none
            } else {
                set(integer.value(upTo: WireLimits.usageTokens).map(Number.value) ?? .unusable)
            }
        }

        mutating func literal(_ literal: JSONLiteral, range: Range<Int>, depth: Int) throws(WireError) {
            set(literal == .null ? .absent : .unusable)
        }

        /// A repeated name counts as last given, as in most parsers.
        private mutating func set(_ number: Number) {
            if let key { numbers[key.rawValue] = number }
            if member == .count { count = number }
            key = nil
            member = .none
        }
    }
}
