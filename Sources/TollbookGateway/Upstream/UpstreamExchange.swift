internal import NIOCore
internal import TollbookCore
internal import TollbookLedger
internal import TollbookPolicy

/// A request of the gateway's own to a provider, and its answer, whose body is given to a reader as it comes.
///
/// `@unchecked Sendable` because futures' closures carry it; all of it is touched on its event loop only.
final class UpstreamExchange: @unchecked Sendable {
    /// What is asked, of whom, and how long it may take.
    struct Request: Sendable {
        let provider: ProviderRecord
        /// nil: the provider needs none.
        let credential: CredentialRecord?
        let line: PassedLine
        let timeoutMillis: Int64
    }

    /// No whole answer came.
    struct Failure: Error {}

    private let loop: GatewayLoop
    private let request: Request
    private let read: @Sendable (_ status: Int, _ bytes: ByteBuffer) -> Bool
    private let promise: EventLoopPromise<Int>
    var connection: UpstreamLink?
    private var secret: CredentialSecret?
    private var status = 0
    private var isDone = false
    private var deadline: Scheduled<Void>?

    private init(
        _ request: Request, on loop: GatewayLoop, read: @escaping @Sendable (_ status: Int, _ bytes: ByteBuffer) -> Bool
    ) {
        self.loop = loop
        self.request = request
        self.read = read
        promise = loop.eventLoop.makePromise(of: Int.self)
    }

    /// Asks and reads the whole answer.
    ///
    /// - Parameter read: told of each piece of the body, on the loop; false ends the exchange as failed.
    /// - Returns: the answer's status.
    /// - Throws: `Failure`.
    static func run(
        _ request: Request, on loop: GatewayLoop,
        read: @escaping @Sendable (_ status: Int, _ bytes: ByteBuffer) -> Bool
    ) async throws -> Int {
        let exchange = UpstreamExchange(request, on: loop, read: read)
        loop.eventLoop.execute { exchange.start() }
        return try await exchange.promise.futureResult.get()
    }

    private func start() {
        deadline = loop.eventLoop.scheduleTask(in: .milliseconds(request.timeoutMillis)) { [self] in failed() }
        findSecret(mayLoad: true)
    }

    private func findSecret(mayLoad: Bool) {
        switch loop.credentials.lookup(request.credential, of: request.provider) {
        case .ready(let secret):
            self.secret = secret
            connect()
        case .unknown where mayLoad:
            guard let source = request.credential?.source else { return failed() }
            loop.credentials.load(source, of: request.provider, on: loop.eventLoop).whenComplete { [self] _ in
                if !isDone { findSecret(mayLoad: false) }
            }
        case .unknown, .unavailable: failed()
        }
    }

    private func connect() {
        guard let pool = loop.pool.pool(for: request.provider) else { return failed() }
        let connection = pool.acquire(
            for: .exchange(self), nowNanos: loop.readNanos(), fitsStream: true)
        self.connection = connection
        if connection.isReady { send(on: connection, pool) }
    }

    /// The connection that was waited for is ready.
    func connected(_ link: UpstreamLink) {
        connection = link
        guard !isDone, let pool = loop.pool.pool(for: request.provider), pool.begin(.exchange(self), on: link)
        else { return failed() }
        send(on: link, pool)
    }

    private func send(on connection: UpstreamLink, _ pool: ProviderPool) {
        let prefix = pool.requestPrefix(of: request.line)
        connection.send(
            prefix: prefix, query: nil,
            secret: secret.map {
                pool.headerLines(
                    of: $0, prefix, query: nil, bodySHA256: nil, nowMicros: loop.configuration.clock.nowMicros())
            },
            version: nil, forwarded: ByteBuffer(staticString: "accept: */*\r\n"), body: [], length: 0)
    }

    func received(_ answer: ProviderAnswer) {
        status = answer.status
    }

    func received(_ bytes: ByteBuffer) {
        if !isDone, !read(status, bytes) { failed() }
    }

    func ended() {
        connection = nil
        guard !isDone else { return }
        isDone = true
        deadline?.cancel()
        promise.succeed(status)
    }

    func failed() {
        guard !isDone else { return }
        isDone = true
        deadline?.cancel()
        connection?.abandon()
        connection = nil
        promise.fail(Failure())
    }
}
