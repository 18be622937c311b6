package import TollbookCore

/// A public model name and its ordered targets.
package final class RouteRecord: Sendable {
    package let id: Int64
    /// The journal index of the route's version in force.
    package let version: Int64
    package let name: String
    /// Whether it is no model, but a provider whose own paths may be called.
    package let isPassThrough: Bool
    package let createdMicros: Int64
    /// In order of priority; closed deployments are not listed.
    package let targets: [DeploymentRecord]

    package init(id: Int64, version: Int64, name: String, createdMicros: Int64, targets: [DeploymentRecord]) {
        self.id = id
        self.version = version
        self.name = name
        isPassThrough = name.hasPrefix(Self.passThroughPrefix)
        self.createdMicros = createdMicros
        self.targets = targets
    }

    /// What the names of routes begin with that let calls through to a provider's own paths.
    package static let passThroughPrefix = "passthrough/"
}

/// A model at a provider in a region, as Tollbook can call it, with its prices.
package final class DeploymentRecord: Sendable {
    package let id: Int64
    package let name: String
    package let provider: ProviderRecord
    /// The model's name at the provider.
    package let model: String
    /// As declared; nil: not stated.
    package let region: String?
    package let contextWindow: Int64?
    package let maxOutput: Int64?
    /// Credentials in order of preference; empty when the provider needs none.
    package let credentials: [CredentialRecord]
    package let prices: PriceTable

    package init(
        id: Int64, name: String, provider: ProviderRecord, model: String, region: String?, contextWindow: Int64?,
        maxOutput: Int64?, credentials: [CredentialRecord], prices: PriceTable
    ) {
        self.id = id
        self.name = name
        self.provider = provider
        self.model = model
        self.region = region
        self.contextWindow = contextWindow
        self.maxOutput = maxOutput
        self.credentials = credentials
        self.prices = prices
    }
}

/// An upstream account.
package final class ProviderRecord: Sendable {
    package let id: Int64
    /// The journal index of the newest version of the provider or of a setting of it.
    package let version: Int64
    package let name: String
    /// As `ProviderDialect` names it.
    package let dialect: String
    /// The same; nil for one that this version does not know, which serves nothing.
    package let knownDialect: ProviderDialect?
    /// Without a trailing slash; empty for the built-in simulator.
    package let baseURL: String
    /// The version of Azure's interface that is asked for; nil: none.
    package let apiVersion: String?
    /// The region of AWS that calls are signed for; nil: none is known.
    package let awsRegion: String?
    /// The certificates and the proxy that its connections are made with.
    package let network: ProviderNetwork
    /// Fields that must not go up as callers write them.
    package let fieldRules: RequestFieldRules
    /// How it serves each endpoint, by the endpoint's raw value.
    private let services: [EndpointService?]

    package init(
        id: Int64, version: Int64, name: String, dialect: String, baseURL: String,
        settings: [ProviderSetting: String] = [:]
    ) {
        self.id = id
        self.version = version
        self.name = name
        self.dialect = dialect
        let known = ProviderDialect(rawValue: dialect)
        knownDialect = known
        self.baseURL = baseURL
        apiVersion = settings[.apiVersion]
        awsRegion = known == .bedrock ? settings[.awsRegion] ?? AWSRegion.named(byURL: baseURL) : nil
        network = ProviderNetwork(settings)
        // What is known of a vendor is known of the dialect that it is listed with.
        let preset = settings[.preset].flatMap(ProviderPreset.named).flatMap { $0.dialect == known ? $0 : nil }
        fieldRules = preset?.fieldRules ?? .standard
        let last = Endpoint.allCases.map(\.rawValue).max() ?? 0
        services = (0...last).map { code in
            guard let endpoint = Endpoint(rawValue: code) else { return nil }
            return [known?.service(of: endpoint), known?.substitute(for: endpoint)].compactMap(\.self).first {
                service in
                preset?.endpoints?.contains(service.endpoint(for: endpoint)) ?? true
            }
        }
    }

    /// How it comes to serve calls to an endpoint; nil: it does not.
    package func service(of endpoint: Endpoint) -> EndpointService? { services[endpoint.rawValue] }
}

/// One secret of a provider, by where it is found; the secret itself is never in a snapshot.
package final class CredentialRecord: Sendable {
    package let id: Int64
    package let providerID: Int64
    package let name: String
    /// `env:NAME`, `file:PATH`, `command:…`, `service_account:PATH` or `none`.
    package let source: String
    /// Ids of the projects that it may serve; nil: every project.
    package let projects: Set<Int64>?

    package init(id: Int64, providerID: Int64, name: String, source: String, projects: Set<Int64>?) {
        self.id = id
        self.providerID = providerID
        self.name = name
        self.source = source
        self.projects = projects
    }
}
