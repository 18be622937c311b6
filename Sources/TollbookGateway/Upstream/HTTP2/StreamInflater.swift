internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTPCompression

/// Decompresses the answers of one stream at a time.
///
/// NIO's decompressor is a pipeline handler: it stands at the end of the connection's pipeline, where nothing reaches
/// it but what is handed to it here. Used again for another stream once it is free. On the connection's event loop.
final class StreamInflater {
    private let decompressor = NIOHTTPResponseDecompressor(limit: .ratio(GatewayLimits.inflationRatio))
    private let context: ChannelHandlerContext
    private var receive: ((InflatedBody<HTTPResponseHead>.Part) -> Void)?

    /// - Throws: when the channel has closed.
    init(_ channel: any Channel) throws {
        let operations = channel.pipeline.syncOperations
        try operations.addHandler(decompressor)
        context = try operations.context(handler: decompressor)
        try operations.addHandler(InflatedBody<HTTPResponseHead> { [weak self] in self?.receive?($0) })
    }

    /// Begins with another body, which makes the decompressor forget the one before.
    ///
    /// - Parameter receive: is given what comes out, within the calls below.
    func begin(
        _ encoding: ProviderAnswer.Encoding, receive: @escaping (InflatedBody<HTTPResponseHead>.Part) -> Void
    ) {
        self.receive = receive
        let name = encoding == .gzip ? "gzip" : "deflate"
        pass(.head(HTTPResponseHead(version: .http1_1, status: .ok, headers: ["content-encoding": name])))
    }

    func take(_ bytes: ByteBuffer) {
        pass(.body(bytes))
    }

    func end() {
        pass(.end(nil))
    }

    /// Hands out nothing more of the body at hand.
    func cease() {
        receive = nil
    }

    private func pass(_ part: HTTPClientResponsePart) {
        decompressor.channelRead(context: context, data: NIOAny(part))
    }
}
