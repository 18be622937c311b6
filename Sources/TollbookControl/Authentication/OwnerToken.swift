internal import Crypto
internal import TollbookCore

/// The owner's token: made on the first start, kept in `DIR/owner-token` with mode 0600, compared by its hash.
package struct OwnerToken: Sendable {
    /// The file's name in the data directory.
    package static let fileName = "owner-token"
    /// What every token begins with, so that scanners of leaked secrets can tell it.
    package static let prefix = "tbo-"

    private let digest: SHA256.Digest

    /// - Parameter text: the token, without white space around it.
    package init(text: some StringProtocol) {
        digest = SHA256.hash(data: Array(text.utf8))
    }

    /// Whether `presented` is the token; takes the same time wherever the two differ.
    package func matches(_ presented: some StringProtocol) -> Bool {
        SHA256.hash(data: Array(presented.utf8)) == digest
    }

    /// Reads the token of a data directory, and makes it when there is none.
    ///
    /// - Returns: the token, the file's path, and whether this call made it.
    /// - Throws: `owner_token_unusable` when the file cannot be read or written, or is empty.
    package static func ensure(inDirectory directory: String) throws -> (token: OwnerToken, path: String, isNew: Bool) {
        let path = directory + "/" + fileName
        if let text = try SecretFile.load(path) {
            return (OwnerToken(text: text), path, false)
        }
        let text = prefix + randomText()
        try SecretFile.create(path, text: text + "\n")
        return (OwnerToken(text: text), path, true)
    }

    /// 256 random bits in Crockford base32.
    private static func randomText() -> String {
        var generator = SystemRandomNumberGenerator()
        let digits = Array("0123456789abcdefghjkmnpqrstvwxyz")
        return String((0..<52).map { _ in digits[Int(generator.next() & 31)] })
    }
}
