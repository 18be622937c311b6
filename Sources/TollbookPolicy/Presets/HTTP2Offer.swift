/// Whether HTTP/2 is offered to a provider; names as in governance files and the ledger.
package enum HTTP2Offer: String, CaseIterable, Sendable {
    /// It is offered in the TLS handshake, and the provider chooses.
    case auto
    /// HTTP/1.1 alone is.
    case off

    /// - Throws: a `RuleViolation` that names the values there are.
    package static func parse(_ text: String) throws(RuleViolation) -> HTTP2Offer {
        if let offer = HTTP2Offer(rawValue: text) { return offer }
        throw RuleViolation(
            "\(Quoted.text(text)) says nothing about HTTP/2",
            "Write \(Quoted.alternatives(allCases.map(\.rawValue))).")
    }
}
