/// An access key of AWS, read from a credential's text. Shows itself in no description.
package final class AWSKeyPair: Sendable, CustomStringConvertible, CustomReflectable {
    package let accessKeyID: String
    let secret: [UInt8]
    /// Of temporary keys.
    package let sessionToken: String?

    /// Reads `ACCESS_KEY_ID:SECRET_ACCESS_KEY` or `ACCESS_KEY_ID:SECRET_ACCESS_KEY:SESSION_TOKEN`; nil for anything
    /// else, such as a Bedrock API key, in none of which a colon can be.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        accessKeyID = String(parts[0])
        secret = Array(parts[1].utf8)
        sessionToken = parts.count == 3 ? String(parts[2]) : nil
    }

    package var description: String { "<secret>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
