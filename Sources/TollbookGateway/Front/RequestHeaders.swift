package import NIOCore
package import NIOHTTP1

/// What one pass over a request's headers found, and the headers that go upstream, serialized.
package struct RequestHeaders {
    /// How the body is packed.
    package enum Encoding: Sendable {
        case identity
        /// `gzip` or `deflate`.
        case compressed
        /// Anything else.
        case unsupported
    }

    /// Where the virtual key is, by the order in which the places are looked at.
    package enum SecretPlace: Int, Sendable {
        case authorization
        case xAPIKey
        case apiKey
        case googleAPIKey
        case query
    }

    /// The header, or the query's value, that carries the virtual key; nil: none.
    package private(set) var secret: (place: SecretPlace, value: String)?
    /// As announced; nil: chunked, none, or not a number.
    package private(set) var contentLength: Int?
    package private(set) var encoding = Encoding.identity
    package private(set) var expectsContinue = false
    package private(set) var isChunked = false
    package private(set) var hostCount = 0
    /// Not validated; several headers are joined with commas.
    package private(set) var tags: String?
    /// Not validated.
    package private(set) var endUser: String?
    /// Not validated.
    package private(set) var interaction: String?
    package private(set) var traceID: [UInt8]?
    /// Header lines for the provider, each with its line end.
    package private(set) var forwarded: ByteBuffer

    /// - Parameters:
    ///   - buffer: storage to write `forwarded` into; its contents are dropped.
    ///   - query: the query of the request's target, without the question mark.
    package init(_ headers: HTTPHeaders, query: Substring?, buffer: consuming ByteBuffer = ByteBuffer()) {
        forwarded = buffer
        forwarded.clear()
        var nominated: [String] = []
        for (name, value) in headers { take(name, value, &nominated) }
        if !nominated.isEmpty { forwardAgain(headers, without: nominated) }
        if let query, let key = QueryKey.secret(in: query) { offer(key, from: .query) }
    }

    private mutating func take(_ name: String, _ value: String, _ nominated: inout [String]) {
        switch RequestHeaderKind(name) {
        case .forward: forward(name, value)
        case .drop: break
        case .authorization: if Self.isBearer(value) { offer(value, from: .authorization) }
        case .xAPIKey: offer(value, from: .xAPIKey)
        case .apiKey: offer(value, from: .apiKey)
        case .googleAPIKey: offer(value, from: .googleAPIKey)
        case .connection: HopByHop.nominate(value, &nominated)
        case .contentEncoding: encoding = Self.encoding(value)
        case .contentLength: contentLength = Int(value)
        case .endUser: endUser = value
        case .expect: expectsContinue = value.lowercased() == "100-continue"
        case .host: hostCount += 1
        case .interaction: interaction = value
        case .tags: tags = tags.map { $0 + "," + value } ?? value
        case .transferEncoding: isChunked = true
        case .traceparent:
            traceID = TraceParent.traceID(value)
            forward(name, value)
        }
    }

    private mutating func forward(_ name: String, _ value: String) {
        guard HeaderName.isSafeValue(value) else { return }
        forwarded.writeHeaderLine(name, value)
    }

    private mutating func offer(_ value: String, from place: SecretPlace) {
        guard place.rawValue < secret?.place.rawValue ?? .max, !value.isEmpty else { return }
        secret = (place, value)
    }

    /// Whether an Authorization header has a token, whatever follows it.
    private static func isBearer(_ value: String) -> Bool {
        value.utf8.count > 7 && HeaderName.begins(value, "bearer ")
    }

    /// Headers that `Connection` names are hop-by-hop as well (RFC 9110, section 7.6.1).
    private mutating func forwardAgain(_ headers: HTTPHeaders, without nominated: [String]) {
        forwarded.clear()
        for (name, value) in headers where !nominated.contains(name.lowercased()) {
            switch RequestHeaderKind(name) {
            case .forward, .traceparent: forward(name, value)
            default: break
            }
        }
    }

    private static func encoding(_ value: String) -> Encoding {
        switch value.lowercased() {
        case "", "identity": .identity
        case "gzip", "deflate": .compressed
        default: .unsupported
        }
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
