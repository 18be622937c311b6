internal import NIOCore
internal import NIOHTTP1
internal import TollbookPolicy

/// A client's connection: takes requests in one after the other and writes their answers.
///
/// Behind NIO's decoder; answers are serialized here. All of it runs on the connection's event loop.
final class FrontHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum Phase {
        /// Between two requests, or inside a head.
        case idle
        /// A request's body arrives.
        case receiving
        /// A call runs; its request is whole.
        case calling
        /// The request was answered early; the rest of its body is dropped.
        case discarding
        /// Nothing more is sent; the client's end is awaited, so that it can read the answer.
        case lingering
        case closed
    }

    let loop: GatewayLoop
    /// Its place among the loop's connections.
    var index = 0
    var phase = Phase.idle
    var call: Call?
    var context: ChannelHandlerContext?
    private(set) var deadlineNanos: UInt64 = .max

    // The request at hand
    var request: FrontRequest?
    var isHTTP10 = false
    /// Whether the connection goes on after the answer at hand.
    var keepsAlive = true
    /// Whether the answer at hand is sent in chunks.
    var isChunked = false

    // What outlives requests
    let keys: KeyFinder
    /// The last request's serialized headers, to be overwritten.
    var headerBuffer = ByteBuffer()
    var output = OutputBuffer()
    private(set) var address: String?
    private var queue = CircularBuffer<HTTPServerRequestPart>()
    private var isWorkingOff = false
    private var hasPendingRead = false
    private var sawPart = false
    private var isHeadBegun = false
    /// What comes behind the queue cannot be taken up: the connection ends with the queue.
    private var isDeaf = false
    /// Whether the request at hand has bytes to come.
    private(set) var isAwaitingEnd = false
    private var discardedBytes = 0
    var hasDecompressor = false
    /// Whether the client takes bytes as fast as they come; the channel tells of each change.
    private(set) var isWritable = true
    /// Whether bytes were written past `output` since the last flush.
    var hasUnflushedWrite = false

    init(loop: GatewayLoop) {
        self.loop = loop
        keys = KeyFinder(ledger: loop.ledger)
    }

    // MARK: Connection

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        _ = loop.readNanos()
        address = context.remoteAddress?.ipAddress
        guard loop.add(self) else { return answer(.overloaded, of: nil) }
        setDeadline(inMillis: loop.configuration.timeouts.headerMillis)
    }

    func channelInactive(context: ChannelHandlerContext) {
        phase = .closed
        loop.remove(self)
        request?.release(loop)
        request = nil
        queue.removeAll()
        let interrupted = call
        call = nil
        interrupted?.clientLeft()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let answer = RequestFailure.answer(for: error, limit: loop.configuration.sizes.bodyBytes),
            context.channel.isActive
        else { return context.close(promise: nil) }
        let isFramingLost = error is HTTPParserError
        if isFramingLost { keepsAlive = false }
        failed(with: answer, isFramingLost: isFramingLost)
    }

    /// The client sent what cannot be read.
    ///
    /// - Parameter isFramingLost: whether it is not known where the next request begins.
    private func failed(with error: GatewayError, isFramingLost: Bool) {
        switch phase {
        case .idle, .receiving: refuse(error)
        case .calling: isDeaf = true
        // A body that is dropped may be broken as well.
        case .discarding: if isFramingLost { linger() }
        case .lingering, .closed: break
        }
    }

    func close() {
        context?.close(promise: nil)
    }

    /// Ends the sending side and waits a little for the client to end its own: closing with bytes unread would
    /// make the client lose the answer.
    func linger() {
        guard phase != .closed else { return }
        phase = .lingering
        queue.removeAll()
        setDeadline(inMillis: loop.configuration.timeouts.lingerMillis)
        context?.close(mode: .output, promise: nil)
        resumeReading()
    }

    // MARK: Deadlines

    func setDeadline(inMillis millis: Int64) {
        deadlineNanos = loop.deadline(inMillis: millis)
    }

    func clearDeadline() {
        deadlineNanos = .max
    }

    func timedOut() {
        switch phase {
        case .idle where isHeadBegun, .receiving:
            keepsAlive = false
            refuse(GatewayError(.requestTimeout, "The request did not arrive in time."))
        case .idle, .calling, .discarding, .lingering, .closed: close()
        }
    }

    /// Whether no request arrives and no call runs.
    var isQuiet: Bool { phase != .receiving && phase != .calling }

    /// No further request is taken.
    func drain() {
        keepsAlive = false
        if phase == .idle, !isHeadBegun, queue.isEmpty { close() }
    }

    // MARK: Reading

    func read(context: ChannelHandlerContext) {
        // A pipelined request waits: no more is read until it has been taken up.
        if queue.isEmpty { context.read() } else { hasPendingRead = true }
    }

    private func resumeReading() {
        guard hasPendingRead else { return }
        hasPendingRead = false
        context?.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        sawPart = true
        if isDeaf || phase == .lingering || phase == .closed { return }
        let part = unwrapInboundIn(data)
        if phase != .calling, queue.isEmpty, !isWorkingOff, isWritable { return take(part) }
        enqueue(part)
    }

    /// Keeps a pipelined part. A compressed body cannot wait here: it has not gone through its decompressor.
    private func enqueue(_ part: HTTPServerRequestPart) {
        if case .head(let head) = part, !hasDecompressor, head.headers.contains(name: "content-encoding") {
            isDeaf = true
        } else if queue.count >= GatewayLimits.pipelinedParts {
            isDeaf = true
        } else {
            queue.append(part)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if phase == .idle, !sawPart, !isHeadBegun {
            isHeadBegun = true
            _ = loop.readNanos()
            setDeadline(inMillis: loop.configuration.timeouts.headerMillis)
        }
        sawPart = false
    }

    private func take(_ part: HTTPServerRequestPart) {
        switch part {
        case .head(let head):
            isAwaitingEnd = true
            begin(head)
        case .body(let bytes): if phase == .receiving { receive(bytes) } else { discard(bytes) }
        case .end: end()
        }
    }

    private func end() {
        isAwaitingEnd = false
        switch phase {
        case .receiving: finishRequest()
        case .discarding: becomeIdle()
        case .idle, .calling, .lingering, .closed: break
        }
    }

    private func discard(_ bytes: ByteBuffer) {
        discardedBytes += bytes.readableBytes
        if discardedBytes > GatewayLimits.discardedBodyBytes { linger() }
    }

    /// The answer is written: on to the next request, or to the end.
    func answerEnded() {
        call = nil
        clearDeadline()
        if !keepsAlive { return linger() }
        if !isAwaitingEnd { return becomeIdle() }
        phase = .discarding
        discardedBytes = 0
        setDeadline(inMillis: loop.configuration.timeouts.bodyIdleMillis)
    }

    private func becomeIdle() {
        request = nil
        isHeadBegun = false
        phase = .idle
        if loop.isDraining || isDeaf, queue.isEmpty { return linger() }
        setDeadline(inMillis: loop.configuration.timeouts.keepAliveMillis)
        workOff()
    }

    /// Takes up what waits, until a call runs or the client does not take its answers.
    private func workOff() {
        guard !isWorkingOff, !queue.isEmpty else { return }
        isWorkingOff = true
        while phase != .calling, isWritable, let part = queue.popFirst() { take(part) }
        isWorkingOff = false
        if queue.isEmpty { resumeReading() }
    }

    // MARK: Writing

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        _ = loop.readNanos()
        isWritable = context.channel.isWritable
        if phase == .calling {
            if isWritable {
                clearDeadline()
            } else {
                setDeadline(inMillis: loop.configuration.timeouts.clientStallMillis)
            }
            call?.clientWritabilityChanged(isWritable)
        } else if isWritable {
            workOff()
        }
    }
}
