internal import Foundation
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import TollbookControl
internal import TollbookCore
internal import TollbookGateway
internal import TollbookLedger
internal import TollbookSimulator

/// The simulated provider, the data plane and the control plane of one run.
struct Listeners: Sendable {
    let settings: ServeSettings
    let ledger: Ledger
    let token: OwnerToken
    let logger: Logger

    /// Binds all of them, prints where they listen, and takes them down in order after a signal.
    ///
    /// - Parameter notes: lines printed after the listeners'.
    func run(notes: [String], until stop: StopSignals) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: settings.eventLoops)
        let simulator = try await startSimulator()
        do {
            let gateway = try await startGateway(group, simulator: simulator)
            try await runControlPlane(beside: gateway, notes: notes, until: stop)
        } catch {
            await simulator?.stop()
            try? await group.shutdownGracefully()
            throw error
        }
        await simulator?.stop()
        try? await group.shutdownGracefully()
    }

    private func startSimulator() async throws -> SimulatorServer? {
        guard settings.isSimulatorOn else { return nil }
        var configuration = SimulatorConfiguration()
        configuration.threads = 1
        do {
            return try await SimulatorServer.start(configuration: configuration)
        } catch {
            throw cannotListen("the simulated provider", ListenAddress(host: "127.0.0.1", port: 0), error, hint: nil)
        }
    }

    private func startGateway(
        _ group: MultiThreadedEventLoopGroup, simulator: SimulatorServer?
    ) async throws -> GatewayServer {
        var configuration = GatewayConfiguration(
            host: settings.listen.host, port: settings.listen.port, clock: SystemClock())
        configuration.simulatedBaseURL = simulator.map { "http://127.0.0.1:\($0.port)/v1" }
        configuration.trustRootsFile = settings.trustRootsFile
        configuration.timeouts = settings.timeouts
        configuration.sizes = settings.sizes
        configuration.environment = ProcessInfo.processInfo.environment.map { "\($0.key)=\($0.value)" }
        do {
            return try await GatewayServer.start(
                configuration: configuration, ledger: ledger, group: group, logger: logger)
        } catch {
            throw cannotListen("the data plane", settings.listen, error, hint: "choose another address with --listen")
        }
    }

    private func runControlPlane(
        beside gateway: GatewayServer, notes: [String], until stop: StopSignals
    ) async throws {
        let phase = ServePhase(ledger: ledger)
        let (ledger, recorder) = (ledger, AuditRecorder(ledger: ledger))
        let readers = ReadPool { try ledger.makeReader() }
        let webhooks = WebhookFigures()
        let refusals = RefusalBook(logger: logger) { address in
            try await recorder.record(.init(.accessRefuse, isSuccess: false, isOwner: false, address: address))
        }
        let watch = ClockWatch(ledger: ledger, recorder: recorder, clock: SystemClock(), logger: logger)
        let services = ControlServices(
            version: BuildVersion.text, ledger: ledger, clock: SystemClock(), token: token, readers: readers,
            refusals: refusals,
            readiness: { phase.faults },
            metrics: { controlRefusals in
                MetricsPage(
                    version: BuildVersion.text, ledger: ledger.metrics(), gateway: await gateway.metrics(),
                    isReady: phase.faults.isEmpty, controlRefusals: controlRefusals,
                    webhooks: webhooks.reading(nowMicros: SystemClock().nowMicros())
                ).text
            })
        let courier = WebhookCourier(
            version: BuildVersion.text, ledger: ledger, clock: SystemClock(), readers: readers, figures: webhooks,
            trustRootsFile: settings.trustRootsFile, logger: logger,
            secret: { await gateway.secret(at: $0) })
        let server = ControlServer(
            host: settings.adminListen.host, port: settings.adminListen.port, services: services, logger: logger)
        do {
            try await server.run { address in
                phase.didStart()
                announce(gateway, control: address, notes: notes)
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { await courier.run() }
                    await watch.run(until: stop)
                    phase.willDrain()
                    // Ends beside the drain, which a receiver that does not answer must not hold up.
                    group.cancelAll()
                    await drain(gateway, until: stop)
                }
            }
        } catch {
            await gateway.drain(seconds: 0)
            await readers.shutdown()
            throw error
        }
        await readers.shutdown()
    }

    private func announce(_ gateway: GatewayServer, control: BoundAddress, notes: [String]) {
        let port = gateway.address?.port ?? settings.listen.port
        let data = BoundAddress(host: settings.listen.host, port: port)
        let lines = ["data plane: \(data.url)", "control plane: \(control.url)"] + notes
        StandardOutput.write(lines.map { $0 + "\n" }.joined())
    }

    /// Lets calls in progress end, and cuts them at the next signal or after the drain time.
    private func drain(_ gateway: GatewayServer, until stop: StopSignals) async {
        logger.notice("Going down: calls in progress may end")
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await gateway.drain(within: settings.drainTimeout) }
            // A cancelled drain cuts what is left and still waits for the settlements.
            group.addTask { await stop.wait() }
            await group.next()
            group.cancelAll()
        }
    }

    private func cannotListen(
        _ who: String, _ address: ListenAddress, _ error: any Error, hint: String?
    ) -> TollbookError {
        let place = BoundAddress(host: address.host, port: address.port).url.dropFirst("http://".count)
        return TollbookError(
            .cannotListen, "\(who) cannot listen on \(place)", cause: SystemReason.text(error), hint: hint)
    }
}
