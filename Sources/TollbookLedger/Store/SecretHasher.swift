internal import Crypto
internal import TollbookPolicy

/// Keyed hashes under the secrets of the data directory. Sendable: each call makes its own state.
struct SecretHasher: Sendable {
    private let keySecret: SymmetricKey
    private let bodyHasher: BodyHasher
    private let subjectSecret: SymmetricKey

    init(directory: LedgerDirectory) throws {
        keySecret = SymmetricKey(data: try directory.secret("key-hash"))
        bodyHasher = BodyHasher(key: Array(try directory.secret("body-hash")))
        subjectSecret = SymmetricKey(data: try directory.secret("subject-hash"))
    }

    func hash(secret: UnsafeRawBufferPointer) -> SecretHash? {
        var code = HMAC<SHA256>(key: keySecret)
        code.update(data: secret)
        return code.finalize().withUnsafeBytes { SecretHash(bytes: $0) }
    }

    func secretHashBytes(_ secret: String) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array(secret.utf8), using: keySecret))
    }

    func makeBodyHasher() -> BodyHasher {
        bodyHasher
    }

    /// The first 16 bytes of the keyed hash of a subject's kind and value.
    func subjectHash(kind: Int, value: String) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: [UInt8(kind)] + Array(value.utf8), using: subjectSecret).prefix(16))
    }
}

/// Hashes a body chunk by chunk under a key of the data directory: HMAC-SHA-256 (RFC 2104), cut to 16 bytes.
///
/// Both keyed states are made once and copied for each body. Written out over SHA-256, because the library's own
/// HMAC is generic over what it reads and gives: that cost more than the hash of a small body.
package struct BodyHasher: Sendable {
    private var inner: SHA256
    private let outer: SHA256

    /// A hasher under a key of the caller's.
    package init(key: [UInt8]) {
        // A key longer than a block is replaced by its hash; a shorter one is filled up with zeros.
        var block = key.count > SHA256.blockByteCount ? Array(SHA256.hash(data: key)) : key
        block.append(contentsOf: repeatElement(0, count: SHA256.blockByteCount - block.count))
        inner = Self.state(after: block.map { $0 ^ 0x36 })
        outer = Self.state(after: block.map { $0 ^ 0x5C })
    }

    private static func state(after block: [UInt8]) -> SHA256 {
        var state = SHA256()
        block.withUnsafeBytes { state.update(bufferPointer: $0) }
        return state
    }

    /// Adds the next bytes of the body.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        inner.update(bufferPointer: bytes)
    }

    /// The first 16 bytes of HMAC-SHA-256.
    package func finalize() -> [UInt8] {
        var outer = outer
        inner.finalize().withUnsafeBytes { outer.update(bufferPointer: $0) }
        return outer.finalize().withUnsafeBytes { Array(UnsafeRawBufferPointer(rebasing: $0.prefix(16))) }
    }
}
