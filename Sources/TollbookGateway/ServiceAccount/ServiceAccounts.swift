internal import Logging
internal import NIOCore
internal import NIOPosix
internal import Synchronization
internal import TollbookCore
internal import TollbookPolicy

/// Fetches access tokens for the service accounts of all providers. Thread-safe.
final class ServiceAccounts: Sendable {
    private let known = Mutex<[ServiceAccountCredential.Place: ServiceAccountCredential]>([:])
    private let tls: UpstreamTLS
    private let clock: any WallClock
    private let eventLoop: any EventLoop
    private let logger: Logger
    private let isStopped = Atomic(false)

    /// - Parameter eventLoop: the exchanges' connections live on it.
    init(tls: UpstreamTLS, clock: any WallClock, eventLoop: any EventLoop, logger: Logger) {
        self.tls = tls
        self.clock = clock
        self.eventLoop = eventLoop
        self.logger = logger
    }

    /// The account with the key in this file, for this provider.
    func account(_ path: String, of provider: ProviderRecord) -> ServiceAccountCredential {
        let place = ServiceAccountCredential.Place(
            path: path, network: provider.network, provider: provider.name)
        return known.withLock { known in
            if let account = known[place] { return account }
            // Of providers that are gone nothing is kept for long.
            if known.count >= GatewayLimits.serviceAccounts { known.removeAll() }
            let made = ServiceAccountCredential(place, logger: logger)
            known[place] = made
            return made
        }
    }

    /// Fetches a token on a background thread and an event loop.
    ///
    /// - Parameter credentials: where that of the proxy is found.
    func fetch(_ account: ServiceAccountCredential, _ credentials: CredentialStore) {
        NIOThreadPool.singleton.submit { [self] state in
            guard case .active = state, !isStopped.load(ordering: .relaxed) else {
                return account.ended(.failure(.stopped))
            }
            let nowSeconds = clock.nowMicros() / 1_000_000
            guard let (assertion, endpoint) = account.makeAssertion(nowSeconds: nowSeconds) else { return }
            eventLoop.execute { [self] in send(assertion, to: endpoint, account, credentials) }
        }
    }

    private func send(
        _ assertion: String, to endpoint: UpstreamEndpoint, _ account: ServiceAccountCredential,
        _ credentials: CredentialStore
    ) {
        let network = account.place.network
        let proxy = ProviderProxy(
            network, of: account.place.provider, to: endpoint, credentials: credentials, logger: logger)
        let request = TokenRequest(assertion, to: endpoint, on: eventLoop) { account.ended($0) }
        request.start(
            tls: endpoint.usesTLS ? tls.context(for: TLSFiles(network), on: eventLoop) : nil, proxy: proxy)
    }

    /// Renews the tokens whose time has come. Blocks for a look at each key's file.
    func refresh(_ credentials: CredentialStore) {
        for account in known.withLock({ Array($0.values) }) where account.isDue() { fetch(account, credentials) }
    }

    /// Fetches no more.
    func stop() {
        isStopped.store(true, ordering: .relaxed)
    }
}
