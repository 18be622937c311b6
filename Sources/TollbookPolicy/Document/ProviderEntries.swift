/// A provider of a governance document.
package struct ProviderEntry: Codable, Equatable, Sendable {
    package var name: String
    package var was: String?
    /// nil: the preset's.
    package var dialect: String?
    /// The name of a `ProviderPreset`.
    package var preset: String?
    /// Address that the endpoint's path is appended to; nil: the preset's, or that of the built-in simulator.
    package var baseURL: String?
    /// Azure's `api-version`.
    package var apiVersion: String?
    /// The region of AWS that calls are signed for; nil: the address names it.
    package var awsRegion: String?
    /// Absolute path of a PEM file; as are the next two.
    package var caFile: String?
    package var clientCertificate: String?
    package var clientKey: String?
    /// An `HTTP2Offer`; nil: `off`.
    package var http2: String?
    /// `http://host:port`.
    package var proxy: String?
    /// Where the proxy's `USER:PASSWORD` is found.
    package var proxyCredential: String?
    /// Of those that may serve a project the one made first is used. One written as `credential:` is named `default`.
    package var credentials: [CredentialEntry] = []
    package var location: EntryLocation?

    package init(name: String, dialect: String?) {
        self.name = name
        self.dialect = dialect
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case name, was, dialect, preset
        case baseURL = "base_url"
        case apiVersion = "api_version"
        case awsRegion = "aws_region"
        case caFile = "ca_file"
        case clientCertificate = "client_certificate"
        case clientKey = "client_key"
        case http2, proxy
        case proxyCredential = "proxy_credential"
        case credentials, location
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.strictContainer(CodingKeys.self)
        name = try values.decode(String.self, forKey: .name)
        was = try values.decodeIfPresent(String.self, forKey: .was)
        dialect = try values.decodeIfPresent(String.self, forKey: .dialect)
        preset = try values.decodeIfPresent(String.self, forKey: .preset)
        baseURL = try values.decodeIfPresent(String.self, forKey: .baseURL)
        apiVersion = try values.decodeIfPresent(String.self, forKey: .apiVersion)
        awsRegion = try values.decodeIfPresent(String.self, forKey: .awsRegion)
        caFile = try values.decodeIfPresent(String.self, forKey: .caFile)
        clientCertificate = try values.decodeIfPresent(String.self, forKey: .clientCertificate)
        clientKey = try values.decodeIfPresent(String.self, forKey: .clientKey)
        http2 = try values.decodeIfPresent(String.self, forKey: .http2)
        proxy = try values.decodeIfPresent(String.self, forKey: .proxy)
        proxyCredential = try values.decodeIfPresent(String.self, forKey: .proxyCredential)
        credentials = try values.list(CredentialEntry.self, .credentials)
        location = try values.decodeIfPresent(EntryLocation.self, forKey: .location)
    }
}

extension ProviderEntry {
    /// The preset that it names; nil: none, or one that there is not.
    package var knownPreset: ProviderPreset? { preset.flatMap(ProviderPreset.named) }

    /// The dialect as written, else the preset's; nil: neither says one.
    package var effectiveDialect: String? { dialect ?? knownPreset?.dialect.rawValue }

    /// The address as written, else the preset's, which is that of its dialect; nil: neither says one.
    package var effectiveBaseURL: String? {
        if let baseURL { return baseURL }
        guard let preset = knownPreset, preset.dialect.rawValue == effectiveDialect else { return nil }
        return preset.baseURL
    }

    /// What a setting is set to; nil: it is not.
    package func value(of setting: ProviderSetting) -> String? {
        switch setting {
        case .preset: preset
        case .apiVersion: apiVersion
        case .awsRegion: awsRegion
        case .caFile: caFile
        case .clientCertificate: clientCertificate
        case .clientKey: clientKey
        case .http2: http2
        // As it is stored: without a trailing slash. One that does not parse was refused before.
        case .proxy: proxy.flatMap { try? ProxyAddress.parse($0) }
        case .proxyCredential: proxyCredential
        }
    }

    /// How it is reached, as far as it says so.
    package var network: ProviderNetwork {
        ProviderNetwork(
            Dictionary(
                uniqueKeysWithValues: ProviderSetting.allCases.compactMap { setting in
                    value(of: setting).map { (setting, $0) }
                }))
    }
}

