internal import TollbookReports

/// The owner's token, which `LedgerDirectory` keeps; here only its SHA-256, to compare with.
package struct OwnerToken: Sendable {
    private let digest: [UInt8]

    /// - Parameter text: the token, without white space around it.
    package init(text: some StringProtocol) {
        digest = RunningHash.digest(of: Array(text.utf8))
    }

    /// Whether `presented` is the token; takes the same time wherever the two differ.
    package func matches(_ presented: some StringProtocol) -> Bool {
        let other = RunningHash.digest(of: Array(presented.utf8))
        return zip(digest, other).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
