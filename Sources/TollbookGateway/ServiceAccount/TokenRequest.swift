internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL
internal import TollbookCore

/// Exchanges an assertion for a token over a connection of its own, through the provider's proxy if it has one.
///
/// https://www.rfc-editor.org/rfc/rfc7523#section-2.1
///
/// Used once. `@unchecked Sendable` because the connect's closures carry it; all of it is touched on its event loop.
final class TokenRequest: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let endpoint: UpstreamEndpoint
    private let eventLoop: any EventLoop
    private let request: ByteBuffer
    private let completion: (Result<TokenAnswer, TokenFault>) -> Void
    private var reader = ResponseReader()
    private var status = 0
    private var body = ByteBuffer()
    private var channel: (any Channel)?
    private var deadline: Scheduled<Void>?
    private var isDone = false

    /// - Parameter completion: called once, on the event loop.
    init(
        _ assertion: String, to endpoint: UpstreamEndpoint, on eventLoop: any EventLoop,
        completion: @escaping (Result<TokenAnswer, TokenFault>) -> Void
    ) {
        // An assertion is of Base64's letters and dots: nothing of it is to be escaped.
        let form = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=\(assertion)"
        request = ByteBuffer(
            string: "POST \(endpoint.path.isEmpty ? "/" : endpoint.path) HTTP/1.1\r\nhost: \(endpoint.authority)\r\n"
                + "content-type: application/x-www-form-urlencoded\r\naccept: application/json\r\n"
                + "accept-encoding: identity\r\nconnection: close\r\ncontent-length: \(form.utf8.count)\r\n\r\n\(form)")
        self.endpoint = endpoint
        self.eventLoop = eventLoop
        self.completion = completion
    }

    /// Begins.
    ///
    /// - Parameters:
    ///   - tls: settings of the connection; not used where the endpoint has no TLS.
    ///   - proxy: nil: it goes straight to the endpoint.
    func start(tls: EventLoopFuture<NIOSSLContext>?, proxy: ProviderProxy?) {
        deadline = eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(GatewayLimits.tokenMillis)) { [self] in
            end(.failure(.timedOut))
        }
        guard let tls else { return connect(nil, proxy) }
        tls.assumeIsolated().whenComplete { [self] result in
            switch result {
            case .success(let context): connect(context, proxy)
            case .failure(let error): failed(error)
            }
        }
    }

    private func connect(_ tls: NIOSSLContext?, _ proxy: ProviderProxy?) {
        guard let proxy else { return open(tls, host: endpoint.host, port: endpoint.port, tunnel: nil) }
        proxy.credential(on: eventLoop).assumeIsolated().whenComplete { [self] result in
            switch result {
            case .success(let line):
                let tunnel = proxy.makeTunnel(credential: line) { [self] in tunnelEnded($0, tls) }
                open(tls, host: proxy.host, port: proxy.port, tunnel: tunnel)
            case .failure(let error): failed(error)
            }
        }
    }

    private func open(_ tls: NIOSSLContext?, host: String, port: Int, tunnel: ProxyTunnel?) {
        guard !isDone else { return }
        ClientBootstrap(group: eventLoop)
            .connectTimeout(.milliseconds(GatewayLimits.tokenMillis))
            .connect(host: host, port: port)
            .assumeIsolated()
            .whenComplete { [self] result in
                switch result {
                case .success(let channel): opened(channel, tls, tunnel)
                case .failure(let error): failed(tunnel == nil ? error : ProxyFault.unreachable as any Error)
                }
            }
    }

    private func opened(_ channel: any Channel, _ tls: NIOSSLContext?, _ tunnel: ProxyTunnel?) {
        guard !isDone else { return channel.close(promise: nil) }
        self.channel = channel
        guard let tunnel else { return secure(channel, tls) }
        do {
            try channel.pipeline.syncOperations.addHandler(tunnel)
        } catch {
            failed(error)
        }
    }

    private func tunnelEnded(_ fault: ProxyFault?, _ tls: NIOSSLContext?) {
        guard let channel, !isDone else { return }
        if let fault { failed(fault) } else { secure(channel, tls) }
    }

    private func secure(_ channel: any Channel, _ tls: NIOSSLContext?) {
        do {
            let operations = channel.pipeline.syncOperations
            if let tls { try operations.addHandler(UpstreamTLS.handler(tls, host: endpoint.host)) }
            try operations.addHandler(self)
            // Written before the handshake is over, it waits for it.
            channel.writeAndFlush(request, promise: nil)
        } catch {
            failed(error)
        }
    }

    // MARK: Channel handler

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        reader.append(unwrapInboundIn(data))
        do throws(MessageFault) {
            while !isDone, let part = try reader.next() { take(part) }
        } catch {
            end(.failure(.malformed))
        }
    }

    private func take(_ part: ResponseReader.Part) {
        switch part {
        case .head(let answer):
            status = answer.status
            if answer.encoding != .identity { end(.failure(.malformed)) }
        case .body(let bytes):
            body.writeImmutableBuffer(bytes)
            if body.readableBytes > GatewayLimits.tokenAnswerBytes { end(.failure(.malformed)) }
        case .end:
            do throws(TokenFault) {
                end(.success(try TokenAnswer(status: status, body: body)))
            } catch {
                end(.failure(error))
            }
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if !isDone, reader.endsWithConnection { take(.end) }
        end(.failure(.unreachable))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        failed(error)
    }

    private func failed(_ error: any Error) {
        if let fault = error as? ProxyFault { return end(.failure(.proxy("\(fault)"))) }
        end(.failure(UpstreamFailure.connecting(error) == .tlsFailed ? .tlsFailed : .unreachable))
    }

    private func end(_ result: Result<TokenAnswer, TokenFault>) {
        guard !isDone else { return }
        isDone = true
        deadline?.cancel()
        channel?.close(promise: nil)
        completion(result)
    }
}
