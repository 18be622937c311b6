internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTPCompression
internal import NIOTLS
internal import TollbookCore

/// One HTTP/1.1 connection to a provider: the last handler of its channel, and what the pool keeps.
///
/// Carries one call at a time. `@unchecked Sendable` because the connect's closures carry it; all of it is
/// touched on the connection's event loop only.
final class UpstreamConnection: ChannelDuplexHandler, @unchecked Sendable {
    typealias InboundIn = HTTPClientResponsePart
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
    private let decoder: HTTPResponseDecoder
    private var state = State.connecting
    /// The call it serves, or the one that waits for it.
    private var call: Call?
    private var channel: (any Channel)?
    /// Writes enter at the decoder: a decompressor above it speaks HTTP parts.
    private var writeContext: ChannelHandlerContext?
    private var readContext: ChannelHandlerContext?
    private var output = OutputBuffer()
    /// The last answer's serialized headers, to be overwritten.
    private var headerBuffer = ByteBuffer()
    private var hasDecompressor = false
    private var keepsAlive = false
    private var failure: ErrorClass?
    private var trailingBytes = 0
    private var isPaused = false
    private var hasPendingRead = false
    /// When to give up connecting, awaiting an answer's end, or being idle.
    private(set) var deadlineNanos: UInt64

    /// - Parameter call: the one that waits for it.
    init(pool: ProviderPool, call: Call, deadlineNanos: UInt64) {
        self.pool = pool
        self.call = call
        self.deadlineNanos = deadlineNanos
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = GatewayLimits.headBytes
        limits.maxHeaderListSize = GatewayLimits.headBytes
        limits.maxHeaderFieldCount = GatewayLimits.headFields
        decoder = HTTPResponseDecoder(
            leftOverBytesStrategy: .dropBytes, informationalResponseStrategy: .drop, limitConfiguration: limits)
    }

    // MARK: For the call

    /// Every call is a POST; the decoder must know the method to know whether a body follows.
    private static let requestHead = HTTPClientRequestPart.head(
        HTTPRequestHead(version: .http1_1, method: .POST, uri: "/"))

    /// Whether it carries the call that asked for it; else it is still being made.
    var isReady: Bool { state == .busy }

    /// Sends a request. A small body is copied behind its head; a large one goes out as it is.
    func send(
        prefix: ByteBuffer, secret: CredentialSecret?, forwarded: ByteBuffer, body: [ByteBuffer], length: Int
    ) {
        let isCopied = length <= GatewayLimits.copiedBodyBytes
        output.append { buffer in
            UpstreamRequestHead.write(
                prefix: prefix, secret: secret, forwarded: forwarded, copied: isCopied ? body : [], length: length,
                to: &buffer)
        }
        writeContext?.write(NIOAny(output.take()), promise: nil)
        if !isCopied { for part in body { writeContext?.write(NIOAny(part), promise: nil) } }
        writeContext?.flush()
    }

    /// Stops reading the answer until `resume()`.
    func pause() {
        isPaused = true
    }

    func resume() {
        isPaused = false
        guard hasPendingRead else { return }
        hasPendingRead = false
        readContext?.read()
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
        state = .trailing
        trailingBytes = 0
        self.deadlineNanos = deadlineNanos
        pool.watchTrailing(self)
        resume()
    }

    // MARK: For the pool

    /// Takes a call; false when the connection has closed.
    func begin(_ call: Call) -> Bool {
        guard state == .idle, channel?.isActive ?? false else { return false }
        self.call = call
        state = .busy
        keepsAlive = false
        failure = nil
        deadlineNanos = .max
        decoder.write(data: Self.requestHead)
        return true
    }

    func fellIdle(deadlineNanos: UInt64) {
        self.deadlineNanos = deadlineNanos
    }

    /// Gives up on what it waits for.
    func timedOut() {
        if state == .connecting { failure = .connectTimeout }
        close()
    }

    func close() {
        deadlineNanos = .max
        if let channel { channel.close(promise: nil) } else { failConnecting(failure ?? .connectFailed) }
    }

    /// The connect succeeded. Without TLS the connection is ready, else after the handshake.
    func attach(_ channel: any Channel, tls: (any ChannelHandler)?) {
        guard state == .connecting else { return channel.close(promise: nil) }
        self.channel = channel
        let operations = channel.pipeline.syncOperations
        do {
            if let tls { try operations.addHandler(tls) }
            let decoding = ByteToMessageHandler(decoder)
            try operations.addHandler(decoding)
            writeContext = try operations.context(handler: decoding)
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
        let waiting = call
        call = nil
        waiting?.connectFailed(errorClass)
    }

    private func ready() {
        guard state == .connecting else { return }
        pool.connectEnded(self, succeeded: true)
        state = .idle
        deadlineNanos = .max
        let waiting = call
        call = nil
        if let waiting { waiting.connected(self) } else if !pool.park(self) { close() }
    }

    // MARK: Channel handler

    func handlerAdded(context: ChannelHandlerContext) {
        readContext = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        readContext = nil
        writeContext = nil
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? TLSUserEvent, case .handshakeCompleted = event { ready() }
    }

    func read(context: ChannelHandlerContext) {
        if isPaused { hasPendingRead = true } else { context.read() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): received(head, context: context)
        case .body(let bytes):
            if state == .busy { call?.upstreamBody(bytes) } else { discard(bytes.readableBytes) }
        case .end: ended()
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if state == .busy { call?.upstreamReadComplete() }
    }

    private func received(_ head: HTTPResponseHead, context: ChannelHandlerContext) {
        guard state == .busy else { return close() }
        let buffer = headerBuffer
        headerBuffer = ByteBuffer()
        let answer = ProviderAnswer(head, buffer: buffer)
        headerBuffer = answer.forwarded
        keepsAlive = answer.keepsAlive
        if answer.encoding == .identity || hasDecompressor {
            call?.upstreamHead(answer)
        } else if !decompress(head, context: context) {
            fail(.malformedResponse)
        }
    }

    /// Puts a decompressor before this handler for good, and sends the head through it.
    private func decompress(_ head: HTTPResponseHead, context: ChannelHandlerContext) -> Bool {
        let decompressor = NIOHTTPResponseDecompressor(limit: .ratio(GatewayLimits.inflationRatio))
        let operations = context.pipeline.syncOperations
        hasDecompressor = true
        guard (try? operations.addHandler(decompressor, position: .before(self))) != nil,
            let inner = try? operations.context(handler: decompressor)
        else { return false }
        decompressor.channelRead(context: inner, data: NIOAny(HTTPClientResponsePart.head(head)))
        return true
    }

    /// The message is whole: the connection can serve the next call, unless it is to be closed.
    private func ended() {
        guard state == .busy || state == .trailing else { return }
        let served = call
        call = nil
        state = .idle
        isPaused = false
        let isKept = pool.endBusy(self, keeps: keepsAlive)
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
            failure = state == .connecting ? UpstreamFailure.connecting(error) : UpstreamFailure.using(error)
        }
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        let before = state
        guard before != .connecting else { return failConnecting(failure ?? .connectFailed) }
        state = .closed
        let served = call
        call = nil
        pool.forget(self, wasBusy: before == .busy || before == .trailing)
        if before == .busy { served?.upstreamFailed(failure) }
    }
}
