/// A member's name after unescaping; valid only during the call that brings it.
struct JSONName {
    /// The first `WireLimits.jsonNameBytes` bytes; more if the name stands unescaped in one chunk.
    private let bytes: UnsafeRawBufferPointer
    /// The whole name's length in bytes.
    let length: Int

    @inline(__always)
    init(_ bytes: UnsafeRawBufferPointer, length: Int) {
        self.bytes = bytes
        self.length = length
    }

    /// Whether the name is `text`, byte for byte; `text` has at most `WireLimits.jsonNameBytes`.
    @inline(__always)
    func equals(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard length == count else { return false }
        let theirs = text.utf8Start
        for index in 0..<count where bytes[index] != theirs[index] { return false }
        return true
    }

    /// Whether the name is `text` but for the case of ASCII letters.
    func equalsIgnoringCase(_ text: StaticString) -> Bool {
        guard length == text.utf8CodeUnitCount else { return false }
        for index in 0..<length where Self.small(bytes[index]) != Self.small(text.utf8Start[index]) { return false }
        return true
    }

    /// Whether the name is `text`, which has neither capitals nor underscores, but for those: `maxTokens`, `max_tokens`
    /// and `MAXTOKENS` are all `maxtokens`.
    func equalsInAnyStyle(_ text: StaticString) -> Bool {
        guard length <= WireLimits.jsonNameBytes else { return false }
        var matched = 0
        for index in 0..<length where bytes[index] != UInt8(ascii: "_") {
            guard matched < text.utf8CodeUnitCount, Self.small(bytes[index]) == text.utf8Start[matched] else {
                return false
            }
            matched += 1
        }
        return matched == text.utf8CodeUnitCount
    }

    @inline(__always)
    private static func small(_ byte: UInt8) -> UInt8 {
        byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
    }
}

/// Collects a name that an escape or a chunk's end cuts in pieces.
struct JSONNamePieces: Sendable {
    private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    private(set) var length = 0

    mutating func removeAll() {
        length = 0
    }

    /// Appends unescaped bytes; of those past `WireLimits.jsonNameBytes` only the number counts.
    mutating func append(_ more: UnsafeRawBufferPointer) {
        let kept = min(more.count, max(0, WireLimits.jsonNameBytes - length))
        let start = length
        withUnsafeMutableBytes(of: &words) { mine in
            for index in 0..<kept { mine[start &+ index] = more[index] }
        }
        length &+= more.count
    }

    /// Gives the name to `body`.
    func withName(_ body: (JSONName) throws(WireError) -> Void) throws(WireError) {
        let length = length
        try withUnsafeBytes(of: words) { (bytes) throws(WireError) in
            try body(JSONName(UnsafeRawBufferPointer(rebasing: bytes[..<min(length, bytes.count)]), length: length))
        }
    }
}
