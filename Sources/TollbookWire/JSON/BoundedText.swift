/// Text collected piece by piece up to a limit.
struct BoundedText: Sendable {
    private(set) var bytes: [UInt8] = []
    /// Whether there was more than the limit.
    private(set) var isCut = false
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    mutating func append(_ more: UnsafeRawBufferPointer) {
        let room = limit - bytes.count
        isCut = isCut || more.count > room
        bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: more.prefix(room)))
    }

    var hasControlCharacter: Bool { bytes.contains { $0 < 0x20 || $0 == 0x7F } }

    /// The text; a character that the limit cut is left out.
    var string: String {
        guard isCut else { return String(decoding: bytes, as: UTF8.self) }
        var whole = bytes[...]
        while let last = whole.last, last & 0xC0 == 0x80 { whole.removeLast() }
        if let last = whole.last, last >= 0xC0 { whole.removeLast() } else { whole = bytes[...] }
        return String(decoding: whole, as: UTF8.self)
    }
}
