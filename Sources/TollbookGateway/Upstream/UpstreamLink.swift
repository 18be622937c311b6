internal import NIOCore

/// What carries a call to its provider: an HTTP/1.1 connection that it has to itself, or a stream of an HTTP/2
/// connection that it shares. On the call's event loop.
enum UpstreamLink {
    case connection(UpstreamConnection)
    case stream(UpstreamStream)

    /// Whether the call can be sent; else the call hears of it, or of the failure.
    var isReady: Bool {
        switch self {
        case .connection(let connection): connection.isReady
        case .stream(let stream): stream.isReady
        }
    }

    /// Sends a request; parameters as of `UpstreamConnection`.
    func send(
        prefix: UpstreamRequestHead.Prefix, query: String?, secret: ByteBuffer?, version: ByteBuffer?,
        forwarded: ByteBuffer, body: [ByteBuffer], length: Int?, isWhole: Bool = true
    ) {
        switch self {
        case .connection(let connection):
            connection.send(
                prefix: prefix, query: query, secret: secret, version: version, forwarded: forwarded, body: body,
                length: length, isWhole: isWhole)
        case .stream(let stream):
            stream.send(
                RequestFields.make(
                    prefix: prefix, authority: stream.authority, query: query, secret: secret, version: version,
                    forwarded: forwarded, length: length),
                body: body, isWhole: isWhole)
        }
    }

    /// Whether it takes more of the request's body without piling it up.
    var takesBody: Bool {
        switch self {
        case .connection(let connection): connection.takesBody
        case .stream(let stream): stream.takesBody
        }
    }

    /// Sends the next bytes of the request's body.
    func sendBody(_ bytes: ByteBuffer) {
        switch self {
        case .connection(let connection): connection.sendBody(bytes)
        case .stream(let stream): stream.sendBody(bytes)
        }
    }

    /// Ends the request's body.
    ///
    /// - Parameter tail: its last bytes.
    func endBody(_ tail: ByteBuffer?) {
        switch self {
        case .connection(let connection): connection.endBody(tail)
        case .stream(let stream): stream.endBody(tail)
        }
    }

    /// Hands on no more of the answer until `resume()`.
    func pause() {
        switch self {
        case .connection(let connection): connection.pause()
        case .stream(let stream): stream.pause()
        }
    }

    func resume() {
        switch self {
        case .connection(let connection): connection.resume()
        case .stream(let stream): stream.resume()
        }
    }

    /// The call needs nothing more of it.
    func abandon() {
        switch self {
        case .connection(let connection): connection.abandon()
        case .stream(let stream): stream.abandon()
        }
    }

    /// The call has all of the answer that it needs; the rest is read and dropped.
    func finishTrailing(deadlineNanos: UInt64) {
        switch self {
        case .connection(let connection): connection.finishTrailing(deadlineNanos: deadlineNanos)
        case .stream(let stream): stream.finishTrailing(deadlineNanos: deadlineNanos)
        }
    }
}
