/// A webhook of a governance document.
package struct WebhookEntry: Codable, Equatable, Sendable {
    package var name: String
    package var was: String?
    package var url: String
    /// Where the signing secret is found; see `CredentialSource`.
    package var secret: String
    /// Where the one before is found: both sign while receivers change over.
    package var previousSecret: String?
    /// See `EventType`; nil: every type.
    package var types: [String]?
    /// The organization whose events alone are told.
    package var organization: String?
    /// Whether the address may be http, loopback or private; nil: false.
    package var privateNetwork: Bool?
    package var location: EntryLocation?

    package init(name: String, url: String, secret: String) {
        self.name = name
        self.url = url
        self.secret = secret
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case name, was, url, secret
        case previousSecret = "previous_secret"
        case types, organization
        case privateNetwork = "private_network"
        case location
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.strictContainer(CodingKeys.self)
        name = try values.decode(String.self, forKey: .name)
        was = try values.decodeIfPresent(String.self, forKey: .was)
        url = try values.decode(String.self, forKey: .url)
        secret = try values.decode(String.self, forKey: .secret)
        previousSecret = try values.decodeIfPresent(String.self, forKey: .previousSecret)
        types = try values.decodeIfPresent([String].self, forKey: .types)
        organization = try values.decodeIfPresent(String.self, forKey: .organization)
        privateNetwork = try values.decodeIfPresent(Bool.self, forKey: .privateNetwork)
        location = try values.decodeIfPresent(EntryLocation.self, forKey: .location)
    }
}
