internal import NIOCore
internal import NIOHPACK
internal import NIOHTTP1
internal import NIOHTTP2
internal import TollbookCore

/// One request and its answer on a shared HTTP/2 connection; before that, a call's place among those who wait for one.
///
/// `@unchecked Sendable` because writes' closures carry it; all of it is touched on its event loop only.
final class UpstreamStream: @unchecked Sendable {
    private enum State {
        case waiting
        /// It has its place on a connection, and nothing was sent.
        case ready
        case busy
        /// The call is done with the answer; its end is awaited.
        case trailing
        case done
    }

    private let pool: StreamPool
    private var state = State.waiting
    /// The call that it serves; nil once that is done with it.
    private var user: UpstreamUser?
    private var connection: SharedConnection?
    private var id = HTTP2StreamID.rootStream
    /// When a connection must be there, or the answer at its end.
    private(set) var deadlineNanos: UInt64

    // The request
    /// Whether its body goes on.
    private var isSending = false
    /// Bytes of a body that goes on which wait for the provider to take them.
    private var unsentBytes = 0

    // The answer
    private var hasHead = false
    /// Whether all of it has come.
    private var isWhole = false
    private var inflater: StreamInflater?
    private var isPaused = false
    private var isDelivering = false
    /// What came meanwhile, at most a window of it.
    private var held = CircularBuffer<ByteBuffer>()
    /// Bytes that were taken, and are not yet given back to the provider's window.
    private var uncredited = 0
    private var discardedBytes = 0

    init(pool: StreamPool, user: UpstreamUser, deadlineNanos: UInt64) {
        self.pool = pool
        self.user = user
        self.deadlineNanos = deadlineNanos
    }

    // MARK: For the pool

    /// Takes a place on a connection that has room.
    func begin(on connection: SharedConnection) {
        connection.reserve()
        self.connection = connection
        deadlineNanos = .max
        state = .ready
    }

    /// Tells the call that waited.
    func connected() {
        user?.connected(.stream(self))
    }

    func connectFailed(_ errorClass: ErrorClass) {
        leave()?.connectFailed(errorClass)
    }

    /// Ends the wait and gives back who waited.
    func leave() -> UpstreamUser? {
        state = .done
        let waiting = user
        user = nil
        return waiting
    }

    // MARK: For the call

    /// The provider's `host` or `host:port`.
    var authority: String { pool.authority }

    /// Whether the request can be sent.
    var isReady: Bool { state == .ready }

    /// Sends a request; the rest of its body comes by `sendBody(_:)` unless it is whole.
    func send(_ fields: HPACKHeaders, body: [ByteBuffer], isWhole: Bool) {
        guard state == .ready, let connection else { return }
        state = .busy
        isSending = !isWhole
        let parts = body.filter { $0.readableBytes > 0 }
        id = connection.open(self, fields, endsRequest: isWhole && parts.isEmpty)
        for (index, part) in parts.enumerated() { write(part, ends: isWhole && index == parts.count - 1) }
    }

    /// Whether it takes more of the request's body without piling it up.
    var takesBody: Bool { isSending && state == .busy && unsentBytes < GatewayLimits.unsentUploadBytes }

    func sendBody(_ bytes: ByteBuffer) {
        if isSending { write(bytes, ends: false) }
    }

    func endBody(_ tail: ByteBuffer?) {
        guard isSending else { return }
        isSending = false
        write(tail ?? ByteBuffer(), ends: true)
    }

    private func write(_ bytes: ByteBuffer, ends: Bool) {
        guard let connection else { return }
        let payload = HTTP2Frame.FramePayload.data(.init(data: .byteBuffer(bytes), endStream: ends))
        guard isSending else { return connection.write(payload, on: id) }
        unsentBytes += bytes.readableBytes
        let promise = connection.makePromise()
        promise?.futureResult.assumeIsolated().whenComplete { [self] _ in sent(bytes.readableBytes) }
        connection.write(payload, on: id, promise: promise)
    }

    /// Bytes of the request's body have left, or are dropped.
    private func sent(_ count: Int) {
        let wasFull = unsentBytes >= GatewayLimits.unsentUploadBytes
        unsentBytes -= count
        if wasFull, takesBody { user?.upstreamTakesMore() }
    }

    /// Hands on no more of the answer until `resume()`; the provider sends no more than its window.
    func pause() {
        isPaused = true
    }

    func resume() {
        isPaused = false
        guard !held.isEmpty || isWhole else { return }
        deliverHeld()
        readComplete()
    }

    /// The call needs nothing more of it.
    func abandon() {
        user = nil
        switch state {
        case .waiting: pool.forget(self)
        case .ready: connection?.release()
        case .busy, .trailing: reset(.cancel)
        case .done: break
        }
        state = .done
        giveBackInflater()
    }

    /// The call has all of the answer that it needs; the rest is dropped.
    func finishTrailing(deadlineNanos: UInt64) {
        guard state == .busy else { return }
        user = nil
        // A provider that was left in the middle of a request may wait for the rest of it.
        guard !isSending else { return abandon() }
        state = .trailing
        self.deadlineNanos = deadlineNanos
        isPaused = false
        deliverHeld()
    }

