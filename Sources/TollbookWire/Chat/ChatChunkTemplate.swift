/// The shape of one chunk, to know the next by.
///
/// The chunks of a stream are alike but for the text they bring and, with some providers, a string of padding at
/// the end (`obfuscation`). A chunk that has the same bytes before and after these two strings means the same, so
/// only the text has to be looked at: several times as fast as scanning the whole chunk.
struct ChatChunkTemplate: Sendable {
    /// Up to and with the quote that opens the text.
    private var prefix: [UInt8] = []
    /// From the quote that closes the text to the one that opens the padding, or to the end.
    private var middle: [UInt8] = []
    /// From the quote that closes the padding to the end; empty when there is no padding.
    private var suffix: [UInt8] = []
    private(set) var hasFinishReason = false
    private(set) var isUsable = false

    /// Takes on the shape of a chunk that was scanned whole; becomes unusable if it has none.
    ///
    /// - Parameters:
    ///   - text: the bytes between the quotes of the only string that counts as output; nil if there is not just one.
    ///   - padding: the same of the last string of the top-level object, if nothing but its end follows.
    mutating func learn(
        _ data: UnsafeRawBufferPointer, text: Range<Int>?, padding: Range<Int>?, hasFinishReason: Bool
    ) {
        isUsable = false
        guard let text else { return }
        let padding = padding.flatMap { $0.lowerBound > text.upperBound ? $0 : nil }
        Self.copy(data[..<text.lowerBound], to: &prefix)
        Self.copy(data[text.upperBound..<(padding?.lowerBound ?? data.count)], to: &middle)
        Self.copy(data[(padding?.upperBound ?? data.count)...], to: &suffix)
        self.hasFinishReason = hasFinishReason
        isUsable = true
    }

    /// The bytes of text, unescaped, that a chunk of this shape brings; nil if it has another shape, or its text
    /// needs a closer look.
    @inline(__always)
    func textBytes(of data: UnsafeRawBufferPointer) -> Int? {
        guard isUsable, let base = data.baseAddress, Self.begins(base, 0, data.count, with: prefix) else { return nil }
        var position = prefix.count
        guard let bytes = Self.skipText(base, &position, data.count),
            Self.begins(base, position, data.count, with: middle)
        else { return nil }
        position += middle.count
        guard !suffix.isEmpty else { return position == data.count ? bytes : nil }
        // Padding is letters and digits; anything else is left to the scanner.
        position = ByteSearch.endOfPlainText(base, from: position, to: data.count)
        guard data.count - position == suffix.count, Self.begins(base, position, data.count, with: suffix) else {
            return nil
        }
        return bytes
    }

    /// Moves to the quote that closes a string; gives its bytes, unescaped. Leaves `\u` and what is not UTF-8 to
    /// the scanner: nil.
    @inline(__always)
    private static func skipText(_ base: UnsafeRawPointer, _ position: inout Int, _ end: Int) -> Int? {
        let start = position
        var escapes = 0
        while true {
            position = ByteSearch.endOfPlainText(base, from: position, to: end)
            guard position < end else { return nil }
            switch base.load(fromByteOffset: position, as: UInt8.self) {
            case UInt8(ascii: "\""): return position &- start &- escapes
            case UInt8(ascii: "\\"):
                guard position &+ 1 < end,
                    JSONScanner.plainEscape(base.load(fromByteOffset: position &+ 1, as: UInt8.self)) != nil
                else { return nil }
                escapes &+= 1
                position &+= 2
            case 0x80...: guard UTF8Tail.skipCharacter(base, &position, end) else { return nil }
            default: return nil
            }
        }
    }

    /// Whether `part` stands at `position`.
    @inline(__always)
    private static func begins(_ base: UnsafeRawPointer, _ position: Int, _ end: Int, with part: [UInt8]) -> Bool {
        part.withUnsafeBytes { part in
            guard end &- position >= part.count, let other = part.baseAddress else { return part.isEmpty }
            return ByteSearch.areEqual(base + position, other, part.count)
        }
    }

    private static func copy(_ bytes: Slice<UnsafeRawBufferPointer>, to part: inout [UInt8]) {
        part.removeAll(keepingCapacity: true)
        part.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes))
    }
}
