internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import TollbookCore
internal import TollbookPolicy

/// The connections of one event loop to one provider; the one used last is used next.
///
/// Over HTTP/1.1 a call takes a connection to itself, so there are never more than calls; none waits for another's.
/// `@unchecked Sendable` because connect's closures carry it; all of it is touched on its event loop only.
final class ProviderPool: @unchecked Sendable {
    let endpoint: UpstreamEndpoint
    private let dialect: ProviderDialect?
    private let azure: AzurePaths?
    /// By the raw values of endpoints.
    private let requestPrefixes: [UpstreamRequestHead.Prefix]
    /// Of endpoints whose paths name the model, by path.
    private var modelPrefixes: [String: UpstreamRequestHead.Prefix] = [:]
    /// nil: the provider wants no signatures.
    private var signer: AWSSigner?
    private let eventLoop: any EventLoop
    private let tls: UpstreamTLS
    /// The provider's own certificates; nil: it has none.
    private let tlsFiles: TLSFiles?
    /// nil: connections go straight to the provider.
    private let proxy: ProviderProxy?
    private let timeouts: GatewayTimeouts
    private let idleLimit: Int
    /// Connections that calls share; nil: HTTP/2 is not offered to the provider.
    private(set) var streams: StreamPool?
    private var idle: [UpstreamConnection] = []
    private var connecting: [UpstreamConnection] = []
    private var trailing: [UpstreamConnection] = []
    private var busyConnections = 0
    private(set) var connects: UInt64 = 0
    private(set) var connectFailures: UInt64 = 0
    private var isClosed = false

    init(
        endpoint: UpstreamEndpoint, provider: ProviderRecord, eventLoop: any EventLoop, tls: UpstreamTLS,
        proxy: ProviderProxy?, configuration: GatewayConfiguration
    ) {
        self.endpoint = endpoint
        dialect = provider.knownDialect
        let azure = dialect == .azure ? AzurePaths(endpoint, apiVersion: provider.apiVersion) : nil
        self.azure = azure
        self.eventLoop = eventLoop
        self.tls = tls
        tlsFiles = TLSFiles(provider.network)
        self.proxy = proxy
        timeouts = configuration.timeouts
        idleLimit = configuration.sizes.idleConnectionsPerProvider
        signer = provider.awsRegion.map { AWSSigner(region: $0, host: endpoint.authority) }
        let last = Endpoint.allCases.map(\.rawValue).max() ?? 0
        requestPrefixes = (0...last).map { code in
            let path = Endpoint(rawValue: code).map { Self.path(of: $0, model: "", endpoint, azure) } ?? endpoint.path
            return UpstreamRequestHead.Prefix(path: path, authority: endpoint.authority)
        }
        if provider.network.offersHTTP2, endpoint.usesTLS {
            streams = StreamPool(pool: self, authority: endpoint.authority, timeouts: configuration.timeouts)
        }
    }

    /// The request line and the headers that are the same for every call to an endpoint, without the blank line.
    ///
    /// - Parameter model: the name the provider knows the model by.
    func requestPrefix(for endpoint: Endpoint, model: String) -> UpstreamRequestHead.Prefix {
        guard endpoint.hasModelInPath || azure?.namesModel ?? false else { return requestPrefixes[endpoint.rawValue] }
        let path = Self.path(of: endpoint, model: model, self.endpoint, azure)
        if let prefix = modelPrefixes[path] { return prefix }
        if modelPrefixes.count >= GatewayLimits.modelPrefixes { modelPrefixes.removeAll() }
        let prefix = UpstreamRequestHead.Prefix(
            path: path, authority: self.endpoint.authority, isSigned: signer != nil)
        modelPrefixes[path] = prefix
        return prefix
    }

    private static func path(
        of endpoint: Endpoint, model: String, _ place: UpstreamEndpoint, _ azure: AzurePaths?
    ) -> String {
        azure?.path(of: endpoint, model: model) ?? place.path(of: endpoint, model: model)
    }

    /// The request line of a call that is passed through, as it was sent, behind the provider's base path.
    func requestPrefix(of passed: PassedLine) -> UpstreamRequestHead.Prefix {
        let path = passed.isStored ? azure?.path(stored: passed.path) : nil
        return UpstreamRequestHead.Prefix(
            method: passed.method, path: path ?? endpoint.path + passed.path, authority: endpoint.authority,
            isSigned: signer != nil)
    }