/// A credential of a provider: where it is found, never the secret.
package struct CredentialEntry: Codable, Equatable, Sendable {
    /// The name of a credential that is its provider's only one.
    package static let defaultName = "default"

    package var name: String
    package var was: String?
    /// `env:NAME`, `file:/path`, a command as `CredentialCommand.source` has it, or `none`.
    package var source: String
    /// Projects that it may serve; nil: every project.
    package var projects: [String]?
    package var location: EntryLocation?

    package init(name: String, source: String) {
        self.name = name
        self.source = source
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case name, was, source, projects, location
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.strictContainer(CodingKeys.self)
        name = try values.decode(String.self, forKey: .name)
        was = try values.decodeIfPresent(String.self, forKey: .was)
        source = try values.decode(String.self, forKey: .source)
        projects = try values.decodeIfPresent([String].self, forKey: .projects)
        location = try values.decodeIfPresent(EntryLocation.self, forKey: .location)
    }
}

/// A deployment of a governance document.
package struct DeploymentEntry: Codable, Equatable, Sendable {
    package var name: String
    package var was: String?
    package var provider: String
    /// The model's name at the provider.
    package var model: String
    package var region: String?
    /// Tokens of prompt and answer.
    package var contextWindow: Int64?
    /// Tokens of answer at most.
    package var maxOutput: Int64?
    package var location: EntryLocation?

    package init(name: String, provider: String, model: String) {
        self.name = name
        self.provider = provider
        self.model = model
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case name, was, provider, model, region
        case contextWindow = "context_window"
        case maxOutput = "max_output"
        case location
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.strictContainer(CodingKeys.self)
        name = try values.decode(String.self, forKey: .name)
        was = try values.decodeIfPresent(String.self, forKey: .was)
        provider = try values.decode(String.self, forKey: .provider)
        model = try values.decode(String.self, forKey: .model)
        region = try values.decodeIfPresent(String.self, forKey: .region)
        contextWindow = try values.decodeIfPresent(Int64.self, forKey: .contextWindow)
        maxOutput = try values.decodeIfPresent(Int64.self, forKey: .maxOutput)
        location = try values.decodeIfPresent(EntryLocation.self, forKey: .location)
    }
}

/// A route of a governance document.
package struct RouteEntry: Codable, Equatable, Sendable {
    /// The public model name.
    package var name: String
    package var was: String?
    /// nil: `priority`.
    package var strategy: String?
    /// Deployments in order.
    package var targets: [String]
    package var location: EntryLocation?

    package init(name: String, targets: [String]) {
        self.name = name
        self.targets = targets
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case name, was, strategy, targets, location
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.strictContainer(CodingKeys.self)
        name = try values.decode(String.self, forKey: .name)
        was = try values.decodeIfPresent(String.self, forKey: .was)
        strategy = try values.decodeIfPresent(String.self, forKey: .strategy)
        targets = try values.decode([String].self, forKey: .targets)
        location = try values.decodeIfPresent(EntryLocation.self, forKey: .location)
    }
}

/// The dated prices of one model at one provider.
package struct PriceEntry: Codable, Equatable, Sendable {
    package var provider: String
    package var model: String
    /// Date, or RFC 3339 time in UTC, of the first attempt start that it applies to.
    package var effectiveFrom: String
    /// The first attempt start that it no longer applies to; nil: open.
    package var effectiveTo: String?
    /// Meter names and prices per million units: `input` and `0.15`.
    package var perMillion: [String: String]
    /// Where the prices were read.
    package var source: String?
    package var location: EntryLocation?

    package init(provider: String, model: String, effectiveFrom: String, perMillion: [String: String]) {
        self.provider = provider
        self.model = model
        self.effectiveFrom = effectiveFrom
        self.perMillion = perMillion
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case provider, model
        case effectiveFrom = "effective_from"
        case effectiveTo = "effective_to"
        case perMillion = "per_million"
        case source, location
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.strictContainer(CodingKeys.self)
        provider = try values.decode(String.self, forKey: .provider)
        model = try values.decode(String.self, forKey: .model)
        effectiveFrom = try values.decode(String.self, forKey: .effectiveFrom)
        effectiveTo = try values.decodeIfPresent(String.self, forKey: .effectiveTo)
        perMillion = try values.decode([String: String].self, forKey: .perMillion)
        source = try values.decodeIfPresent(String.self, forKey: .source)
        location = try values.decodeIfPresent(EntryLocation.self, forKey: .location)
    }
}
