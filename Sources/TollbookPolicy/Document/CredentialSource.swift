/// Where a provider's credential is found. Never the credential itself: messages repeat nothing of what was written.
package enum CredentialSource: Equatable, Sendable {
    /// An environment variable of the server.
    case environment(String)
    /// A file that the server may read; an absolute path.
    case file(String)
    /// A command that prints it.
    case command(CredentialCommand)
    /// A file with the key of a service account of Google's, which is exchanged for tokens; an absolute path.
    case serviceAccount(String)
    /// The provider needs no credential.
    case none

    private static let advice =
        "Write env:NAME, file:/absolute/path, {command: [/PROGRAM]}, service_account:/absolute/path or none; "
        + "the credential itself never goes into this file."

    /// - Throws: a `RuleViolation` that repeats nothing of the text, which may be a credential.
    package static func parse(_ text: String) throws(RuleViolation) -> CredentialSource {
        if text == "none" { return .none }
        if text.hasPrefix("env:") { return .environment(try environmentName(text.dropFirst(4))) }
        if text.hasPrefix("file:") { return .file(try path(text.dropFirst(5), "file:/etc/tollbook/openai.key")) }
        if text.hasPrefix("service_account:") {
            return .serviceAccount(try path(text.dropFirst(16), "service_account:/etc/tollbook/vertex.json"))
        }
        if text.hasPrefix("command:") { return .command(try CredentialCommand.parse(text.dropFirst(8))) }
        if looksSecret(text) { throw RuleViolation("this looks like a credential itself", advice) }
        throw RuleViolation("the credential's source is none of those known", advice)
    }

    private static func environmentName(_ name: Substring) throws(RuleViolation) -> String {
        if looksSecret(name) { throw RuleViolation("this looks like a credential itself", advice) }
        let isName =
            name.utf8.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "_") }
            && name.utf8.first.map { !isDigit($0) } ?? false
        guard isName, name.utf8.count <= 128 else {
            throw RuleViolation(
                "what follows env: is not the name of an environment variable",
                "Write letters, digits and underscores, for example env:OPENAI_API_KEY.")
        }
        return String(name)
    }

    private static func path(_ path: Substring, _ example: String) throws(RuleViolation) -> String {
        guard FilePath.isAbsolute(path) else {
            let kind = example.prefix { $0 != ":" }
            throw RuleViolation("what follows \(kind): is not an absolute path", "Write for example \(example).")
        }
        return String(path)
    }

    /// Beginnings of the credentials of well-known services, and long runs that mix letters and digits.
    private static func looksSecret(_ text: some StringProtocol) -> Bool {
        if beginsLikeSecret(text) { return true }
        let isLong = text.utf8.count >= 24
        let hasUpper = text.utf8.contains { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
        let hasLower = text.utf8.contains { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
        return isLong && hasUpper && hasLower && text.utf8.contains(where: isDigit)
    }

    /// Whether it begins as the credentials of well-known services do.
    static func beginsLikeSecret(_ text: some StringProtocol) -> Bool {
        let starts = [
            "sk-", "sk_", "tb-", "ghp_", "github_pat_", "xox", "AKIA", "ASIA", "AIza", "hf_", "gsk_", "Bearer",
            "whsec_",
        ]
        return starts.contains(where: text.hasPrefix)
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
