internal import NIOCore
internal import NIOHPACK
internal import NIOHTTP2
internal import TollbookCore

/// One HTTP/2 connection to a provider (RFC 9113): stands behind NIO's handler for the protocol, and hands the frames
/// of each stream to its call. No channel is made for a stream, which halves what a call costs.
///
/// `@unchecked Sendable` because tasks of the event loop carry it; all of it is touched on that event loop only.
final class SharedConnection: ChannelInboundHandler, NIOHTTP2FrameDelegate, @unchecked Sendable {
    typealias InboundIn = HTTP2Frame
    typealias OutboundOut = HTTP2Frame

    private enum State {
        /// The provider's settings are awaited.
        case opening
        case open
        /// No stream begins any more; it closes with the last one.
        case draining
        case closed
    }

    private let pool: StreamPool
    private var state = State.opening
    private var context: ChannelHandlerContext?
    private var streams: [HTTP2StreamID: UpstreamStream] = [:]
    /// Places that are taken by calls which have sent nothing yet.
    private var reserved = 0
    private var nextID = 1
    /// Streams that there may be at once: the provider's bound, or Tollbook's.
    private(set) var streamLimit = GatewayLimits.streamsPerConnection
    /// When the settings must be there, or an idle connection is closed.
    private var deadlineNanos: UInt64
    private var inflaters: [StreamInflater] = []

    // Reading
    private var isReading = false
    /// Whether something was written meanwhile.
    private var hasUnflushed = false
    /// Streams that the read at hand brought something for.
    private var touched: [UpstreamStream] = []
    /// Bytes that were taken, and are not yet given back to the connection's window.
    private var uncredited = 0
    private var willFlush = false

    // Failures
    private var failure: ErrorClass?
    /// Streams that NIO's handler has reset because of what the provider sent.
    private var faulted: [HTTP2StreamID] = []
    /// Whether NIO's handler has given up on the connection.
    private var isBroken = false

    // Liveness
    private var hasHeard = true
    private var quietSinceNanos: UInt64 = 0
    private var pingDeadlineNanos = UInt64.max
    /// Whether it has been idle.
    private var wasIdle = false
    /// Monotonic, when the first stream began after which nothing was heard; 0: something was, or it was never idle.
    private var silentSinceNanos: UInt64 = 0

    init(pool: StreamPool, deadlineNanos: UInt64) {
        self.pool = pool
        self.deadlineNanos = deadlineNanos
    }

    /// NIO's handler for the protocol, which stands before a connection's own. Its bounds on what a provider may send
    /// are the library's, but for resets: a server may end each answer with one, when it needed no more of the request.
    static func makeCodec(_ connection: SharedConnection) -> NIOHTTP2Handler {
        var bounds = NIOHTTP2Handler.ConnectionConfiguration()
        bounds.initialSettings = [
            HTTP2Setting(parameter: .enablePush, value: 0),
            HTTP2Setting(parameter: .initialWindowSize, value: GatewayLimits.streamWindowBytes),
            HTTP2Setting(parameter: .maxHeaderListSize, value: GatewayLimits.headBytes),
        ]
        var streamBounds = NIOHTTP2Handler.StreamConfiguration()
        streamBounds.streamResetFrameRateLimit.maximumCount = GatewayLimits.resetsPerSecond
        streamBounds.streamResetFrameRateLimit.windowLength = .seconds(1)
        return NIOHTTP2Handler(
            mode: .client, frameDelegate: connection, connectionConfiguration: bounds,
            streamConfiguration: streamBounds)
    }

    // MARK: For the pool

    var isOpening: Bool { state == .opening }
    var isOpen: Bool { state == .open }
    var isIdle: Bool { streams.isEmpty && reserved == 0 }
    var hasRoom: Bool { state == .open && streams.count + reserved < streamLimit }

    /// Takes a place for a stream.
    func reserve() {
        reserved += 1
    }

    /// Gives a place back for which nothing was sent.
    func release() {
        reserved -= 1
        placeIsFree()
    }

    /// Closes what waits for nothing any more. Runs every `GatewayLimits.tickMillis`.
    func tick(nowNanos: UInt64) {
        switch state {
        case .opening: if deadlineNanos <= nowNanos { fail(.connectTimeout) }
        case .open where isIdle: if deadlineNanos <= nowNanos { close() }
        case .open, .draining:
            for stream in streams.values where stream.deadlineNanos <= nowNanos { stream.timedOut() }
            watch(nowNanos)
        case .closed: break
        }
    }

