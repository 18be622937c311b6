internal import NIOCore

/// Cuts a connection's bytes into requests: a state machine without a socket.
struct RequestReader: Sendable {
    private var stage = Stage.head
    /// The body of ``Stage/chunked(_:)``, kept apart so that it grows in place.
    private var upload = ChunkedBody()

    private enum Stage: Sendable {
        case head
        case counted(RequestHead, Int)
        case chunked(RequestHead)
        /// After a mistake nothing more is read.
        case broken
    }

    enum Event: Sendable {
        case incomplete
        /// The client waits for `100 Continue` before it sends the body; ask again after that.
        case continueExpected
        case request(RequestHead.WithBody)
        /// The request cannot be read: answer with this status and close.
        case refused(Int)
    }

    /// Takes the next request from the front of `buffer`.
    mutating func next(from buffer: inout ByteBuffer) -> Event {
        switch stage {
        case .head: return readHead(from: &buffer)
        case .counted(let head, let length): return readCounted(head, length, from: &buffer)
        case .chunked(let head): return readChunked(head, from: &buffer)
        case .broken: return .incomplete
        }
    }

    private mutating func readHead(from buffer: inout ByteBuffer) -> Event {
        guard buffer.readableBytes > 0 else { return .incomplete }
        let (result, fields) = buffer.withUnsafeReadableBytes { bytes in
            var scanner = HeadScanner(bytes)
            let result = scanner.scan()
            return (result, scanner.fields)
        }
        switch result {
        case .incomplete: return .incomplete
        case .refused(let status): return refuse(status)
        case .complete: break
        }
        guard let raw = buffer.readSlice(length: fields.length) else { return .incomplete }
        let text = fields.directives.flatMap { raw.getString(at: raw.readerIndex + $0.lowerBound, length: $0.count) }
        var head = RequestHead(
            method: fields.method, route: fields.route, keepsAlive: fields.keepsAlive, isHTTP10: fields.isHTTP10,
            directives: text, raw: raw, wantsEvents: fields.wantsEvents)
        if let model = fields.model {
            head.model = ModelName.decoded(raw.readableBytesView.dropFirst(model.lowerBound).prefix(model.count))
        }
        return startBody(head, fields, from: &buffer)
    }

    private mutating func startBody(
        _ head: RequestHead, _ fields: HeadScanner.Fields, from buffer: inout ByteBuffer
    ) -> Event {
        let length = fields.contentLength ?? 0
        let waits = fields.expectsContinue && buffer.readableBytes < max(1, length)
        if fields.isChunked {
            guard waits else { return readChunked(head, from: &buffer) }
            stage = .chunked(head)
            return .continueExpected
        }
        guard waits, length > 0 else { return readCounted(head, length, from: &buffer) }
        stage = .counted(head, length)
        return .continueExpected
    }

    private mutating func readCounted(_ head: RequestHead, _ length: Int, from buffer: inout ByteBuffer) -> Event {
        guard let body = buffer.readSlice(length: length) else {
            stage = .counted(head, length)
            buffer.reserveCapacity(minimumWritableBytes: min(length - buffer.readableBytes, 1024 * 1024))
            return .incomplete
        }
        stage = .head
        return .request(RequestHead.WithBody(head: head, body: body))
    }

    private mutating func readChunked(_ head: RequestHead, from buffer: inout ByteBuffer) -> Event {
        switch upload.take(from: &buffer) {
        case .incomplete:
            stage = .chunked(head)
            return .incomplete
        case .complete:
            let body = upload.body
            upload = ChunkedBody()
            stage = .head
            return .request(RequestHead.WithBody(head: head, body: body))
        case .refused(let status):
            return refuse(status)
        }
    }

    private mutating func refuse(_ status: Int) -> Event {
        stage = .broken
        return .refused(status)
    }
}
