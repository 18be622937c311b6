internal import Hummingbird
internal import HummingbirdCore
package import Logging
internal import NIOCore
internal import Synchronization
internal import TollbookCore

/// The control plane's HTTP server: health, metrics and the admin API, on a port of its own.
///
/// It lives exactly as long as the body that it is run with, so that whoever runs it decides the order of shutdown.
package struct ControlServer: Sendable {
    /// Where to listen; port 0 takes a free one.
    package let host: String
    package let port: Int
    private let services: ControlServices
    private let logger: Logger

    package init(host: String, port: Int, services: ControlServices, logger: Logger) {
        self.host = host
        self.port = port
        self.services = services
        self.logger = logger
    }

    /// Binds, runs `body` with the address in use, and goes down when the body is done: requests in progress get
    /// five seconds, then they are cut.
    ///
    /// - Throws: `cannot_listen` when the port cannot be bound; the server's own failure, and then the body is
    ///   cancelled; else what the body throws.
    package func run(while body: @escaping @Sendable (BoundAddress) async throws -> Void) async throws {
        let (spool, activity) = (services.spool, ControlActivity())
        try await services.readers.run { spool.removeLeftovers() }
        let (addresses, continuation) = AsyncStream<BoundAddress>.makeStream()
        let application = makeApplication(activity: activity) { channel in
            continuation.yield(BoundAddress(host: host, port: channel.localAddress?.port ?? port))
        }
        let completion = Completion()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { continuation.finish() }
                try await listen(application)
                guard completion.isDone.load(ordering: .relaxed) else { throw Self.stoppedListening }
            }
            group.addTask { try await sweepExports() }
            group.addTask {
                // Ends without an address when the server failed; its own task says why.
                guard let address = await addresses.first(where: { _ in true }) else {
                    return try await Task.sleep(for: .seconds(ControlLimits.drainSeconds))
                }
                try await body(address)
                await activity.drain(atMost: .seconds(ControlLimits.drainSeconds))
                completion.isDone.store(true, ordering: .relaxed)
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private static let stoppedListening = TollbookError(
        .internalError, "the control plane stopped listening", hint: "the limit of open files may be reached")

    /// Removes exports that nobody fetched; ends when it is cancelled.
    private func sweepExports() async throws {
        let (spool, readers) = (services.spool, services.readers)
        while true {
            try await Task.sleep(for: .seconds(60))
            // Full readers are no reason to stop: the next minute comes.
            try? await readers.run { spool.sweep() }
        }
    }

    private func listen(_ application: some ApplicationProtocol) async throws {
        do {
            try await application.run()
        } catch let error as IOError {
            throw TollbookError(
                .cannotListen, "the control plane cannot listen on \(host):\(port)", cause: SystemReason.text(error),
                hint: "choose another address with --admin-listen")
        } catch is CancellationError {
            return
        }
    }

    private func makeApplication(
        activity: ControlActivity, onRunning: @escaping @Sendable (any Channel) -> Void
    ) -> some ApplicationProtocol {
        let limits = HTTP1Channel.Configuration.DecoderConfiguration(
            maxHeaderFieldSize: ControlLimits.headerBytes, maxHeaderListSize: ControlLimits.headerBytes)
        return Application(
            router: ControlRouter.make(services: services, activity: activity, logger: logger),
            server: .http1(
                configuration: .init(idleTimeout: ControlLimits.idleTimeout, httpDecoderConfiguration: limits)),
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: port),
                availableConnectionsDelegate: MaximumAvailableConnections(ControlLimits.connections)),
            onServerRunning: { onRunning($0) },
            logger: quietLogger)
    }

    /// The framework calls its own shutdown an error; what matters is thrown and told here.
    private var quietLogger: Logger {
        var logger = logger
        logger.logLevel = .critical
        return logger
    }
}

/// Whether the body has ended, so that the listener's end is no failure.
private final class Completion: Sendable {
    let isDone = Atomic(false)
}
