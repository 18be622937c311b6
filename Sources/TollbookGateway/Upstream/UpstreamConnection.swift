internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTP2
internal import NIOHTTPCompression
internal import NIOTLS
internal import TollbookCore

/// One HTTP/1.1 connection to a provider: the last handler of its channel, and what the pool keeps.
///
/// Carries one call at a time. Where the provider chooses HTTP/2 in the TLS handshake, it gives its channel up to a
/// `SharedConnection`. `@unchecked Sendable` because the connect's closures carry it; all of it is
/// touched on the connection's event loop only.
final class UpstreamConnection: ChannelDuplexHandler, RemovableChannelHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum State {
        case connecting
        case idle
        case busy
        /// The call is done with the answer; its end is awaited, so that the connection can serve the next.
        case trailing
        case closed
    }

    private let pool: ProviderPool
    /// Whether HTTP/2 is offered in the TLS handshake.
    let offersHTTP2: Bool
    /// Whether it is made for whoever waits for a stream.
    private let isShared: Bool
    private var reader = ResponseReader()
    private var state = State.connecting
    /// The call it serves, or the one that waits for it.
    private var call: UpstreamUser?
    private var channel: (any Channel)?
    /// Whether a proxy was asked for a tunnel and has not answered.
    private var isTunneling = false
    /// What is put before this handler once the way to the provider is open.
    private var tls: (any ChannelHandler)?
    private var context: ChannelHandlerContext?
    private var output = OutputBuffer()
    /// Whether the answer at hand has a compressed body.
    private var isCompressed = false
    private var hasDecompressor = false
    private var keepsAlive = false
    /// Whether it has been idle.
    private var wasIdle = false
    /// Whether a byte of the answer at hand has come.
    private var isAnswered = false
    /// Monotonic, when the call at hand took it.
    private var begunNanos: UInt64 = 0
    /// Monotonic, from when on an idle connection is looked at before it is used.
    private var lookNanos = UInt64.max
    /// As the provider told with its last answer, less a margin; nil: it told nothing.
    private var keepAliveMillis: Int64?
    /// Whether the request's body goes on.
    private var isSending = false
    /// Whether it is sent in chunks.
    private var isChunked = false
    private var failure: ErrorClass?
    private var trailingBytes = 0
    private var isPaused = false
    private var hasPendingRead = false
    /// When to give up connecting, awaiting an answer's end, or being idle.
    private(set) var deadlineNanos: UInt64

    /// - Parameter user: who waits for it; nil: whoever waits for a stream.
    init(pool: ProviderPool, user: UpstreamUser?, offersHTTP2: Bool, deadlineNanos: UInt64) {
        self.pool = pool
        self.offersHTTP2 = offersHTTP2
        isShared = user == nil
        call = user
        self.deadlineNanos = deadlineNanos
    }

    // MARK: For the call

    /// Whether it carries the call that asked for it; else it is still being made.
    var isReady: Bool { state == .busy }

    /// Sends a request. A small body is copied behind its head; a large one goes out as it is.
    ///
    /// - Parameters:
    ///   - body: the whole of it, or its first bytes.
    ///   - length: of the whole body; nil: it is sent in chunks.
    ///   - isWhole: false: more comes by `sendBody(_:)`, and the end by `endBody(_:)`.
    func send(
        prefix: UpstreamRequestHead.Prefix, query: String?, secret: ByteBuffer?, version: ByteBuffer?,
        forwarded: ByteBuffer, body: [ByteBuffer], length: Int?, isWhole: Bool = true
    ) {
        let isCopied = isWhole && length ?? .max <= GatewayLimits.copiedBodyBytes
        output.append { buffer in
            UpstreamRequestHead.write(
                prefix: prefix, query: query, secret: secret, version: version, forwarded: forwarded,
                copied: isCopied ? body : [], length: length, to: &buffer)
        }
        guard let context else { return }
        if isCopied { return context.writeAndFlush(wrapOutboundOut(output.take()), promise: nil) }
        context.write(wrapOutboundOut(output.take()), promise: nil)
        isSending = !isWhole
        isChunked = length == nil
        for part in body { write(part, context) }
        context.flush()
    }

    // MARK: Bodies that go on

    /// Whether it takes more of the request's body without piling it up.
    var takesBody: Bool { isSending && state == .busy && channel?.isWritable ?? false }

    /// Sends the next bytes of the request's body.
    func sendBody(_ bytes: ByteBuffer) {
        guard isSending, let context else { return }
        write(bytes, context)
        context.flush()
    }

    /// Ends the request's body.
    ///
    /// - Parameter tail: its last bytes.
    func endBody(_ tail: ByteBuffer?) {
        guard isSending, let context else { return }
        isSending = false
        if let tail { write(tail, context) }
        if isChunked {
            output.append { $0.writeStaticString("0\r\n\r\n") }
            context.write(wrapOutboundOut(output.take()), promise: nil)
        }
        context.flush()
    }

    private func write(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        guard isChunked else { return context.write(wrapOutboundOut(bytes), promise: nil) }
        output.append { buffer in
            buffer.write(atMost: 24) { cursor in
                cursor.writeHexadecimal(bytes.readableBytes)
                cursor.write("\r\n")
            }
        }
        context.write(wrapOutboundOut(output.take()), promise: nil)
        context.write(wrapOutboundOut(bytes), promise: nil)
        output.append { $0.writeStaticString("\r\n") }
        context.write(wrapOutboundOut(output.take()), promise: nil)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if isSending, state == .busy, context.channel.isWritable { call?.upstreamTakesMore() }
        context.fireChannelWritabilityChanged()
    }

    // MARK: The answer

    /// Stops reading the answer until `resume()`.
    func pause() {
        isPaused = true
    }

    func resume() {
        isPaused = false
        guard hasPendingRead else { return }
        hasPendingRead = false
        context?.read()
    }

    /// The call needs nothing more of it. A connection still being made is kept for the next call.
    func abandon() {
        call = nil
        if state != .connecting { close() }
    }

    /// The call has all of the answer that it needs; the rest is read and dropped.
    func finishTrailing(deadlineNanos: UInt64) {
        guard state == .busy else { return }
        call = nil
        // A provider that was left in the middle of a request may wait for the rest of it.
        guard !isSending else { return close() }
        state = .trailing
        trailingBytes = 0
        self.deadlineNanos = deadlineNanos
        pool.watchTrailing(self)
        resume()
    }

    // MARK: For the pool

    /// Takes a call; false when the connection has closed or is closing.
    ///
    /// - Parameter looks: whether to look at the socket also where it was idle for a moment only.
    func begin(_ user: UpstreamUser, nowNanos: UInt64, looks: Bool = false) -> Bool {
        guard state == .idle, let channel, channel.isActive else { return false }
        if wasIdle, looks || nowNanos >= lookNanos, !SocketLook.isQuiet(channel) {
            close()
            return false
        }
        call = user
        state = .busy
        begunNanos = nowNanos
        isAnswered = false
        keepsAlive = false
        isSending = false
        failure = nil
        deadlineNanos = .max
        return true
    }

    /// - Parameter millis: how long it is kept, unless the provider wants it for a shorter time.
    func fellIdle(nowNanos: UInt64, keptMillis millis: Int64) {
        wasIdle = true
        deadlineNanos = nowNanos + Self.nanos(min(millis, keepAliveMillis ?? .max))
        lookNanos = nowNanos + Self.nanos(GatewayLimits.unwatchedMillis)
    }

    private static func nanos(_ millis: Int64) -> UInt64 { UInt64(millis) * 1_000_000 }

    /// Whether its end means that the provider has not read the request: it had been idle, was closed as soon as the
    /// request went out, and not a byte of an answer came.
    private var wasClosedIdle: Bool {
        guard wasIdle, !isAnswered, failure == nil else { return false }
        return NIODeadline.now().uptimeNanoseconds - begunNanos <= Self.nanos(GatewayLimits.closedIdleMillis)
    }

    /// Gives up on what it waits for.
    func timedOut() {
        // With a channel that is open to the provider it is the handshake that does not come to its end.
        if state == .connecting { failure = channel == nil || isTunneling ? .connectTimeout : .tlsFailed }
        close()
    }

    func close() {
        deadlineNanos = .max
        if let channel { channel.close(promise: nil) } else { failConnecting(failure ?? .connectFailed) }
    }

    /// The connect succeeded. Through a proxy the tunnel comes next; without TLS the connection is then ready, else
    /// after the handshake.
    func attach(_ channel: any Channel, tunnel: ProxyTunnel?, tls: (any ChannelHandler)?) {
        guard state == .connecting else { return channel.close(promise: nil) }
        self.channel = channel
        self.tls = tls
        guard let tunnel else { return secure(channel) }
        isTunneling = true
        do {
            try channel.pipeline.syncOperations.addHandler(tunnel)
        } catch {
            return errorBeforeReady(error)
        }
        if !channel.isActive { tunnelEnded(.closed) }
    }

    /// The proxy has answered, or will not.
    ///
    /// - Parameter fault: nil: the channel now ends at the provider.
    func tunnelEnded(_ fault: ProxyFault?) {
        guard isTunneling, let channel else { return }
        isTunneling = false
        guard let fault else {
            guard state == .connecting else { return channel.close(promise: nil) }
            return secure(channel)
        }
        pool.tunnelFailed(failure == .connectTimeout ? .timedOut : fault)
        failConnecting(failure ?? .proxyFailed)
        channel.close(promise: nil)
    }

    private func secure(_ channel: any Channel) {
        let tls = self.tls
        self.tls = nil
        let operations = channel.pipeline.syncOperations
        do {
            if let tls { try operations.addHandler(tls) }
            try operations.addHandler(self)
        } catch {
            return errorBeforeReady(error)
        }
        guard channel.isActive else { return failConnecting(failure ?? .connectFailed) }
        if tls == nil { ready() }
    }

    /// The connect failed.
    func connectFailed(_ error: any Error) {
        failConnecting(failure ?? UpstreamFailure.connecting(error))
    }

    private func errorBeforeReady(_ error: any Error) {
        failConnecting(UpstreamFailure.connecting(error))
        channel?.close(promise: nil)
    }

    private func failConnecting(_ errorClass: ErrorClass) {
        guard state == .connecting else { return }
        state = .closed
        pool.connectEnded(self, succeeded: false)
        if isShared { return pool.streams?.connectFailed(errorClass) ?? () }
        let waiting = call
        call = nil
        waiting?.connectFailed(errorClass)
    }

    private func ready() {
        guard state == .connecting else { return }
        pool.connectEnded(self, succeeded: true)
        state = .idle
        deadlineNanos = .max
        let waiting = offersHTTP2 ? pool.streams?.choseHTTP1(wasShared: isShared) ?? call : call
        call = nil
        if let waiting { waiting.connected(.connection(self)) } else if !pool.park(self) { close() }
    }

    /// The provider has chosen HTTP/2: the channel goes over to handlers for that.
    private func share(_ streams: StreamPool, _ context: ChannelHandlerContext) {
        guard state == .connecting else { return }
        pool.connectEnded(self, succeeded: true)
        state = .closed
        let waiting = call
        call = nil
        let shared = SharedConnection(pool: streams, deadlineNanos: deadlineNanos)
        streams.opening(shared, wasShared: isShared, for: waiting)
        let operations = context.pipeline.syncOperations
        do {
            try operations.addHandlers([SharedConnection.makeCodec(shared), shared], position: .after(self))
            operations.removeHandler(context: context, promise: nil)
        } catch {
            streams.closed(shared, .connectFailed)
            context.close(promise: nil)
        }
    }

    // MARK: Channel handler

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let event = event as? TLSUserEvent, case .handshakeCompleted(let chosen) = event else { return }
        if let streams = pool.streams, chosen == "h2" { share(streams, context) } else { ready() }
    }

    func read(context: ChannelHandlerContext) {
        if isPaused { hasPendingRead = true } else { context.read() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // Nothing was asked for: what comes could be taken for the next call's answer.
        guard isServing else { return close() }
        isAnswered = true
        reader.append(unwrapInboundIn(data))
        do throws(MessageFault) {
            while isServing, let part = try reader.next() { take(part) }
        } catch {
            fail(.malformedResponse)
        }
    }

    private var isServing: Bool { state == .busy || state == .trailing }

    func channelReadComplete(context: ChannelHandlerContext) {
        if state == .busy { call?.upstreamReadComplete() }
    }

    private func take(_ part: ResponseReader.Part) {
        switch part {
        case .head(let answer): received(answer)
        case .body(let bytes): if isCompressed { decompress(.body(bytes)) } else { received(bytes) }
        case .end: if isCompressed { decompress(.end(nil)) } else { ended() }
        }
    }

    private func received(_ answer: ProviderAnswer) {
        guard state == .busy else { return close() }
        keepsAlive = answer.keepsAlive && answer.keepAliveSeconds != 0
        keepAliveMillis = answer.keepAliveSeconds.map(GatewayLimits.keptMillis(toldSeconds:))
        isCompressed = answer.encoding != .identity
        guard !isCompressed || beginDecompression(answer.encoding) else { return fail(.malformedResponse) }
        call?.upstreamHead(answer)
    }

    private func received(_ bytes: ByteBuffer) {
        if state == .busy { call?.upstreamBody(bytes) } else { discard(bytes.readableBytes) }
    }

    /// Sends the body through a decompressor, which is put behind this handler for good with the first such body.
    private func beginDecompression(_ encoding: ProviderAnswer.Encoding) -> Bool {
        guard let context else { return false }
        if !hasDecompressor {
            hasDecompressor = true
            let decompressor = NIOHTTPResponseDecompressor(limit: .ratio(GatewayLimits.inflationRatio))
            let inflated = InflatedBody<HTTPResponseHead> { [unowned self] in received($0) }
            let operations = context.pipeline.syncOperations
            guard (try? operations.addHandlers([decompressor, inflated], position: .after(self))) != nil else {
                return false
            }
        }
        let name = encoding == .gzip ? "gzip" : "deflate"
        decompress(.head(HTTPResponseHead(version: .http1_1, status: .ok, headers: ["content-encoding": name])))
        return true
    }

    private func decompress(_ part: HTTPClientResponsePart) {
        context?.fireChannelRead(NIOAny(part))
    }

    private func received(_ part: InflatedBody<HTTPResponseHead>.Part) {
        switch part {
        case .bytes(let bytes): if isServing { received(bytes) }
        case .end: ended()
        case .failed: if isServing { fail(.malformedResponse) }
        }
    }

    /// The message is whole: the connection can serve the next call, unless it is to be closed.
    private func ended() {
        guard isServing else { return }
        let served = call
        call = nil
        state = .idle
        isPaused = false
        // Bytes behind the answer answer nothing that was asked.
        let isKept = pool.endBusy(self, keeps: keepsAlive && !isSending && reader.isEmpty)
        served?.upstreamEnd()
        if !isKept { close() }
    }

    private func discard(_ count: Int) {
        trailingBytes += count
        if trailingBytes > GatewayLimits.discardedAnswerBytes { close() }
    }

    private func fail(_ errorClass: ErrorClass) {
        if failure == nil { failure = errorClass }
        close()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if failure == nil {
            // A connection in use that breaks needs no class: that it broke says it.
            failure = state == .connecting ? UpstreamFailure.connecting(error) : nil
        }
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        // A connection that failed ends no answer, whatever tells the answer's end.
        if isServing, failure == nil, reader.endsWithConnection { take(.end) }
        let before = state
        guard before != .connecting else { return failConnecting(failure ?? .connectFailed) }
        state = .closed
        let served = call
        call = nil
        pool.forget(self, wasBusy: before == .busy || before == .trailing)
        guard before == .busy else { return }
        if wasClosedIdle { served?.upstreamClosedIdle() } else { served?.upstreamFailed(failure) }
    }
}
