/// The rule for a provider's `base_url`.
package enum ProviderAddress {
    /// The same for Vertex AI, whose address names a project and a location.
    package static func parseVertex(_ text: String) throws(RuleViolation) -> String {
        let address = try parse(text)
        let parts = address.split(separator: "/")
        guard parts.count >= 4, parts[parts.count - 4] == "projects", parts[parts.count - 2] == "locations" else {
            throw RuleViolation(
                "the address does not end with a project and a location",
                "Write for example \(ProviderDialect.vertex.exampleAddress).")
        }
        return address
    }

    /// The address without trailing slashes, as the ledger stores it.
    ///
    /// - Throws: a `RuleViolation`; one about user information repeats nothing of the text.
    package static func parse(_ text: String) throws(RuleViolation) -> String {
        guard text.hasPrefix("https://") || text.hasPrefix("http://") else {
            throw RuleViolation(
                "the address does not begin with https:// or http://", "Write for example https://api.openai.com/v1.")
        }
        let afterScheme = text.drop { $0 != "/" }.dropFirst(2)
        let authority = afterScheme.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        if authority.contains("@") {
            throw RuleViolation(
                "the address has a user name or password",
                "Write the address without it and the credential as credential: env:NAME.")
        }
        if text.contains("?") || text.contains("#") {
            throw RuleViolation("the address has a query or fragment", "Write it up to the path only.")
        }
        let isPlain = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }
        guard isPlain, text.utf8.count <= 1_024 else {
            throw RuleViolation(
                "the address has a space, a control character or one outside ASCII, or is over 1,024 bytes",
                "Write it percent-encoded, and the host in its ASCII form.")
        }
        try checkAuthority(authority)
        var address = Substring(text)
        while address.hasSuffix("/") { address = address.dropLast() }
        return String(address)
    }

    private static func checkAuthority(_ authority: Substring) throws(RuleViolation) {
        let isBracketed = authority.hasPrefix("[")
        let host = isBracketed ? authority.prefix { $0 != "]" } + "]" : authority.prefix { $0 != ":" }
        let rest = authority.dropFirst(host.count)
        let isHost = isBracketed ? authority.contains("]") && host.count > 2 : !host.isEmpty
        guard isHost else {
            throw RuleViolation("the address has no host", "Write for example https://api.openai.com/v1.")
        }
        guard rest.isEmpty || isPort(rest) else {
            throw RuleViolation("the address has a bad port", "Write a number from 1 to 65535 after the host, or none.")
        }
    }

    private static func isPort(_ text: Substring) -> Bool {
        let digits = text.dropFirst()
        guard text.hasPrefix(":"), digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return false }
        return UInt16(digits).map { $0 > 0 } ?? false
    }
}
