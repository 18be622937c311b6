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

    private let standard: EventLoopFuture<NIOSSLContext>
    private let trustRootsFile: String?
    /// Of providers with files of their own.
    private let own = Mutex<[TLSFiles: Own]>([:])
    private let logger: Logger

    init(trustRootsFile: String?, on eventLoop: any EventLoop, logger: Logger) {
        self.trustRootsFile = trustRootsFile
        self.logger = logger
        standard = NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) {
            try NIOSSLContext(configuration: Self.configuration(trustRootsFile))
        }
    }

    private static func configuration(_ trustRootsFile: String?) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
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
    }

    /// The settings for a provider with these files, or with none; on the given event loop.
    ///
    /// Fails with a `TLSFileFault` while a file cannot be used.
    func context(for files: TLSFiles?, on eventLoop: any EventLoop) -> EventLoopFuture<NIOSSLContext> {
        guard let files else { return standard.hop(to: eventLoop) }
        if let known = own.withLock({ $0[files] }) {
            return eventLoop.makeCompletedFuture { try known.result.get() }
        }
        return NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) { [self] in
            try load(files, instead: nil).result.get()
        }
    }

    /// Reads again the files that have changed, and those that could not be used. Blocks.
    func refresh() {
        for (files, known) in own.withLock({ $0 }) {
            if case .success = known.result, known.stamps == files.stamps() { continue }
            _ = load(files, instead: known)
        }
    }

    /// Reads files and keeps what comes of it: where they cannot be used, what there was before. A certificate and its
    /// key are seldom replaced at the same instant.
    private func load(_ files: TLSFiles, instead known: Own?) -> Own {
        // Taken first: a change in between is then seen at the next look.
        let stamps = files.stamps()
        var result = Self.context(files, trustRootsFile)
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
            if own.count >= GatewayLimits.certificateSets, own[files] == nil { own.removeAll() }
            own[files] = made
        }
        return made
    }

    private static func context(
        _ files: TLSFiles, _ trustRootsFile: String?
    ) -> Result<NIOSSLContext, TLSFileFault> {
        do {
            return .success(try files.makeContext(base: configuration(trustRootsFile)))
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