    /// Asks a provider that is quiet while it owes answers whether it is still there: all new calls would go to a
    /// connection that leads nowhere.
    private func watch(_ nowNanos: UInt64) {
        if hasHeard || quietSinceNanos == 0 {
            hasHeard = false
            quietSinceNanos = nowNanos
            pingDeadlineNanos = .max
        } else if pingDeadlineNanos <= nowNanos {
            context?.close(mode: .all, promise: nil)
        } else if pingDeadlineNanos == .max, nowNanos - quietSinceNanos >= Self.nanos(GatewayLimits.quietMillis) {
            pingDeadlineNanos = nowNanos + Self.nanos(GatewayLimits.pingMillis)
            write(.ping(HTTP2PingData(withInteger: 0), ack: false), on: .rootStream)
        }
    }

    private static func nanos(_ millis: Int64) -> UInt64 { UInt64(millis) * 1_000_000 }

    /// Takes no more calls, and closes after the last answer.
    func drain() {
        guard state == .open else { return }
        state = .draining
        if isIdle { close() }
    }

    /// Says goodbye and closes.
    private func close() {
        guard state != .closed, let context else { return }
        state = .draining
        let goodbye = HTTP2Frame.FramePayload.goAway(lastStreamID: .rootStream, errorCode: .noError, opaqueData: nil)
        context.writeAndFlush(wrapOutboundOut(HTTP2Frame(streamID: .rootStream, payload: goodbye)), promise: nil)
        context.close(promise: nil)
    }

    private func fail(_ errorClass: ErrorClass) {
        if failure == nil { failure = errorClass }
        context?.close(promise: nil)
    }

    // MARK: For streams

    /// Begins a stream in the place that it has taken.
    ///
    /// - Parameter endsRequest: whether there is no body.
    func open(_ stream: UpstreamStream, _ fields: HPACKHeaders, endsRequest: Bool) -> HTTP2StreamID {
        reserved -= 1
        let id = HTTP2StreamID(nextID)
        nextID += 2
        // The numbers of streams end here (RFC 9113, section 5.1.1).
        if nextID >= Int(Int32.max) { state = .draining }
        if streams.isEmpty {
            hasHeard = true
            if wasIdle { silentSinceNanos = NIODeadline.now().uptimeNanoseconds }
        }
        streams[id] = stream
        write(.headers(.init(headers: fields, endStream: endsRequest)), on: id)
        return id
    }

    /// A stream's answer is whole, as is its request.
    func ended(_ id: HTTP2StreamID) {
        streams.removeValue(forKey: id)
        placeIsFree()
    }

    /// Ends a stream early.
    func reset(_ id: HTTP2StreamID, _ code: HTTP2ErrorCode) {
        guard streams.removeValue(forKey: id) != nil else { return }
        write(.rstStream(code), on: id)
        placeIsFree()
    }

    private func placeIsFree() {
        if isIdle {
            wasIdle = true
            deadlineNanos = pool.idleDeadlineNanos
            if state == .draining { close() }
        }
        pool.changed()
    }

    func makePromise() -> EventLoopPromise<Void>? {
        context?.eventLoop.makePromise()
    }

    /// Writes a frame. What many calls write in one turn of the event loop goes out together.
    func write(_ payload: HTTP2Frame.FramePayload, on id: HTTP2StreamID, promise: EventLoopPromise<Void>? = nil) {
        guard let context else { return promise?.fail(ChannelError.ioOnClosedChannel) ?? () }
        context.write(wrapOutboundOut(HTTP2Frame(streamID: id, payload: payload)), promise: promise)
        if isReading { hasUnflushed = true }
        guard !isReading, !willFlush else { return }
        willFlush = true
        context.eventLoop.assumeIsolated().execute { [self] in
            willFlush = false
            self.context?.flush()
        }
    }

    /// A decompressor for one answer; nil when the channel has closed.
    func takeInflater() -> StreamInflater? {
        if let inflater = inflaters.popLast() { return inflater }
        return try? context.map { try StreamInflater($0.channel) }
    }

    func giveBack(_ inflater: StreamInflater) {
        inflater.cease()
        inflaters.append(inflater)
    }

