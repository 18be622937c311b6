internal import NIOCore
internal import NIOHTTP1

/// Takes decoded body parts off NIO's decompressor, which is a pipeline handler, behind which this one stands.
///
/// Both are added behind a connection's own handler with its first compressed message, and stay. Only compressed
/// messages are sent through them; each begins with a head, which makes the decompressor forget the one before.
final class InflatedBody<Head: Sendable & Equatable>: ChannelInboundHandler {
    typealias InboundIn = HTTPPart<Head, ByteBuffer>

    /// What comes out; on the event loop, within the `channelRead` that brought the compressed bytes.
    enum Part {
        case bytes(ByteBuffer)
        case end
        case failed(any Error)
    }

    private let receive: (Part) -> Void

    init(_ receive: @escaping (Part) -> Void) {
        self.receive = receive
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: break
        case .body(let bytes): if bytes.readableBytes > 0 { receive(.bytes(bytes)) }
        case .end: receive(.end)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        receive(.failed(error))
    }
}
