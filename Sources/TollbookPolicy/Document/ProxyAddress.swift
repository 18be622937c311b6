/// The rule for a provider's `proxy`.
package enum ProxyAddress {
    private static let example = "http://proxy.example:3128"

    /// The address without a trailing slash, as the ledger stores it: `http://host:port`.
    ///
    /// - Throws: a `RuleViolation` that repeats nothing of the text, which may hold a password.
    package static func parse(_ text: String) throws(RuleViolation) -> String {
        guard text.hasPrefix("http://") else {
            throw RuleViolation(
                "the proxy does not begin with http://",
                "Write for example \(example); what goes through it to an https address is encrypted all the same.")
        }
        if text.contains("@") {
            throw RuleViolation(
                "the proxy has a user name or password",
                "Write the address without it and proxy_credential: env:NAME, which holds USER:PASSWORD.")
        }
        let address = try ProviderAddress.parse(text)
        let authority = address.dropFirst("http://".count)
        let port = authority.split(separator: ":", omittingEmptySubsequences: false).last ?? ""
        guard !authority.contains("/"), UInt16(port) != nil, authority.contains(":"), !port.hasSuffix("]") else {
            throw RuleViolation("the proxy is no host and port", "Write for example \(example).")
        }
        return address
    }
}