    // MARK: Channel handler

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isReading = true
        hasHeard = true
        silentSinceNanos = 0
        let frame = unwrapInboundIn(data)
        switch frame.payload {
        case .headers(let head): stream(frame.streamID)?.received(head.headers, ends: head.endStream)
        case .data(let piece): received(piece, on: frame.streamID)
        case .rstStream(let code): remove(frame.streamID)?.wasReset(code)
        case .goAway(let last, _, _): goingAway(after: last)
        case .settings(.settings(let settings)): apply(settings)
        case .settings, .ping, .windowUpdate, .priority, .pushPromise, .alternativeService, .origin: break
        }
    }

    private func stream(_ id: HTTP2StreamID) -> UpstreamStream? {
        guard let stream = streams[id] else { return nil }
        if touched.last !== stream { touched.append(stream) }
        return stream
    }

    private func remove(_ id: HTTP2StreamID) -> UpstreamStream? {
        guard let stream = streams.removeValue(forKey: id) else { return nil }
        placeIsFree()
        return stream
    }

    private func received(_ piece: HTTP2Frame.FramePayload.Data, on id: HTTP2StreamID) {
        guard case .byteBuffer(let bytes) = piece.data else { return }
        // The padding's length counts as well (RFC 9113, section 6.1).
        let size = bytes.readableBytes + (piece.paddingBytes.map { $0 + 1 } ?? 0)
        // Given back at once, whatever becomes of it: a stream that is not read holds up itself, not the others.
        uncredited += size
        if uncredited >= GatewayLimits.connectionWindowBytes / 2 {
            write(.windowUpdate(windowSizeIncrement: uncredited), on: .rootStream)
            uncredited = 0
        }
        stream(id)?.received(bytes, size: size, ends: piece.endStream)
    }

    private func apply(_ settings: HTTP2Settings) {
        if let bound = settings.last(where: { $0.parameter == .maxConcurrentStreams }) {
            streamLimit = min(bound.value, GatewayLimits.streamsPerConnection)
        }
        guard state == .opening else { return pool.changed() }
        state = .open
        deadlineNanos = pool.idleDeadlineNanos
        let more = GatewayLimits.connectionWindowBytes - Self.firstWindowBytes
        write(.windowUpdate(windowSizeIncrement: more), on: .rootStream)
        pool.opened(self)
    }

    /// A connection's window at its start, whatever the settings say (RFC 9113, section 6.9.2).
    private static let firstWindowBytes = 65_535

    /// The provider takes no more streams. Those behind `last` it has not processed; the others end as they would.
    private func goingAway(after last: HTTP2StreamID) {
        guard state != .opening else { return fail(.connectFailed) }
        state = .draining
        let refused = streams.filter { $0.key > last }.sorted { $0.key < $1.key }
        for (id, _) in refused { streams.removeValue(forKey: id) }
        for (_, stream) in refused { stream.refused() }
        placeIsFree()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if !touched.isEmpty {
            let streams = touched
            touched.removeAll(keepingCapacity: true)
            for stream in streams { stream.readComplete() }
        }
        isReading = false
        guard hasUnflushed else { return }
        hasUnflushed = false
        // NIO's handler has flushed at the end of the read by itself: not what was written because of that.
        self.context?.flush()
    }

    /// Notes what NIO's handler does about a provider that breaks the protocol, before it tells the error.
    func wroteFrame(_ frame: HTTP2Frame) {
        switch frame.payload {
        case .rstStream: if streams[frame.streamID] != nil { faulted.append(frame.streamID) }
        case .goAway: isBroken = true
        default: break
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? NIOHTTP2Errors.StreamError {
            remove(error.streamID)?.failed(nil)
        } else if !faulted.isEmpty, !isBroken {
            let streams = faulted
            faulted = []
            for id in streams { remove(id)?.failed(.malformedResponse) }
        } else {
            if failure == nil {
                failure =
                    isBroken ? .malformedResponse : state == .opening ? UpstreamFailure.connecting(error) : nil
            }
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        let before = state
        state = .closed
        let streams = self.streams.sorted { $0.key < $1.key }
        self.streams = [:]
        let wasClosedIdle = self.wasClosedIdle
        pool.closed(self, before == .opening ? failure ?? .connectFailed : nil)
        for (_, stream) in streams { if wasClosedIdle { stream.closedIdle() } else { stream.failed(failure) } }
    }

    /// Whether its end means that the provider has read none of the requests on it: it had been idle, and was closed
    /// without a word as soon as they went out.
    private var wasClosedIdle: Bool {
        guard silentSinceNanos > 0, failure == nil else { return false }
        return NIODeadline.now().uptimeNanoseconds - silentSinceNanos <= Self.nanos(GatewayLimits.closedIdleMillis)
    }
}
