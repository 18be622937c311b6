internal import Logging
internal import NIOCore
internal import TollbookPolicy

/// One event loop's connections to all providers.
final class UpstreamPool {
    private struct Entry {
        let version: Int64
        /// nil: the provider's base URL cannot be used.
        let pool: ProviderPool?
    }

    private let eventLoop: any EventLoop
    private let tls: UpstreamTLS
    private let credentials: CredentialStore
    private let logger: Logger
    private let configuration: GatewayConfiguration
    private var providers: [Int64: Entry] = [:]

    init(
        eventLoop: any EventLoop, tls: UpstreamTLS, credentials: CredentialStore, configuration: GatewayConfiguration,
        logger: Logger
    ) {
        self.eventLoop = eventLoop
        self.tls = tls
        self.credentials = credentials
        self.logger = logger
        self.configuration = configuration
    }

    /// The connections to a provider; nil when its base URL cannot be used.
    ///
    /// A provider that has changed gets new ones; the old are closed as they fall idle.
    func pool(for provider: ProviderRecord) -> ProviderPool? {
        if let entry = providers[provider.id], entry.version == provider.version { return entry.pool }
        providers[provider.id]?.pool?.close()
        let isBuiltIn = provider.dialect == "simulated" && provider.baseURL.isEmpty
        let baseURL = isBuiltIn ? configuration.simulatedBaseURL ?? "" : provider.baseURL
        let pool = UpstreamEndpoint(baseURL: baseURL).map {
            ProviderPool(
                endpoint: $0, provider: provider, eventLoop: eventLoop, tls: tls,
                proxy: ProviderProxy(
                    provider.network, of: provider.name, to: $0, credentials: credentials, logger: logger),
                configuration: configuration)
        }
        providers[provider.id] = Entry(version: provider.version, pool: pool)
        return pool
    }

    func tick(nowNanos: UInt64) {
        for entry in providers.values { entry.pool?.tick(nowNanos: nowNanos) }
    }

    func closeAll() {
        for entry in providers.values { entry.pool?.close() }
    }

    var busyCount: Int { sum(\.busyCount) }
    var idleCount: Int { sum(\.idleCount) }
    var connects: UInt64 { providers.values.reduce(0) { $0 + ($1.pool?.connects ?? 0) } }
    var connectFailures: UInt64 { providers.values.reduce(0) { $0 + ($1.pool?.connectFailures ?? 0) } }

    private func sum(_ count: (ProviderPool) -> Int) -> Int {
        providers.values.reduce(0) { total, entry in total + (entry.pool.map(count) ?? 0) }
    }
}
