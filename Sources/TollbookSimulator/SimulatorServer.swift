package import NIOCore
internal import NIOPosix
internal import Synchronization

/// A simulated provider that listens for OpenAI chat completions: for people's tests, for benchmarks, and as the
/// provider of a gateway that has no network.
///
/// Any bearer key is accepted. See ``Directives`` for what a call can pin.
package final class SimulatorServer: Sendable {
    /// The address in use, with the port that was taken.
    package let localAddress: SocketAddress
    private let channel: any Channel
    private let loops: [(loop: any EventLoop, state: LoopState)]
    /// Set when the server made its own threads.
    private let ownGroup: MultiThreadedEventLoopGroup?
    /// Ends with the listening socket; a future could not be asked once its event loop is gone.
    private let ended: AsyncStream<Never>
    private let isStopping = Atomic<Bool>(false)

    private init(
        address: SocketAddress, channel: any Channel, loops: [(loop: any EventLoop, state: LoopState)],
        ownGroup: MultiThreadedEventLoopGroup?
    ) {
        localAddress = address
        self.channel = channel
        self.loops = loops
        self.ownGroup = ownGroup
        let (ended, continuation) = AsyncStream.makeStream(of: Never.self)
        self.ended = ended
        channel.closeFuture.whenComplete { _ in continuation.finish() }
    }

    /// The port in use.
    package var port: Int { localAddress.port ?? 0 }

    /// Binds and begins to answer.
    ///
    /// - Parameter group: threads to run on, which stay the caller's; nil makes threads that end with ``stop()``.
    /// - Throws: `NIOCore.IOError` or the resolver's error if the address cannot be bound.
    package static func start(
        configuration: SimulatorConfiguration, group: (any EventLoopGroup)? = nil
    ) async throws -> SimulatorServer {
        if let group { return try await start(configuration, on: group, own: nil) }
        let own = ownGroup(configuration)
        do {
            return try await start(configuration, on: own, own: own)
        } catch {
            try? await own.shutdownGracefully()
            throw error
        }
    }

    /// Closes the listening socket and every connection, in the middle of an answer or not. Only the first call
    /// does; the others return at once.
    package func stop() async {
        guard !isStopping.exchange(true, ordering: .relaxed) else { return }
        // A socket that is closed already is what is wanted.
        try? await channel.close().get()
        for (loop, state) in loops {
            try? await loop.submit { state.closeAll() }.get()
        }
        try? await ownGroup?.shutdownGracefully()
    }

    /// Returns when the listening socket is closed, which may be long ago, or when the task is cancelled.
    package func waitUntilStopped() async {
        for await _ in ended {}
    }

    private static func ownGroup(_ configuration: SimulatorConfiguration) -> MultiThreadedEventLoopGroup {
        MultiThreadedEventLoopGroup(numberOfThreads: max(1, configuration.threads ?? System.coreCount))
    }

    private static func start(
        _ configuration: SimulatorConfiguration, on group: any EventLoopGroup, own: MultiThreadedEventLoopGroup?
    ) async throws -> SimulatorServer {
        let shared = SharedState(configuration)
        let loops = group.makeIterator().map { (loop: $0, state: LoopState(counts: shared.makeCounts())) }
        let states = Dictionary(uniqueKeysWithValues: loops.map { (ObjectIdentifier($0.loop), $0.state) })
        let channel = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.writeBufferWaterMark, value: waterMark)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let state = states[ObjectIdentifier(channel.eventLoop)] ?? LoopState(counts: shared.makeCounts())
                    try channel.pipeline.syncOperations.addHandler(ConnectionHandler(shared: shared, loop: state))
                }
            }
            .bind(host: configuration.host, port: configuration.port).get()
        guard let address = channel.localAddress else { throw ChannelError.unknownLocalAddress }
        return SimulatorServer(address: address, channel: channel, loops: loops, ownGroup: own)
    }

    private static let waterMark = ChannelOptions.Types.WriteBufferWaterMark(
        low: SimulatorLimits.pieceBytes, high: 2 * SimulatorLimits.pieceBytes)
}