    /// The answer's end did not come in time.
    func timedOut() {
        abandon()
    }

    private func reset(_ code: HTTP2ErrorCode) {
        held.removeAll()
        guard !isWhole else { return }
        isWhole = true
        connection?.reset(id, code)
    }

    // MARK: For the connection

    private var isServing: Bool { state == .busy || state == .trailing }

    /// A head of the answer, or its trailers, which say nothing that Tollbook reads.
    func received(_ fields: HPACKHeaders, ends: Bool) {
        guard isServing else { return }
        if !hasHead {
            do throws(MessageFault) {
                guard try receivedHead(AnswerFields.answer(fields), ends: ends) else { return }
            } catch {
                return malformed()
            }
        }
        if ends { receivedEnd() }
    }

    /// False: an interim answer, which is not passed on (RFC 9110, section 15.2).
    private func receivedHead(_ answer: ProviderAnswer, ends: Bool) throws(MessageFault) -> Bool {
        guard answer.status >= 200 else {
            if ends || answer.status == 101 { throw .malformed }
            return false
        }
        hasHead = true
        if answer.encoding != .identity { try beginInflating(answer.encoding) }
        user?.upstreamHead(answer)
        return isServing
    }

    private func beginInflating(_ encoding: ProviderAnswer.Encoding) throws(MessageFault) {
        guard let inflater = connection?.takeInflater() else { throw .malformed }
        self.inflater = inflater
        inflater.begin(encoding) { [weak self] part in
            guard let self, isServing else { return }
            switch part {
            case .bytes(let bytes): deliver(bytes)
            case .end: break
            case .failed: malformed()
            }
        }
    }

    /// A piece of the answer.
    ///
    /// - Parameter size: what it takes of the window, padding included.
    func received(_ bytes: ByteBuffer, size: Int, ends: Bool) {
        guard isServing else { return }
        uncredited += size
        if isPaused || isDelivering {
            if bytes.readableBytes > 0 { held.append(bytes) }
        } else {
            take(bytes)
            credit()
        }
        if ends, isServing { receivedEnd() }
    }

    private func take(_ bytes: ByteBuffer) {
        guard bytes.readableBytes > 0 else { return }
        if let inflater { inflater.take(bytes) } else { deliver(bytes) }
    }

    private func deliver(_ bytes: ByteBuffer) {
        if state == .busy { return user?.upstreamBody(bytes) ?? () }
        discardedBytes += bytes.readableBytes
        if discardedBytes > GatewayLimits.discardedAnswerBytes { abandon() }
    }

    /// Gives what was taken back to the window, half a window at a time.
    private func credit() {
        guard uncredited >= GatewayLimits.streamWindowBytes / 2, !isWhole, isServing else { return }
        connection?.write(.windowUpdate(windowSizeIncrement: uncredited), on: id)
        uncredited = 0
    }

    /// The whole answer has come: the place on the connection is free, whether or not it has been handed on.
    private func receivedEnd() {
        isWhole = true
        // The provider has answered before it had all of the request, and wants no more of it.
        if isSending { connection?.reset(id, .cancel) } else { connection?.ended(id) }
        if !isPaused, !isDelivering { ended() }
    }

    private func deliverHeld() {
        guard !isDelivering else { return }
        isDelivering = true
        while !isPaused, let bytes = held.popFirst() { take(bytes) }
        isDelivering = false
        guard !isPaused, isServing else { return }
        if isWhole { ended() } else { credit() }
    }

    private func ended() {
        inflater?.end()
        guard isServing else { return }
        finish()?.upstreamEnd()
    }

    /// Nothing more comes. The user that it served, if that waits for more.
    private func finish() -> UpstreamUser? {
        let served = state == .busy ? user : nil
        state = .done
        user = nil
        isSending = false
        giveBackInflater()
        return served
    }

    private func giveBackInflater() {
        if let inflater { connection?.giveBack(inflater) }
        inflater = nil
    }

    /// A read from the provider has been handled whole.
    func readComplete() {
        if state == .busy { user?.upstreamReadComplete() }
    }

    /// What came is not HTTP.
    private func malformed() {
        reset(.protocolError)
        finish()?.upstreamFailed(.malformedResponse)
    }

    /// The provider has reset the stream, which is off the connection.
    func wasReset(_ code: HTTP2ErrorCode) {
        if code == .refusedStream { refused() } else { failed(nil) }
    }

    /// The provider has not processed the request (RFC 9113, section 8.7); the stream is off the connection.
    func refused() {
        guard !hasHead else { return failed(nil) }
        isWhole = true
        finish()?.upstreamRefused()
    }

    /// The provider has not read the request: see `Call.upstreamClosedIdle()`. The stream is off the connection.
    func closedIdle() {
        isWhole = true
        finish()?.upstreamClosedIdle()
    }

    /// The answer broke off; the stream is off the connection.
    ///
    /// - Parameter errorClass: nil: by the connection's end, or a reset.
    func failed(_ errorClass: ErrorClass?) {
        guard isServing else { return }
        isWhole = true
        isDelivering = true
        while let bytes = held.popFirst(), isServing { take(bytes) }
        isDelivering = false
        finish()?.upstreamFailed(errorClass)
    }
}
