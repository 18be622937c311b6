internal import NIOCore
internal import NIOHTTP1
internal import TollbookCore
internal import TollbookWire

extension Call {
    /// The provider's answer begins.
    ///
    /// - Parameter isDecoded: whether the body comes decompressed.
    func upstreamHead(_ head: HTTPResponseHead, isDecoded: Bool) {
        guard machine.phase == .dispatched else { return }
        machine.headArrived()
        let status = Int(head.status.code)
        progress?.headArrived(status: status, nanos: loop.readNanos())
        progress?.upstreamRequestID = Self.upstreamID(head.headers)
        setDeadline(inMillis: loop.configuration.timeouts.betweenChunksMillis)
        self.head = head
        self.isDecoded = isDecoded
        switch status {
        case 200..<300:
            reader.isSuccess = true
            reader.form = Self.isEventStream(head.headers) ? .stream : .plain
            if reader.form == .stream { front?.beginStream(of: self, head, isDecoded: isDecoded) }
        case 401, 403: refuseAnswer(.upstreamAuthFailed)
        case 300..<400: refuseAnswer(.upstreamRedirect)
        case 400...: reader.form = .plain
        default: refuseAnswer(.upstreamMalformed)
        }
    }

    /// An answer that is not passed on. Its error body is no use to the caller, or says too much.
    private func refuseAnswer(_ code: AnswerCode) {
        releaseConnection()
        settle(.errorStatus, finale: .failure(.upstream(code)), code: code)
    }

    /// Lets the connection read the rest of the answer by itself.
    func releaseConnection() {
        connection?.finishTrailing(
            deadlineNanos: loop.deadline(inMillis: loop.configuration.timeouts.trailingMillis))
        connection = nil
    }

    func upstreamBody(_ bytes: ByteBuffer) {
        guard machine.phase == .answering else { return }
        setDeadline(inMillis: loop.configuration.timeouts.betweenChunksMillis)
        loop.metrics.answerBytes &+= UInt64(bytes.readableBytes)
        switch reader.form {
        case .none: break
        case .plain: plainBody(bytes)
        case .stream: streamBody(bytes)
        }
    }

    /// A read from the provider has been handled whole: what it brought goes out together.
    func upstreamReadComplete() {
        guard let front, front.hasOutput else { return }
        front.flushOutput()
        if !front.isWritable { connection?.pause() }
    }

    /// The client takes bytes again, or no more for now.
    func clientWritabilityChanged(_ isWritable: Bool) {
        guard machine.phase == .answering else { return }
        if isWritable {
            setDeadline(inMillis: loop.configuration.timeouts.betweenChunksMillis)
            connection?.resume()
        } else {
            // The provider is not read meanwhile, so it is not late.
            setDeadline(inMillis: loop.configuration.timeouts.totalMillis)
            connection?.pause()
        }
    }

    /// The provider's answer is whole.
    func upstreamEnd() {
        connection = nil
        switch (machine.phase, reader.form) {
        case (.answering, .plain): plainEnd()
        case (.answering, .stream): streamEnd()
        default: break
        }
    }

    // MARK: Plain answers

    private func plainBody(_ bytes: ByteBuffer) {
        if !reader.hasContent { progress?.contentArrived(nanos: loop.readNanos()) }
        reader.readPlain(bytes)
        if isRelaying {
            if let withheld { front?.send(withheld) }
            withheld = bytes
        } else if held.readableBytes + bytes.readableBytes > loop.configuration.sizes.heldAnswerBytes {
            beginRelaying(with: bytes)
        } else if held.readableBytes == 0 {
            held = bytes
        } else {
            held.writeImmutableBuffer(bytes)
        }
    }

    /// Too large to be held: it goes out as it comes, but for its newest bytes.
    private func beginRelaying(with bytes: ByteBuffer) {
        guard let head else { return }
        isRelaying = true
        let length = isDecoded ? nil : head.headers[canonicalForm: "content-length"].first.flatMap { Int($0) }
        front?.beginRelay(of: self, head, isDecoded: isDecoded, length: length)
        if held.readableBytes > 0 { front?.send(held) }
        held = ByteBuffer()
        withheld = bytes
    }

    private func plainEnd() {
        reader.plain.finish()
        let finale = isRelaying ? Finale.relayedTail : .answer
        if !reader.isSuccess {
            settle(.errorStatus, finale: finale, code: .upstreamError)
        } else if reader.plain.hasError {
            settle(.errorEvent, finale: finale, code: .upstreamError)
        } else if reader.plain.isWellFormed {
            settle(.complete(isTerminated: true), finale: finale, code: .ok)
        } else {
            settle(
                .malformed, finale: isRelaying ? .relayedTail : .failure(.upstream(.upstreamMalformed)),
                code: .upstreamMalformed)
        }
    }

    // MARK: Headers

    private static func isEventStream(_ headers: HTTPHeaders) -> Bool {
        for (name, value) in headers where HeaderName.equals(name, "content-type") {
            return HeaderName.begins(value, "text/event-stream")
        }
        return false
    }

    private static func upstreamID(_ headers: HTTPHeaders) -> String? {
        for (name, value) in headers where HeaderName.equals(name, "x-request-id") {
            return value.utf8.count <= GatewayLimits.upstreamIDBytes ? value : nil
        }
        return nil
    }
}
