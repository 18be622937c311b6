/// A member's name after unescaping, kept inline for comparison.
struct JSONName: Sendable {
    private var bytes: SIMD32<UInt8> = .zero
    /// The whole name's length in bytes, also past what is kept.
    private(set) var length = 0

    mutating func removeAll() {
        length = 0
    }

    /// Appends unescaped bytes; of those past `WireLimits.jsonNameBytes` only the number counts.
    @inline(__always)
    mutating func append(_ more: UnsafeRawBufferPointer) {
        let kept = min(more.count, max(0, WireLimits.jsonNameBytes - length))
        let start = length
        withUnsafeMutableBytes(of: &bytes) { mine in
            for index in 0..<kept { mine[start &+ index] = more[index] }
        }
        length &+= more.count
    }

    /// Whether the name is `text`, byte for byte.
    @inline(__always)
    func equals(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard length == count else { return false }
        let theirs = text.utf8Start
        return withUnsafeBytes(of: bytes) { mine in
            for index in 0..<count where mine[index] != theirs[index] { return false }
            return true
        }
    }

    /// The name with ASCII capitals made small.
    func lowercased() -> JSONName {
        var copy = self
        let capitals = (copy.bytes .>= 0x41) .& (copy.bytes .<= 0x5A)
        copy.bytes.replace(with: copy.bytes | 0x20, where: capitals)
        return copy
    }
}
