package import Logging
package import NIOCore
internal import NIOPosix

/// The data plane: listens, takes calls, and ends without losing a settlement.
package final class GatewayServer: Sendable {
    private let loops: [GatewayLoop]
    private let gate: CallGate
    private let channel: any Channel
    private let tasks: [RepeatedTask]
    private let tls: UpstreamTLS
    private let credentials: CredentialStore
    private let logger: Logger

    /// Where it listens.
    package var address: SocketAddress? { channel.localAddress }

    private init(
        loops: [GatewayLoop], gate: CallGate, channel: any Channel, tasks: [RepeatedTask], tls: UpstreamTLS,
        credentials: CredentialStore, logger: Logger
    ) {
        self.loops = loops
        self.gate = gate
        self.channel = channel
        self.tasks = tasks
        self.tls = tls
        self.credentials = credentials
        self.logger = logger
    }

    /// Binds and begins to take calls, on all event loops of the group (at most `GatewayLimits.eventLoops`).
    ///
    /// - Throws: what binding throws.
    package static func start(
        configuration: GatewayConfiguration, ledger: any CallLedger, group: any EventLoopGroup, logger: Logger
    ) async throws -> GatewayServer {
        let eventLoops = Array(group.makeIterator().prefix(GatewayLimits.eventLoops))
        let tls = UpstreamTLS(trustRootsFile: configuration.trustRootsFile, on: group.next(), logger: logger)
        let credentials = CredentialStore(
            logger: logger, environment: configuration.environment,
            accounts: ServiceAccounts(
                tls: tls, clock: configuration.clock, eventLoop: group.next(), logger: logger))
        let gate = CallGate(limit: configuration.sizes.calls, queueLimit: configuration.sizes.queuedCalls)
        let storage = (ledger as? any StoredLedger).map { StoredService(ledger: $0, logger: logger) }
        let loops = eventLoops.enumerated().map { node, eventLoop in
            GatewayLoop(
                eventLoop: eventLoop, node: node, loopCount: eventLoops.count, configuration: configuration,
                ledger: ledger, credentials: credentials,
                pool: UpstreamPool(
                    eventLoop: eventLoop, tls: tls, credentials: credentials, configuration: configuration,
                    logger: logger),
                gate: gate, storage: storage)
        }
        let channel: any Channel
        do {
            channel = try await bind(configuration, group: group, loops: loops)
        } catch {
            await tls.settle()
            await credentials.stop()
            throw error
        }
        var tasks = loops.map(makeTick) + [makeRefresh(credentials, tls, on: eventLoops[0])]
        if let storage { tasks.append(BatchWatch(storage, on: loops[0]).start()) }
        logger.info("gateway listening", metadata: ["address": "\(channel.localAddress?.description ?? "")"])
        return GatewayServer(
            loops: loops, gate: gate, channel: channel, tasks: tasks, tls: tls, credentials: credentials,
            logger: logger)
    }

    private static func bind(
        _ configuration: GatewayConfiguration, group: any EventLoopGroup, loops: [GatewayLoop]
    ) async throws -> any Channel {
        let byEventLoop = Dictionary(uniqueKeysWithValues: loops.map { (ObjectIdentifier($0.eventLoop), $0) })
        let waterMark = ChannelOptions.Types.WriteBufferWaterMark(
            low: GatewayLimits.clientBufferLowBytes, high: GatewayLimits.clientBufferHighBytes)
        return try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: GatewayLimits.listenBacklog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.writeBufferWaterMark, value: waterMark)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let loop = byEventLoop[ObjectIdentifier(channel.eventLoop)] else {
                        throw ChannelError.inappropriateOperationForState
                    }
                    try channel.pipeline.syncOperations.addHandler(FrontHandler(loop: loop))
                }
            }
            .bind(host: configuration.host, port: configuration.port).get()
    }

    private static func makeTick(_ loop: GatewayLoop) -> RepeatedTask {
        let interval = TimeAmount.milliseconds(GatewayLimits.tickMillis)
        return loop.eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in loop.tick() }
    }

    /// Looks at the files of credentials and certificates on a background thread, again and again.
    private static func makeRefresh(
        _ credentials: CredentialStore, _ tls: UpstreamTLS, on eventLoop: any EventLoop
    ) -> RepeatedTask {
        let interval = TimeAmount.milliseconds(GatewayLimits.credentialMillis)
        return eventLoop.scheduleRepeatedAsyncTask(initialDelay: interval, delay: interval) { _ in
            NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) {
                credentials.refresh()
                tls.refresh()
            }
        }
    }

    // MARK: Credentials

    /// What is found at a credential's source now; nil: nothing that can be used. Followed as providers' are.
    package func secret(at source: String) async -> CredentialSecret? {
        if case .unknown = credentials.lookup(source: source), let loop = loops.first {
            try? await credentials.load(source, on: loop.eventLoop).get()
        }
        guard case .ready(let secret) = credentials.lookup(source: source) else { return nil }
        return secret
    }

    // MARK: Metrics

    /// The figures of all event loops, gathered now.
    package func metrics() async -> GatewayMetrics {
        var sum = await onEveryLoop { $0.snapshotMetrics() }.reduce(into: GatewayMetrics()) { $0.add($1) }
        sum.placesHeld = gate.held
        sum.queuedCalls = gate.waiting
        return sum
    }

    // MARK: Shutdown

    /// Ends the data plane: takes no more connections, closes idle ones, waits for calls, cuts those that are
    /// left, and returns once every settlement is acknowledged (or the ledger has taken too long).
    ///
    /// Cancelling the task cuts the calls at once; their settlements are waited for all the same.
    package func drain(seconds: Int) async {
        await drain(within: .seconds(seconds))
    }

    /// As `drain(seconds:)`.
    package func drain(within limit: Duration) async {
        try? await channel.close()
        _ = await onEveryLoop { $0.beginDrain() }
        if await !poll(within: limit, endsEarly: true, { $0.isQuiet }) {
            logger.notice("cutting calls that did not end in time")
            _ = await onEveryLoop { $0.cutCalls() }
            let limit = Duration.milliseconds(GatewayLimits.settleMillis)
            if await !poll(within: limit, endsEarly: false, { $0.openCalls == 0 }) {
                logger.error("settlements are still unacknowledged; the next start recovers them")
            }
        }
        _ = await onEveryLoop { $0.closeAll() }
        for task in tasks { task.cancel() }
        await credentials.stop()
        await tls.settle()
    }

    /// Waits until every loop says that it is done; false: the time is over, or a cancellation ended it early.
    private func poll(
        within limit: Duration, endsEarly: Bool, _ isDone: @escaping @Sendable (GatewayLoop) -> Bool
    ) async -> Bool {
        let deadline = ContinuousClock.now + limit
        while true {
            if await onEveryLoop(isDone).allSatisfy({ $0 }) { return true }
            guard ContinuousClock.now < deadline, !(endsEarly && Task.isCancelled) else { return false }
            await pause()
        }
    }

    /// Sleeps on an event loop, because a cancelled task's own sleep returns at once.
    private func pause() async {
        let interval = TimeAmount.milliseconds(GatewayLimits.drainPollMillis)
        try? await loops.first?.eventLoop.scheduleTask(in: interval) {}.futureResult.get()
    }

    private func onEveryLoop<Result: Sendable>(_ body: @escaping @Sendable (GatewayLoop) -> Result) async -> [Result] {
        var results: [Result] = []
        for loop in loops {
            // The group outlives the server; a loop that has ended has nothing to say.
            if let result = try? await loop.eventLoop.submit({ body(loop) }).get() { results.append(result) }
        }
        return results
    }
}
