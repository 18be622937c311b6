internal import Crypto

/// The owner's token, which `LedgerDirectory` keeps; here only its hash, to compare with.
package struct OwnerToken: Sendable {
    private let digest: SHA256.Digest

    /// - Parameter text: the token, without white space around it.
    package init(text: some StringProtocol) {
        digest = SHA256.hash(data: Array(text.utf8))
    }

    /// Whether `presented` is the token; takes the same time wherever the two differ.
    package func matches(_ presented: some StringProtocol) -> Bool {
        SHA256.hash(data: Array(presented.utf8)) == digest
    }
}
