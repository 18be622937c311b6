internal import Crypto

/// SHA-256 over bytes that come in pieces.
package struct RunningHash {
    private var hash = SHA256()

    package init() {}

    /// Adds the next bytes.
    package mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
    }

    /// The digest of what came so far, 32 bytes.
    package var digest: [UInt8] { Array(hash.finalize()) }

    /// The digest of some bytes.
    package static func digest(of bytes: [UInt8]) -> [UInt8] {
        var hash = RunningHash()
        hash.update(bytes)
        return hash.digest
    }
}
