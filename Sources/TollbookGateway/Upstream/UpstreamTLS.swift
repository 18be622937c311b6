internal import Logging
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import Synchronization
internal import TollbookPolicy

/// The TLS settings of all connections to providers: the name checked against the certificate, TLS 1.2 or later, and
/// the system's trust store where a provider has none of its own.
///
/// Files are read on background threads, because parsing a trust store takes tens of milliseconds. Thread-safe.
final class UpstreamTLS: Sendable {
    private struct Own {
        let stamps: [FileStamp?]
        let result: Result<NIOSSLContext, TLSFileFault>

        /// What keeps connections from being made.
        var fault: TLSFileFault? {
            if case .failure(let fault) = result { fault } else { nil }
        }
    }

    /// A provider's files, and what is offered to it.
    private struct Key: Hashable {
        let files: TLSFiles
        let offersHTTP2: Bool
    }

    private let standard: EventLoopFuture<NIOSSLContext>
    /// The same with HTTP/2 offered; made when it is first needed.
    private let multiplexed = Mutex<EventLoopFuture<NIOSSLContext>?>(nil)
    private let trustRootsFile: String?
    /// Of providers with files of their own.
    private let own = Mutex<[Key: Own]>([:])
    private let logger: Logger

    init(trustRootsFile: String?, on eventLoop: any EventLoop, logger: Logger) {
        self.trustRootsFile = trustRootsFile
        self.logger = logger
        standard = NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) {
            try NIOSSLContext(configuration: Self.configuration(trustRootsFile, offersHTTP2: false))
        }
    }

    private static func configuration(_ trustRootsFile: String?, offersHTTP2: Bool) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = offersHTTP2 ? ["h2", "http/1.1"] : ["http/1.1"]
        if let trustRootsFile { configuration.additionalTrustRoots = [.file(trustRootsFile)] }
        return configuration
    }

    /// Whether a file holds certificates that can be trusted. Blocks for a moment.
    static func canRead(trustRootsFile path: String) -> Bool {
        (try? NIOSSLCertificate.fromPEMFile(path).isEmpty) == false
    }

    /// Returns once the background thread needs the event loop no more.
    func settle() async {
        _ = try? await standard.get()
        _ = try? await multiplexed.withLock { $0 }?.get()
    }

    /// The settings for a provider with these files, or with none; on the given event loop.
    ///
    /// Fails with a `TLSFileFault` while a file cannot be used.
    func context(
        for files: TLSFiles?, offersHTTP2: Bool = false, on eventLoop: any EventLoop
    ) -> EventLoopFuture<NIOSSLContext> {
        guard let files else {
            return (offersHTTP2 ? multiplexedContext(on: eventLoop) : standard).hop(to: eventLoop)
        }
        let key = Key(files: files, offersHTTP2: offersHTTP2)
        if let known = own.withLock({ $0[key] }) {
            return eventLoop.makeCompletedFuture { try known.result.get() }
        }
        return NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) { [self] in
            try load(key, instead: nil).result.get()
        }
    }

    private func multiplexedContext(on eventLoop: any EventLoop) -> EventLoopFuture<NIOSSLContext> {
        multiplexed.withLock { context in
            if let context { return context }
            let made = NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) { [trustRootsFile] in
                try NIOSSLContext(configuration: Self.configuration(trustRootsFile, offersHTTP2: true))
            }
            context = made
            return made
        }
    }

    /// Reads again the files that have changed, and those that could not be used. Blocks.
    func refresh() {
        for (key, known) in own.withLock({ $0 }) {
            if case .success = known.result, known.stamps == key.files.stamps() { continue }
            _ = load(key, instead: known)
        }
    }

    /// Reads files and keeps what comes of it: where they cannot be used, what there was before. A certificate and its
    /// key are seldom replaced at the same instant.
    private func load(_ key: Key, instead known: Own?) -> Own {
        // Taken first: a change in between is then seen at the next look.
        let stamps = key.files.stamps()
        var result = Self.context(key, trustRootsFile)
        if case .failure(let fault) = result {
            if known?.fault != fault {
                logger.error(
                    "A provider's certificate file cannot be used",
                    metadata: ["reason": "\(fault)", "hint": "\(fault.advice)"])
            }
            if case .success(let before)? = known?.result { result = .success(before) }
        } else if known != nil {
            logger.info("A provider's certificate files were read again")
        }
        let made = Own(stamps: stamps, result: result)
        own.withLock { own in
            // Of providers that are gone nothing is kept for long.
            if own.count >= GatewayLimits.certificateSets, own[key] == nil { own.removeAll() }
            own[key] = made
        }
        return made
    }

    private static func context(
        _ key: Key, _ trustRootsFile: String?
    ) -> Result<NIOSSLContext, TLSFileFault> {
        do {
            return .success(
                try key.files.makeContext(base: configuration(trustRootsFile, offersHTTP2: key.offersHTTP2)))
        } catch let fault as TLSFileFault {
            return .failure(fault)
        } catch {
            // The files are sound, so that what is left is the system's trust store.
            return .failure(TLSFileFault(.caFile, trustRootsFile ?? "", .isUnreadable))
        }
    }

    /// The handler for one connection. An address has no name to send or check; the certificate must carry it.
    static func handler(_ context: NIOSSLContext, host: String) throws -> NIOSSLClientHandler {
        let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        return try NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : host)
    }
}
