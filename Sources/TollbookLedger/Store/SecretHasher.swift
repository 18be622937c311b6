internal import Crypto
internal import TollbookPolicy

/// Keyed hashes under the secrets of the data directory. Sendable: each call makes its own state.
struct SecretHasher: Sendable {
    private let keySecret: SymmetricKey
    private let bodySecret: SymmetricKey
    private let subjectSecret: SymmetricKey

    init(directory: LedgerDirectory) throws {
        keySecret = SymmetricKey(data: try directory.secret("key-hash"))
        bodySecret = SymmetricKey(data: try directory.secret("body-hash"))
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
        BodyHasher(code: HMAC<SHA256>(key: bodySecret))
    }

    /// The first 16 bytes of the keyed hash of a subject's kind and value.
    func subjectHash(kind: Int, value: String) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: [UInt8(kind)] + Array(value.utf8), using: subjectSecret).prefix(16))
    }
}

/// Hashes a body chunk by chunk under a key of the data directory.
package struct BodyHasher: Sendable {
    private var code: HMAC<SHA256>

    fileprivate init(code: HMAC<SHA256>) {
        self.code = code
    }

    /// A hasher under a key of the caller's.
    package init(key: [UInt8]) {
        code = HMAC<SHA256>(key: SymmetricKey(data: key))
    }

    /// Adds the next bytes of the body.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        code.update(data: bytes)
    }

    /// The first 16 bytes of HMAC-SHA-256.
    package func finalize() -> [UInt8] {
        Array(code.finalize().prefix(16))
    }
}