    /// The header lines by which the provider takes its credential.
    ///
    /// - Parameters:
    ///   - prefix: of the call.
    ///   - bodySHA256: of what is sent, in hexadecimal; needed for what is signed.
    ///   - nowMicros: the wall clock, read only for what is signed.
    func headerLines(
        of secret: CredentialSecret, _ prefix: UpstreamRequestHead.Prefix, query: String?, bodySHA256: String?,
        nowMicros: @autoclosure () -> Int64
    ) -> ByteBuffer {
        switch dialect {
        case .anthropic: return secret.apiKeyLine
        case .azure: return secret.azureKeyLine
        case .gemini: return secret.googleKeyLine
        case .bedrock:
            guard let keys = secret.awsKeys else { return secret.bearerLine }
            // Unsigned, the provider refuses the call: the key itself must not go up.
            guard let path = prefix.signedPath, let bodySHA256 else { return ByteBuffer() }
            return signer?.lines(
                keys: keys, method: prefix.method, path: path, query: query, bodySHA256: bodySHA256,
                nowMicros: nowMicros()) ?? ByteBuffer()
        case .openai, .vertex, .cohere, .simulated, nil: return secret.bearerLine
        }
    }

    /// The header line for calls whose caller names no version; nil: the provider wants none.
    var anthropicVersion: ByteBuffer? { dialect == .anthropic ? Self.defaultVersion : nil }

    private static let defaultVersion = ByteBuffer(string: "anthropic-version: 2023-06-01\r\n")

    var idleCount: Int { idle.count + (streams?.idleCount ?? 0) }
    var busyCount: Int { busyConnections + (streams?.busyCount ?? 0) }

    /// A way to the provider for a call: ready if a connection was idle, or shared and had room; else the call hears of
    /// it.
    ///
    /// - Parameters:
    ///   - isNew: whether one that was idle will not do.
    ///   - isOnlyTry: whether the request cannot be sent again, should the provider have closed the connection.
    ///   - fitsStream: whether the request's head is one for HTTP/2; not asked where none is offered.
    func acquire(
        for user: UpstreamUser, nowNanos: UInt64, isNew: Bool = false, isOnlyTry: Bool = false,
        fitsStream: @autoclosure () -> Bool
    ) -> UpstreamLink {
        while !isNew, let connection = idle.popLast() {
            if connection.begin(user, nowNanos: nowNanos, looks: isOnlyTry) {
                busyConnections += 1
                return .connection(connection)
            }
        }
        guard let streams, !streams.isHTTP1 else { return .connection(connect(for: user)) }
        return fitsStream()
            ? .stream(streams.acquire(for: user)) : .connection(connect(for: user, offersHTTP2: false))
    }

    /// Gives a new connection to the call that waited for it; false when it has closed already.
    func begin(_ user: UpstreamUser, on link: UpstreamLink) -> Bool {
        guard case .connection(let connection) = link else { return link.isReady }
        guard connection.begin(user, nowNanos: NIODeadline.now().uptimeNanoseconds) else { return false }
        busyConnections += 1
        return true
    }

    // MARK: For connections

    /// An answer has ended. Keeps the connection if it may be kept; false: it is to be closed.
    func endBusy(_ connection: UpstreamConnection, keeps: Bool) -> Bool {
        busyConnections -= 1
        trailing.removeAll { $0 === connection }
        return keeps && park(connection)
    }

    /// Keeps a connection that serves no call; false: it is to be closed.
    func park(_ connection: UpstreamConnection) -> Bool {
        guard !isClosed, idle.count < idleLimit else { return false }
        let millis = endpoint.usesTLS ? timeouts.idleTLSMillis : timeouts.idlePlainMillis
        connection.fellIdle(nowNanos: NIODeadline.now().uptimeNanoseconds, keptMillis: millis)
        idle.append(connection)
        return true
    }

    /// A connection has closed.
    func forget(_ connection: UpstreamConnection, wasBusy: Bool) {
        if wasBusy { busyConnections -= 1 }
        trailing.removeAll { $0 === connection }
        idle.removeAll { $0 === connection }
    }

