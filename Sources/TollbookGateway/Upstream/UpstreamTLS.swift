internal import NIOCore
internal import NIOPosix
internal import NIOSSL

/// The TLS settings of all connections to providers: the system's trust store, the name checked against the
/// certificate, TLS 1.2 or later.
///
/// The trust store is read on a background thread, because parsing it takes tens of milliseconds.
final class UpstreamTLS: Sendable {
    private let context: EventLoopFuture<NIOSSLContext>

    init(trustRootsFile: String?, on eventLoop: any EventLoop) {
        context = NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) {
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.minimumTLSVersion = .tlsv12
            configuration.applicationProtocols = ["http/1.1"]
            if let trustRootsFile { configuration.additionalTrustRoots = [.file(trustRootsFile)] }
            return try NIOSSLContext(configuration: configuration)
        }
    }

    /// Whether a file holds certificates that can be trusted. Blocks for a moment.
    static func canRead(trustRootsFile path: String) -> Bool {
        (try? NIOSSLCertificate.fromPEMFile(path).isEmpty) == false
    }

    /// Returns once the background thread needs the event loop no more.
    func settle() async {
        _ = try? await context.get()
    }

    /// The settings, on the given event loop.
    func context(on eventLoop: any EventLoop) -> EventLoopFuture<NIOSSLContext> {
        context.hop(to: eventLoop)
    }

    /// The handler for one connection. An address has no name to send or check; the certificate must carry it.
    static func handler(_ context: NIOSSLContext, host: String) throws -> NIOSSLClientHandler {
        let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        return try NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : host)
    }
}
