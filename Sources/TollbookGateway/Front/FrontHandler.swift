internal import NIOCore
internal import TollbookCore
internal import TollbookPolicy

/// A client's connection: takes requests in one after the other and writes their answers.
///
/// Requests are read and answers serialized here: between two parts of a message nothing is allocated or boxed.
/// All of it runs on the connection's event loop.
final class FrontHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum Phase {
        /// Between two requests, or inside a head.
        case idle
        /// A request's body arrives.
        case receiving
        /// A call runs, and its request's body arrives.
        case uploading
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
    /// What the caller speaks; decides the form of errors.
    var dialect = Dialect.openaiChat
    /// Whether it wants its answer as a JSON array, and errors too.
    var isArrayStream = false
    /// Whether the connection goes on after the answer at hand.
    var keepsAlive = true
    /// Whether the answer at hand is sent in chunks.
    var isChunked = false

    // What outlives requests
    let keys: KeyFinder
    private var reader = RequestReader()
    var output = OutputBuffer()
    private(set) var address: String?
    private var isTakingUp = false
    private var hasPendingRead = false
    private var isHeadBegun = false
    /// Whether the request at hand has bytes to come.
    private(set) var isAwaitingEnd = false
    private var discardedBytes = 0
    /// Whether the request at hand has a compressed body.
    var isCompressed = false
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
        guard loop.add(self) else {
            keepsAlive = false
            answer(.overloaded, of: nil)
            // No deadline is looked at for it, so it cannot linger.
            return close()
        }
        setDeadline(inMillis: loop.configuration.timeouts.headerMillis)
    }

    func channelInactive(context: ChannelHandlerContext) {
        phase = .closed
        loop.remove(self)
        request?.release(loop)
        request = nil
        reader.removeAll()
        let interrupted = call
        call = nil
        interrupted?.clientLeft()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    /// The client sent what is no HTTP: where its next request would begin is not known.
    private func failed(with fault: MessageFault) {
        keepsAlive = false
        switch phase {
        case .idle, .receiving: refuse(.unreadable(fault))
        case .uploading: call?.uploadFailed(.unreadable(fault))
        case .discarding: linger()
        case .calling, .lingering, .closed: break
        }
    }

    /// The request at hand has a body that cannot be decompressed.
    func decompressionFailed(_ error: any Error) {
        guard phase == .receiving else { return }
        refuse(.undecodable(error, limit: loop.configuration.sizes.bodyBytes))
    }

    func close() {
        context?.close(promise: nil)
    }

    /// Ends the sending side and waits a little for the client to end its own: closing with bytes unread would
    /// make the client lose the answer.
    func linger() {
        guard phase != .closed else { return }
        phase = .lingering
        reader.removeAll()
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
            refuse(.requestTimeout)
        case .uploading:
            keepsAlive = false
            call?.uploadFailed(.requestTimeout)
        case .idle, .calling, .discarding, .lingering, .closed: close()
        }
    }

    /// Whether no request arrives and no call runs.
    var isQuiet: Bool { phase != .receiving && phase != .calling && phase != .uploading }

    /// No further request is taken.
    func drain() {
        keepsAlive = false
        if phase == .idle, !isHeadBegun, reader.isEmpty { close() }
    }

    // MARK: Reading

    /// Whether nothing of what was received is taken up now.
    private var isHeldUp: Bool {
        switch phase {
        case .calling: true
        case .uploading: !(call?.takesUpload ?? false)
        default: !isWritable
        }
    }

    /// Whether a pipelined request or the rest of a body waits: no more is read until it has been taken up.
    private var isBacklogged: Bool { !reader.isEmpty && isHeldUp }

    func read(context: ChannelHandlerContext) {
        if isBacklogged { hasPendingRead = true } else { context.read() }
    }

    private func resumeReading() {
        guard hasPendingRead else { return }
        hasPendingRead = false
        context?.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if phase == .lingering || phase == .closed { return }
        reader.append(unwrapInboundIn(data))
        takeUp()
    }

    /// Takes up what was received, until a call runs or the client does not take its answers.
    func takeUp() {
        guard !isTakingUp else { return }
        isTakingUp = true
        do throws(MessageFault) {
            while phase != .lingering, phase != .closed, !isHeldUp, let part = try reader.next() { take(part) }
        } catch {
            failed(with: error)
        }
        isTakingUp = false
        if phase == .idle { becameIdle() }
        if !isBacklogged { resumeReading() }
    }

    /// Nothing more can be taken up, unless the client does not take its answers.
    private func becameIdle() {
        if loop.isDraining {
            linger()
        } else if !reader.isEmpty, isWritable, !isHeadBegun {
            isHeadBegun = true
            _ = loop.readNanos()
            setDeadline(inMillis: loop.configuration.timeouts.headerMillis)
        }
    }

    private func take(_ part: RequestReader.Part) {
        switch part {
        case .head(let head):
            isAwaitingEnd = true
            begin(head)
        case .body(let bytes):
            if phase == .uploading {
                upload(bytes)
            } else if phase != .receiving {
                discard(bytes)
            } else if isCompressed {
                decompress(bytes)
            } else {
                receive(bytes)
            }
        case .end: if phase == .receiving, isCompressed { endDecompression() } else { end() }
        }
    }

    /// The request has come to its end.
    func end() {
        isAwaitingEnd = false
        switch phase {
        case .receiving: finishRequest()
        case .uploading:
            phase = .calling
            clearDeadline()
            call?.uploadEnded()
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
        takeUp()
    }

    private func becomeIdle() {
        request = nil
        isHeadBegun = false
        phase = .idle
        setDeadline(inMillis: loop.configuration.timeouts.keepAliveMillis)
        takeUp()
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
        } else if phase == .uploading {
            call?.clientWritabilityChanged(isWritable)
        } else if isWritable {
            takeUp()
        }
    }
}
