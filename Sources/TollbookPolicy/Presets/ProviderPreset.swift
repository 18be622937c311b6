package import TollbookCore

/// What is known of a vendor or server by its name: where it is, what it speaks, and how it differs.
///
/// The table comes from `schema/presets.json`.
package struct ProviderPreset: Equatable, Sendable {
    /// As in governance files: `groq`.
    package let name: String
    package let title: String
    package let dialect: ProviderDialect
    /// The vendor's public address, or where a server of one's own listens by default; nil: every account has its own.
    package let baseURL: String?
    /// Whether it asks for a credential unless it is set up otherwise.
    package let needsCredential: Bool
    /// Endpoints that it answers; nil: all of the dialect.
    package let endpoints: [Endpoint]?
    package let fieldRules: RequestFieldRules
    /// What else there is to know.
    package let note: String?
    /// What shows all this: recorded exchanges, specifications, the vendor's pages.
    package let sources: [String]

    /// The preset of a name; nil when there is none.
    package static func named(_ name: String) -> ProviderPreset? {
        all.first { $0.name == name }
    }

    /// - Throws: a `RuleViolation` that tells the nearest name, or all of them.
    package static func parse(_ text: String) throws(RuleViolation) -> ProviderPreset {
        if let preset = named(text) { return preset }
        let names = all.map(\.name)
        let advice = Suggestion.nearest(to: text, in: names) ?? Quoted.alternatives(names)
        throw RuleViolation(
            "\(Quoted.text(text)) is no preset", "Write \(advice), or give dialect and base_url instead.")
    }
}
