package import NIOCore

/// What one pass over a request's headers found, and the headers that go upstream, serialized.
package struct RequestHeaders {
    /// How the body is packed.
    package enum Encoding: Sendable {
        case identity
        case gzip
        case deflate
        /// Anything else.
        case unsupported
    }

    /// Where the virtual key is, by the order in which the places are looked at.
    package enum SecretPlace: Int, Sendable {
        case authorization
        /// A signature of AWS, which names the key.
        case signature
        case xAPIKey
        case apiKey
        case googleAPIKey
        case query
    }

    /// The header, or the query's value, that carries the virtual key; nil: none.
    package private(set) var secret: (place: SecretPlace, value: ByteBuffer)?
    package private(set) var encoding = Encoding.identity
    package private(set) var expectsContinue = false
    /// `authorization`, if it is a signature of AWS.
    private(set) var signature: String?
    /// Whether `anthropic-version` was given.
    package private(set) var hasAnthropicVersion = false
    package private(set) var hostCount = 0
    /// Not validated; several headers are joined with commas.
    package private(set) var tags: String?
    /// Not validated.
    package private(set) var endUser: String?
    /// Not validated.
    package private(set) var interaction: String?
    /// The route that a file is kept by. Not validated.
    package private(set) var route: String?
    package private(set) var traceID: [UInt8]?
    /// Header lines for the provider, each with its line end.
    package private(set) var forwarded: ByteBuffer
    /// The content type of a form; empty where more than one was given; nil: the body is none.
    package private(set) var formType: String?
    /// Whether the body is JSON by its content type.
    package private(set) var isJSON = false
    private var hasContentType = false
    private(set) var framing = FramingFields()

    /// As announced; nil: chunked, or no body.
    package var contentLength: Int? { framing.contentLength }
    package var isChunked: Bool { framing.isChunked }

    /// - Parameter lines: storage to write `forwarded` into; its contents are dropped.
    init(lines: consuming ByteBuffer) {
        forwarded = lines
        forwarded.clear()
    }

    /// Reads the fields of a head, up to its end.
    ///
    /// - Parameters:
    ///   - head: the buffer that the cursor reads.
    ///   - bytes: the same bytes.
    mutating func read(
        _ cursor: inout HeadCursor, of head: ByteBuffer, _ bytes: UnsafeRawBufferPointer
    ) throws(MessageFault) {
        let fields = cursor
        forwarded.reserveCapacity(bytes.count)
        while let field = try cursor.field() {
            if try take(field, of: head) { forward(field, bytes) }
        }
        guard !framing.nominated.isEmpty else { return }
        // Headers that `Connection` names are hop-by-hop as well (RFC 9110, section 7.6.1).
        forwarded.clear()
        var again = fields
        while let field = try again.field() {
            guard !framing.nominated.contains(field.name.string.lowercased()) else { continue }
            switch RequestHeaderKind(field.name) {
            case .forward, .anthropicVersion, .contentType, .traceparent: forward(field, bytes)
            default: break
            }
        }
    }

    /// Reads a field; true if it goes upstream as it is.
    private mutating func take(_ field: HeadCursor.Field, of head: ByteBuffer) throws(MessageFault) -> Bool {
        let value = field.value
        switch RequestHeaderKind(field.name) {
        case .forward: return true
        case .drop: break
        case .authorization: takeAuthorization(field, head)
        case .xAPIKey: offer(field, from: .xAPIKey, head)
        case .apiKey: offer(field, from: .apiKey, head)
        case .googleAPIKey: offer(field, from: .googleAPIKey, head)
        case .connection: framing.takeConnection(value)
        case .contentEncoding: encoding = Self.encoding(value)
        case .contentLength: try framing.takeContentLength(value)
        case .contentType:
            takeContentType(value)
            return true
        case .endUser: endUser = value.string
        case .expect: expectsContinue = value.equals("100-continue")
        case .host: hostCount += 1
        case .interaction: interaction = value.string
        case .route: route = value.string
        case .tags: tags = tags.map { $0 + "," + value.string } ?? value.string
        case .transferEncoding: try framing.takeTransferEncoding(value)
        case .anthropicVersion:
            hasAnthropicVersion = true
            return true
        case .traceparent:
            traceID = TraceParent.traceID(value.string)
            return true
        }
        return false
    }

    private mutating func takeAuthorization(_ field: HeadCursor.Field, _ head: ByteBuffer) {
        // Whether there is a token behind the scheme, whatever it is.
        if field.value.count > 7, field.value.begins("bearer ") { return offer(field, from: .authorization, head) }
        guard signature == nil, field.value.begins("aws4-hmac-sha256 ") else { return }
        let text = field.value.string
        signature = text
        guard let name = text.firstRange(of: "Credential=") else { return }
        let accessKeyID = text[name.upperBound...].prefix { $0 != "/" }
        if !accessKeyID.isEmpty { offer(ByteBuffer(substring: accessKeyID), from: .signature) }
    }

    private mutating func forward(_ field: HeadCursor.Field, _ bytes: UnsafeRawBufferPointer) {
        forwarded.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[field.line]))
    }

    private mutating func takeContentType(_ value: HeadText) {
        if value.begins("multipart/form-data") { formType = hasContentType ? "" : value.string }
        if formType != nil, hasContentType { formType = "" }
        isJSON = value.isJSONType
        hasContentType = true
    }

    private mutating func offer(_ field: HeadCursor.Field, from place: SecretPlace, _ head: ByteBuffer) {
        guard field.value.count > 0,
            let value = head.getSlice(at: head.readerIndex + field.valueStart, length: field.value.count)
        else { return }
        offer(value, from: place)
    }

    /// Takes a key that was found in the target's query.
    mutating func takeQueryKey(_ key: String) {
        if !key.isEmpty { offer(ByteBuffer(string: key), from: .query) }
    }

    private mutating func offer(_ value: ByteBuffer, from place: SecretPlace) {
        guard place.rawValue < secret?.place.rawValue ?? .max else { return }
        secret = (place, value)
    }

    private static func encoding(_ value: HeadText) -> Encoding {
        if value.count == 0 || value.equals("identity") { return .identity }
        if value.equals("gzip") { return .gzip }
        return value.equals("deflate") ? .deflate : .unsupported
    }
}

extension Substring {
    /// Without the spaces and tabs around it.
    func trimmingSpaces() -> Substring {
        var rest = self
        while let first = rest.utf8.first, first == 0x20 || first == 0x09 { rest = rest.dropFirst() }
        while let last = rest.utf8.last, last == 0x20 || last == 0x09 { rest = rest.dropLast() }
        return rest
    }
}
