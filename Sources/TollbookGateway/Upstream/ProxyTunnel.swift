internal import NIOCore

/// Asks an HTTP proxy for a tunnel to a provider (RFC 9110, section 9.3.6), and leaves the pipeline once there is one.
///
/// Lives on its channel's event loop. Somebody else closes the channel when it takes too long.
final class ProxyTunnel: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let request: ByteBuffer
    private var unread = UnreadBytes()
    private var completion: ((ProxyFault?) -> Void)?

    /// - Parameters:
    ///   - authority: `host:port` of the provider.
    ///   - credential: the `proxy-authorization` line with its line end; nil: none is sent.
    ///   - completion: is given nil when the channel is a tunnel and this handler has left it.
    init(to authority: String, credential: ByteBuffer?, completion: @escaping (ProxyFault?) -> Void) {
        var request = ByteBuffer(string: "CONNECT \(authority) HTTP/1.1\r\nhost: \(authority)\r\n")
        if let credential { request.writeImmutableBuffer(credential) }
        request.writeStaticString("\r\n")
        self.request = request
        self.completion = completion
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { context.writeAndFlush(wrapOutboundOut(request), promise: nil) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard completion != nil else { return }
        unread.append(unwrapInboundIn(data))
        do throws(MessageFault) {
            while let head = try unread.takeHead() {
                let status = try Self.status(of: head)
                if status >= 200 { return finish(status, context) }
            }
        } catch {
            end(.malformed)
        }
    }

    private static func status(of head: ByteBuffer) throws(MessageFault) -> Int {
        try head.withUnsafeReadableBytes { (bytes) throws(MessageFault) in
            var cursor = HeadCursor(bytes)
            guard cursor.skip("HTTP/1.1 ") || cursor.skip("HTTP/1.0 ") else { throw .malformed }
            return try cursor.status()
        }
    }

    private func finish(_ status: Int, _ context: ChannelHandlerContext) {
        guard (200..<300).contains(status) else { return end(.refused(status: status)) }
        // Through a tunnel the gateway speaks first: what is here already did not come from the provider.
        guard unread.isEmpty else { return end(.malformed) }
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
        end(nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(.closed)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(.closed)
    }

    private func end(_ fault: ProxyFault?) {
        let completion = self.completion
        self.completion = nil
        completion?(fault)
    }
}

/// Why a proxy gave no tunnel.
enum ProxyFault: Error, Equatable, CustomStringConvertible {
    case unreachable
    case refused(status: Int)
    case closed
    case malformed
    case timedOut
    case credentialUnavailable

    /// What is wrong; without a full stop.
    var description: String {
        switch self {
        case .unreachable: "no connection to the proxy"
        case .refused(status: 407): "the proxy refused the credential, or wants one (status 407)"
        case .refused(let status): "the proxy refused the tunnel (status \(status))"
        case .closed: "the proxy closed the connection"
        case .malformed: "the proxy's answer is not HTTP"
        case .timedOut: "the proxy made no tunnel in time"
        case .credentialUnavailable: "the proxy's credential cannot be read"
        }
    }
}
