internal import Logging
internal import NIOCore
internal import TollbookPolicy

/// The proxy of a provider, for one event loop and one address: where it is, its credential, and what is logged of it.
final class ProviderProxy {
    let host: String
    let port: Int
    /// `host:port` where tunnels end.
    private let target: String
    /// Where the credential is found; nil: it needs none.
    private let source: String?
    private let provider: String
    private let credentials: CredentialStore
    private let logger: Logger
    /// When a fault may be logged again.
    private var quietUntil = NIODeadline.uptimeNanoseconds(0)

    /// nil: the provider has no proxy.
    ///
    /// - Parameters:
    ///   - provider: its name.
    ///   - endpoint: where the tunnels end.
    init?(
        _ network: ProviderNetwork, of provider: String, to endpoint: UpstreamEndpoint, credentials: CredentialStore,
        logger: Logger
    ) {
        guard let proxy = network.proxy.flatMap(UpstreamEndpoint.init(baseURL:)) else { return nil }
        host = proxy.host
        port = proxy.port
        target =
            endpoint.host.contains(":")
            ? "[\(endpoint.host)]:\(endpoint.port)" : "\(endpoint.host):\(endpoint.port)"
        source = network.proxyCredential
        self.provider = provider
        self.credentials = credentials
        self.logger = logger
    }

    /// The credential's header line, nil where it needs none; on the given event loop.
    ///
    /// Fails with a `ProxyFault` when it cannot be read.
    func credential(on eventLoop: any EventLoop) -> EventLoopFuture<ByteBuffer?> {
        guard let source else { return eventLoop.makeSucceededFuture(nil) }
        if case .unknown = credentials.lookup(source: source) {
            return credentials.load(source, on: eventLoop).flatMapThrowing { [credentials] in
                try Self.line(credentials.lookup(source: source))
            }
        }
        return eventLoop.makeCompletedFuture { try Self.line(credentials.lookup(source: source)) }
    }

    private static func line(_ found: CredentialStore.Lookup) throws -> ByteBuffer {
        guard case .ready(let secret?) = found else { throw ProxyFault.credentialUnavailable }
        return secret.proxyLine
    }

    /// Asks the proxy for a tunnel once it is in a channel's pipeline.
    func makeTunnel(credential: ByteBuffer?, completion: @escaping (ProxyFault?) -> Void) -> ProxyTunnel {
        ProxyTunnel(to: target, credential: credential, completion: completion)
    }

    /// Logs a fault, at most every `GatewayLimits.proxyLogMillis`. A credential that was refused is read again soon.
    func report(_ fault: ProxyFault) {
        if let source, fault == .refused(status: 407) { credentials.refused(source: source) }
        let now = NIODeadline.now()
        guard now >= quietUntil else { return }
        quietUntil = now + .milliseconds(GatewayLimits.proxyLogMillis)
        logger.warning(
            "A provider cannot be reached through its proxy",
            metadata: ["provider": "\(provider)", "reason": "\(fault)"])
    }
}
