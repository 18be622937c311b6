/// The rule for paths of files that the server reads.
package enum FilePath {
    /// Linux takes paths of up to 4,096 bytes; no sensible one is longer than this.
    private static let maximumBytes = 1_024

    /// Whether it is an absolute path of characters that people can see.
    package static func isAbsolute(_ path: some StringProtocol) -> Bool {
        path.hasPrefix("/") && !path.hasPrefix("//") && path.utf8.count <= maximumBytes
            && !path.unicodeScalars.contains(where: ObjectName.isControl)
    }

    /// - Throws: a `RuleViolation` unless the path is absolute.
    package static func parse(_ text: String) throws(RuleViolation) -> String {
        guard isAbsolute(text) else {
            throw RuleViolation("the path is not absolute", "Write for example /etc/tollbook/provider.pem.")
        }
        return text
    }
}