    func connectEnded(_ connection: UpstreamConnection, succeeded: Bool) {
        connecting.removeAll { $0 === connection }
        if !succeeded { connectFailures &+= 1 }
    }

    /// Watches the deadline of a connection whose call is done before its answer's end.
    func watchTrailing(_ connection: UpstreamConnection) {
        trailing.append(connection)
    }

    // MARK: For the loop

    /// Closes connections that were idle, or were being made, for too long.
    func tick(nowNanos: UInt64) {
        for connection in idle where connection.deadlineNanos <= nowNanos { connection.close() }
        for connection in connecting where connection.deadlineNanos <= nowNanos { connection.timedOut() }
        for connection in trailing where connection.deadlineNanos <= nowNanos { connection.close() }
        streams?.tick(nowNanos: nowNanos)
    }

    /// Closes what is idle and keeps nothing from now on.
    func close() {
        isClosed = true
        streams?.close()
        for connection in idle + connecting { connection.close() }
    }

    // MARK: Connecting

    /// Makes a connection for whoever waits for a stream.
    func connectShared() {
        _ = connect(for: nil)
    }

    /// - Parameters:
    ///   - user: who waits for it; nil: whoever waits for a stream.
    ///   - offersHTTP2: false: not even to a provider that it is for.
    func connect(for user: UpstreamUser?, offersHTTP2: Bool = true) -> UpstreamConnection {
        connects &+= 1
        let connection = UpstreamConnection(
            pool: self, user: user, offersHTTP2: offersHTTP2 && streams != nil,
            deadlineNanos: Self.deadline(inMillis: timeouts.connectMillis))
        connecting.append(connection)
        guard endpoint.usesTLS else {
            connect(connection, tls: nil)
            return connection
        }
        tls.context(for: tlsFiles, offersHTTP2: connection.offersHTTP2, on: eventLoop).whenComplete { [self] result in
            switch result {
            case .success(let context): connect(connection, tls: context)
            case .failure(let error): connection.connectFailed(error)
            }
        }
        return connection
    }

    private func connect(_ connection: UpstreamConnection, tls: NIOSSLContext?) {
        guard let proxy else { return open(connection, tls: tls, host: endpoint.host, port: endpoint.port) }
        proxy.credential(on: eventLoop).assumeIsolated().whenComplete { [self] result in
            switch result {
            case .success(let line):
                let tunnel = proxy.makeTunnel(credential: line) { connection.tunnelEnded($0) }
                open(connection, tls: tls, host: proxy.host, port: proxy.port, tunnel: tunnel)
            case .failure(let error): failed(connection, error)
            }
        }
    }

    /// Handlers are added to the channel that won: a name with several addresses makes several.
    private func open(
        _ connection: UpstreamConnection, tls: NIOSSLContext?, host: String, port: Int, tunnel: ProxyTunnel? = nil
    ) {
        ClientBootstrap(group: eventLoop)
            .connectTimeout(.milliseconds(timeouts.connectMillis))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connect(host: host, port: port)
            .assumeIsolated()
            .whenComplete { [self] result in
                do {
                    let channel = try result.get()
                    let handler = try tls.map { try UpstreamTLS.handler($0, host: endpoint.host) }
                    connection.attach(channel, tunnel: tunnel, tls: handler)
                } catch {
                    failed(connection, error)
                }
            }
    }

    /// No connection could be made, to the provider or to its proxy.
    private func failed(_ connection: UpstreamConnection, _ error: any Error) {
        let errorClass = UpstreamFailure.connecting(error)
        guard let proxy, errorClass != .tlsFailed else { return connection.connectFailed(error) }
        let fault = error as? ProxyFault ?? (errorClass == .connectTimeout ? .timedOut : .unreachable)
        proxy.report(fault)
        connection.connectFailed(fault)
    }

    /// The proxy gave a connection no tunnel.
    func tunnelFailed(_ fault: ProxyFault) {
        proxy?.report(fault)
    }

    private static func deadline(inMillis millis: Int64) -> UInt64 {
        (NIODeadline.now() + .milliseconds(millis)).uptimeNanoseconds
    }
}
