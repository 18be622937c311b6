internal import NIOCore

/// One connection: cuts its bytes into requests and answers them one after another, in order.
///
/// All of it runs on the channel's event loop.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let responder: Responder
    private let loop: LoopState
    private var reader = RequestReader()
    /// Input not yet cut into requests.
    private var pending = ByteBuffer()
    private var runner: ScriptRunner?
    private var keepsAlive = true
    private var isClosing = false
    private var withholdsRead = false
    private var needsFlush = false
    /// Set while ``drive(_:)`` or ``advance(_:)`` runs: what they call must return to them, not nest without end.
    private var isDriving = false
    private var isAdvancing = false

    init(shared: SharedState, loop: LoopState) {
        self.loop = loop
        responder = Responder(shared: shared, loop: loop)
    }

    func channelActive(context: ChannelHandlerContext) {
        loop.channels[ObjectIdentifier(context.channel)] = context.channel
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        loop.channels[ObjectIdentifier(context.channel)] = nil
        isClosing = true
        runner?.cancel()
        runner = nil
        pending = ByteBuffer()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // After the last answer what still comes is dropped.
        if isClosing { return }
        var bytes = unwrapInboundIn(data)
        if pending.readableBytes == 0 {
            pending = bytes
        } else {
            pending.writeBuffer(&bytes)
        }
        drive(context)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        flush(context)
        context.fireChannelReadComplete()
    }

    /// Leaves input in the socket while enough of it waits behind an unfinished answer or a client that does not
    /// read.
    func read(context: ChannelHandlerContext) {
        let isBusy = runner != nil || !context.channel.isWritable
        withholdsRead = isBusy && pending.readableBytes > SimulatorLimits.pipelinedBytes
        if !withholdsRead { context.read() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { resume(context) }
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A reset by the client is how many of its tests end; there is nobody left to tell.
        context.close(promise: nil)
    }

    /// Answers requests until input runs out or an answer takes its time.
    private func drive(_ context: ChannelHandlerContext) {
        guard !isDriving else { return }
        isDriving = true
        defer { isDriving = false }
        while runner == nil, !isClosing, hasRoom(context) {
            switch reader.next(from: &pending) {
            case .incomplete:
                // Without a rest the read buffer goes back to the channel, which uses it again.
                if pending.readableBytes == 0 { pending = ByteBuffer() }
                return
            case .continueExpected:
                write(ByteBuffer(staticString: "HTTP/1.1 100 Continue\r\n\r\n"), context)
                flush(context)
            case .refused(let status):
                refuse(status, context)
            case .request(let request):
                keepsAlive = request.head.keepsAlive
                send(responder.reply(to: request), context)
            }
        }
    }

    /// Goes on after a wait: for time, for the socket, or for an answer to end.
    private func resume(_ context: ChannelHandlerContext) {
        guard !isDriving, !isAdvancing else { return }
        advance(context)
        drive(context)
        flush(context)
        if withholdsRead { read(context: context) }
    }

    /// Whether the socket takes more; what was written so far is flushed before it says no.
    private func hasRoom(_ context: ChannelHandlerContext) -> Bool {
        if context.channel.isWritable { return true }
        flush(context)
        return context.channel.isWritable
    }

    /// Answers what cannot be read, then closes; it stops sending first and reads on for a while, because a close
    /// with unread input is a reset that could overtake the answer.
    private func refuse(_ status: Int, _ context: ChannelHandlerContext) {
        isClosing = true
        pending = ByteBuffer()
        responder.refuse(status: status)
        write(loop.takeOutput(), context)
        flush(context)
        context.close(mode: .output, promise: nil)
        context.eventLoop.assumeIsolated().scheduleTask(in: SimulatorLimits.lingerTime) { context.close(promise: nil) }
    }

    private func send(_ reply: Responder.Reply, _ context: ChannelHandlerContext) {
        switch reply {
        case .written:
            write(loop.takeOutput(), context)
            if !keepsAlive { closeAfterWrites(context) }
        case .script(let script):
            runner = ScriptRunner(script, started: .now())
            advance(context)
        }
    }

    /// Takes the running answer as far as it goes now.
    private func advance(_ context: ChannelHandlerContext) {
        guard !isAdvancing else { return }
        isAdvancing = true
        defer { isAdvancing = false }
        while let step = nextStep(context) {
            switch step {
            case .write:
                // Each step a write of its own: the script decides what travels together.
                write(loop.takeOutput(), context)
                flush(context)
            case .dribble(let gap):
                runner?.dribble(loop.takeOutput(), gapNanos: gap)
            case .wait(let nanos):
                flush(context)
                wait(untilNanos: nanos, context)
                return
            case .stall:
                flush(context)
                return
            case .close:
                closeAfterWrites(context)
            case .reset:
                reset(context)
            case .end(let closeAfterNanos):
                finish(closeAfterNanos: closeAfterNanos, context)
            }
        }
    }

    /// - Returns: nil when there is no answer or the socket takes no more for now.
    private func nextStep(_ context: ChannelHandlerContext) -> ScriptStep? {
        guard runner != nil, !isClosing, hasRoom(context) else { return nil }
        loop.sink.clear()
        return runner?.step(into: &loop.sink)
    }

    private func wait(untilNanos nanos: Int, _ context: ChannelHandlerContext) {
        guard let runner else { return }
        let task = context.eventLoop.assumeIsolated().scheduleTask(deadline: runner.deadline(nanos)) {
            self.resume(context)
        }
        self.runner?.cancel()
        self.runner?.timer = task
    }

    private func finish(closeAfterNanos: Int?, _ context: ChannelHandlerContext) {
        runner?.cancel()
        runner = nil
        guard keepsAlive else {
            closeAfterWrites(context)
            return
        }
        if let closeAfterNanos {
            flush(context)
            context.eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(Int64(closeAfterNanos))) {
                self.isClosing = true
                context.close(promise: nil)
            }
        }
    }

    private func write(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(bytes), promise: nil)
        needsFlush = true
    }

    private func flush(_ context: ChannelHandlerContext) {
        guard needsFlush else { return }
        needsFlush = false
        context.flush()
    }

    private func closeAfterWrites(_ context: ChannelHandlerContext) {
        isClosing = true
        runner?.cancel()
        runner = nil
        needsFlush = false
        context.writeAndFlush(wrapOutboundOut(ByteBuffer())).assumeIsolated().whenComplete { _ in
            context.close(promise: nil)
        }
    }

    /// Closes with SO_LINGER 0, which sends RST (socket(7)).
    private func reset(_ context: ChannelHandlerContext) {
        flush(context)
        isClosing = true
        runner?.cancel()
        runner = nil
        guard let options = context.channel as? any SocketOptionProvider else {
            context.close(promise: nil)
            return
        }
        options.unsafeSetSocketOption(level: .socket, name: .so_linger, value: Linger(isOn: 1, seconds: 0))
            .assumeIsolated().whenComplete { _ in context.close(promise: nil) }
    }

    /// `struct linger` of socket(7): two C integers.
    private struct Linger: Sendable {
        let isOn: CInt
        let seconds: CInt
    }
}
