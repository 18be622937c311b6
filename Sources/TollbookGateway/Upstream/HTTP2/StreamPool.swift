internal import NIOCore
internal import TollbookCore

/// The HTTP/2 connections of one event loop to one provider, and the calls that wait for a stream.
///
/// A call takes a stream of the first connection that has room. Else it waits: for a connection that is being made,
/// which many can share, or for a stream to end where there may be no more connections. On its event loop only.
final class StreamPool {
    /// Makes the connections; nil once the provider has changed and its calls are over.
    private weak var pool: ProviderPool?
    /// The provider's `host` or `host:port`.
    let authority: String
    private let timeouts: GatewayTimeouts
    private var connections: [SharedConnection] = []
    private var waiting = CircularBuffer<UpstreamStream>()
    /// Connections being made for whoever waits.
    private var connecting = 0
    /// Streams that a connection being made is likely to carry: as many as the newest one may.
    private var expectedStreams = GatewayLimits.streamsPerConnection
    private var isClosed = false
    /// Whether the provider's last choice was HTTP/1.1: calls then get connections to themselves.
    private(set) var isHTTP1 = false

    init(pool: ProviderPool, authority: String, timeouts: GatewayTimeouts) {
        self.pool = pool
        self.authority = authority
        self.timeouts = timeouts
    }

    var busyCount: Int { connections.count - idleCount }
    var idleCount: Int { connections.count { $0.isIdle } }

    /// A stream for a call: ready if a connection had room; else the call hears of it.
    func acquire(for user: UpstreamUser) -> UpstreamStream {
        let stream = UpstreamStream(
            pool: self, user: user, deadlineNanos: Self.deadline(inMillis: timeouts.connectMillis))
        if waiting.isEmpty, let connection = connectionWithRoom {
            stream.begin(on: connection)
        } else {
            waiting.append(stream)
            connectAsNeeded()
        }
        return stream
    }

    /// A call waits no more.
    func forget(_ stream: UpstreamStream) {
        if let index = waiting.firstIndex(where: { $0 === stream }) { waiting.remove(at: index) }
    }

    private var connectionWithRoom: SharedConnection? { connections.first { $0.hasRoom } }

    /// Makes as many connections as those who wait are likely to fill.
    private func connectAsNeeded() {
        guard !waiting.isEmpty, let pool else { return }
        // A provider that lets no stream begin gets no further connection for that.
        let expected = connections.isEmpty ? max(1, expectedStreams) : expectedStreams
        while waiting.count > pendingCount * expected, expected > 0,
            connections.count + connecting < GatewayLimits.sharedConnections
        {
            connecting += 1
            pool.connectShared()
        }
    }

    private var pendingCount: Int { connecting + connections.count { $0.isOpening } }

    // MARK: For connections being made

    /// No connection could be made. Those who wait are told, but for those who came later than it and have time left.
    func connectFailed(_ errorClass: ErrorClass) {
        connecting -= 1
        failWaiting(errorClass)
    }

    private func failWaiting(_ errorClass: ErrorClass) {
        // Where a connection is open, a stream of it may end.
        guard pendingCount == 0, !connections.contains(where: \.isOpen) else { return }
        let now = NIODeadline.now().uptimeNanoseconds
        let before = waiting
        waiting = []
        var failed: [UpstreamStream] = []
        for stream in before {
            let hasTime = errorClass == .connectTimeout && stream.deadlineNanos > now
            if hasTime { waiting.append(stream) } else { failed.append(stream) }
        }
        connectAsNeeded()
        for stream in failed { stream.connectFailed(errorClass) }
    }

    /// The provider has chosen HTTP/1.1: whoever waits longest gets the connection, the others one each.
    ///
    /// - Parameter wasShared: whether the connection was made for whoever waits.
    /// - Returns: the user of the connection; nil: nobody waits.
    func choseHTTP1(wasShared: Bool) -> UpstreamUser? {
        isHTTP1 = true
        guard wasShared else { return nil }
        connecting -= 1
        let first = waiting.popFirst()?.leave()
        while let user = waiting.popFirst()?.leave() {
            guard let pool else {
                user.connectFailed(.connectFailed)
                continue
            }
            user.moved(to: .connection(pool.connect(for: user)))
        }
        return first
    }

    /// The provider has chosen HTTP/2; its settings come next.
    ///
    /// - Parameters:
    ///   - wasShared: as above.
    ///   - user: who waits for the connection, if it was not made for whoever waits.
    func opening(_ connection: SharedConnection, wasShared: Bool, for user: UpstreamUser?) {
        isHTTP1 = false
        connections.append(connection)
        if wasShared { connecting -= 1 }
        guard let user else { return }
        let stream = UpstreamStream(
            pool: self, user: user, deadlineNanos: Self.deadline(inMillis: timeouts.connectMillis))
        waiting.append(stream)
        user.moved(to: .stream(stream))
    }

    // MARK: For connections

    /// The provider has told its bounds.
    func opened(_ connection: SharedConnection) {
        expectedStreams = connection.streamLimit
        changed()
        if isClosed { connection.drain() }
    }

    /// A connection may have room for those who wait, or take none any more.
    func changed() {
        if !waiting.isEmpty { serve() }
    }

    /// A connection has closed.
    ///
    /// - Parameter errorClass: why it never opened; nil: it did.
    func closed(_ connection: SharedConnection, _ errorClass: ErrorClass?) {
        connections.removeAll { $0 === connection }
        if let errorClass { failWaiting(errorClass) } else { changed() }
    }

    private func serve() {
        while !waiting.isEmpty, let connection = connectionWithRoom {
            let stream = waiting.removeFirst()
            stream.begin(on: connection)
            stream.connected()
        }
        connectAsNeeded()
    }

    /// When an idle connection is closed.
    var idleDeadlineNanos: UInt64 { Self.deadline(inMillis: timeouts.idleTLSMillis) }

    // MARK: For the pool

    func tick(nowNanos: UInt64) {
        for connection in connections { connection.tick(nowNanos: nowNanos) }
    }

    /// Closes what is idle; the other connections are closed after their last answer. Who waits gets new ones.
    func close() {
        isClosed = true
        for connection in connections { connection.drain() }
        connectAsNeeded()
    }

    private static func deadline(inMillis millis: Int64) -> UInt64 {
        (NIODeadline.now() + .milliseconds(millis)).uptimeNanoseconds
    }
}
