/// The 32-byte keyed hash of a virtual key's secret, as a dictionary key.
package struct SecretHash: Hashable, Sendable {
    private let words: (UInt64, UInt64, UInt64, UInt64)

    /// - Parameter bytes: exactly 32 bytes; nil otherwise.
    package init?(bytes: UnsafeRawBufferPointer) {
        guard bytes.count == 32 else { return nil }
        words = (
            bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self),
            bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
            bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self),
            bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
        )
    }

    /// - Parameter bytes: exactly 32 bytes; nil otherwise.
    package init?(_ bytes: some Sequence<UInt8>) {
        guard let hash = Array(bytes).withUnsafeBytes({ SecretHash(bytes: $0) }) else { return nil }
        self = hash
    }

    package static func == (left: SecretHash, right: SecretHash) -> Bool {
        // Folded so that the comparison takes the same time wherever two hashes differ.
        let difference =
            (left.words.0 ^ right.words.0) | (left.words.1 ^ right.words.1) | (left.words.2 ^ right.words.2)
            | (left.words.3 ^ right.words.3)
        return difference == 0
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
    }
}
