internal import NIOCore
internal import NIOHTTP1

/// The head of a provider's answer: what one pass over its headers found, and those that go back to the caller.
struct ProviderAnswer {
    /// How the body is packed.
    enum Encoding {
        case identity
        /// `gzip` or `deflate`, which are decoded.
        case compressed
    }

    let status: Int
    let keepsAlive: Bool
    private(set) var encoding = Encoding.identity
    private(set) var isEventStream = false
    private(set) var hasDate = false
    /// As announced, for the body as sent.
    private(set) var contentLength: Int?
    /// The provider's own id for the request.
    private(set) var requestID: String?
    /// Header lines for the caller, each with its line end.
    private(set) var forwarded: ByteBuffer

    /// - Parameter buffer: storage to write `forwarded` into; its contents are dropped.
    init(_ head: HTTPResponseHead, buffer: consuming ByteBuffer = ByteBuffer()) {
        status = Int(head.status.code)
        keepsAlive = head.isKeepAlive
        forwarded = buffer
        forwarded.clear()
        var nominated: [String] = []
        for (name, value) in head.headers where !take(name, value, &nominated) {
            forwarded.writeHeaderLine(name, value)
        }
        if !nominated.isEmpty { forwardAgain(head.headers, without: nominated) }
    }

    /// Reads a header; true if it stops here.
    private mutating func take(_ name: String, _ value: String, _ nominated: inout [String]) -> Bool {
        guard HeaderName.isSafeValue(value) else { return true }
        switch name.utf8.count {
        case 4 where HeaderName.equals(name, "date"):
            hasDate = true
        case 10 where HeaderName.equals(name, "connection"):
            HopByHop.nominate(value, &nominated)
            return true
        case 12 where HeaderName.equals(name, "content-type"):
            isEventStream = HeaderName.begins(value, "text/event-stream")
        case 12 where HeaderName.equals(name, "x-request-id"):
            if value.utf8.count <= GatewayLimits.upstreamIDBytes { requestID = value }
        case 14 where HeaderName.equals(name, "content-length"):
            contentLength = Int(value)
            return true
        case 16 where HeaderName.equals(name, "content-encoding"):
            guard HeaderName.equals(value, "gzip") || HeaderName.equals(value, "deflate") else { return false }
            encoding = .compressed
            return true
        default: break
        }
        return AnswerHeaderRules.stops(name)
    }

    private mutating func forwardAgain(_ headers: HTTPHeaders, without nominated: [String]) {
        forwarded.clear()
        hasDate = false
        var ignored: [String] = []
        for (name, value) in headers where !nominated.contains(name.lowercased()) {
            if !take(name, value, &ignored) { forwarded.writeHeaderLine(name, value) }
        }
    }
}
