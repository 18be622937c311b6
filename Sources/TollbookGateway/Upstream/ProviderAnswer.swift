package import NIOCore

/// The head of a provider's answer: what one pass over its headers found, and those that go back to the caller.
package struct ProviderAnswer {
    /// How the body is packed.
    package enum Encoding: Sendable {
        case identity
        case gzip
        case deflate
    }

    /// 200 to 999; interim answers are not passed on. A translated error may have another for the caller.
    package internal(set) var status = 0
    package private(set) var encoding = Encoding.identity
    /// Whether the body is a stream of server-sent events.
    package private(set) var isEventStream = false
    /// Whether the body is JSON by its content type.
    package private(set) var isJSON = false
    /// Whether the body is a stream of AWS's messages.
    package private(set) var isMessageStream = false
    /// Whether the body is a stream of JSON values, a line each.
    package private(set) var isLineStream = false
    /// Whether `forwarded` has a date; else the gateway adds its own.
    package private(set) var hasDate = false
    /// The provider's own id for the request.
    package private(set) var requestID: String?
    /// Header lines for the caller, each with its line end.
    package private(set) var forwarded: ByteBuffer
    /// How the body's end is told.
    private(set) var framing = MessageBody.Framing.untilClose
    /// Whether the connection can serve another call after this answer.
    package private(set) var keepsAlive = false
    /// How long the provider keeps an idle connection; nil: it does not tell.
    package private(set) var keepAliveSeconds: Int?
    private var fields = FramingFields()

    /// As announced, for the body as sent.
    package var contentLength: Int? { fields.contentLength }

    /// - Parameters:
    ///   - head: a whole head with its empty line.
    ///   - lines: storage to write `forwarded` into; its contents are dropped.
    init(_ head: ByteBuffer, lines: consuming ByteBuffer) throws(MessageFault) {
        forwarded = lines
        forwarded.clear()
        try head.withUnsafeReadableBytes { (bytes) throws(MessageFault) in try read(bytes) }
    }

    /// Adds when to try again to the lines for the caller, unless the provider's head tells it.
    mutating func tellRetry(afterSeconds seconds: Int64) {
        guard HeaderLines.value(of: "retry-after", in: forwarded) == nil else { return }
        forwarded.writeHeaderLine("retry-after", String(seconds))
    }

    private mutating func read(_ bytes: UnsafeRawBufferPointer) throws(MessageFault) {
        var cursor = HeadCursor(bytes)
        let isHTTP10 = !cursor.skip("HTTP/1.1 ")
        if isHTTP10, !cursor.skip("HTTP/1.0 ") { throw .malformed }
        status = try cursor.status()
        try cursor.restOfLine()
        try readFields(cursor, bytes)
        framing = try framing(isHTTP10: isHTTP10)
        keepsAlive = fields.keepsAlive(isHTTP10: isHTTP10) && framing != .untilClose
    }

    /// No call is a HEAD, so that the status alone says whether there is no body (RFC 9112, section 6.3).
    private func framing(isHTTP10: Bool) throws(MessageFault) -> MessageBody.Framing {
        switch status {
        case ..<200, 204, 304: .length(0)
        default: try fields.framing(isHTTP10: isHTTP10) ?? .untilClose
        }
    }

    private mutating func readFields(_ start: HeadCursor, _ bytes: UnsafeRawBufferPointer) throws(MessageFault) {
        forwarded.reserveCapacity(bytes.count)
        var cursor = start
        while let field = try cursor.field() {
            if try !take(field) { forward(field, bytes) }
        }
        guard !fields.nominated.isEmpty else { return }
        // Headers that `Connection` names are hop-by-hop as well (RFC 9110, section 7.6.1).
        forwarded.clear()
        if fields.nominated.contains("date") { hasDate = false }
        cursor = start
        while let field = try cursor.field() {
            if !stops(field), !fields.nominated.contains(field.name.string.lowercased()) { forward(field, bytes) }
        }
    }

    private mutating func forward(_ field: HeadCursor.Field, _ bytes: UnsafeRawBufferPointer) {
        forwarded.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[field.line]))
    }

    /// Reads a field; true if it stops here.
    private mutating func take(_ field: HeadCursor.Field) throws(MessageFault) -> Bool {
        let (name, value) = (field.name, field.value)
        switch name.count {
        case 4 where name.equals("date"): hasDate = true
        case 10 where name.equals("connection"): fields.takeConnection(value)
        case 10 where name.equals("keep-alive"): keepAliveSeconds = value.keepAliveSeconds
        case 10 where name.equals("request-id"):
            if value.count <= GatewayLimits.upstreamIDBytes { requestID = value.string }
        case 12 where name.equals("content-type"):
            isJSON = value.isJSONType
            isEventStream = !isJSON && value.begins("text/event-stream")
            isLineStream = !isJSON && value.isLinesType
            isMessageStream = !isJSON && value.begins("application/vnd.amazon.eventstream")
        case 12 where name.equals("x-request-id"):
            if value.count <= GatewayLimits.upstreamIDBytes { requestID = value.string }
        case 14 where name.equals("content-length"): try fields.takeContentLength(value)
        case 15 where name.equals("apim-request-id"):
            // Azure's gateway; where the model's own id comes as well, that one stands in the provider's logs.
            if requestID == nil, value.count <= GatewayLimits.upstreamIDBytes { requestID = value.string }
        case 16 where name.equals("x-amzn-requestid"):
            if value.count <= GatewayLimits.upstreamIDBytes { requestID = value.string }
        case 16 where name.equals("content-encoding"):
            if value.equals("gzip") { encoding = .gzip } else if value.equals("deflate") { encoding = .deflate }
        case 17 where name.equals("transfer-encoding"): try fields.takeTransferEncoding(value)
        default: break
        }
        return stops(field)
    }

    /// Whether a field does not go back. The body goes back decoded, so that its encoding stays, if it was one that
    /// Tollbook decodes.
    private func stops(_ field: HeadCursor.Field) -> Bool {
        let (name, value) = (field.name, field.value)
        return switch name.count {
        case 10 where name.equals("connection"): true
        case 14 where name.equals("content-length"): true
        case 16 where name.equals("content-encoding"): value.equals("gzip") || value.equals("deflate")
        default: AnswerHeaderRules.stops(name)
        }
    }
}
