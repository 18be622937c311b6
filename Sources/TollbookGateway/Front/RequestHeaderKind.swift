/// What Tollbook does with a request header.
enum RequestHeaderKind {
    /// Goes upstream as it is.
    case forward
    /// Stops here.
    case drop
    case authorization
    case xAPIKey
    case apiKey
    case googleAPIKey
    case connection
    case contentEncoding
    case contentLength
    case endUser
    case expect
    case host
    case interaction
    case tags
    case traceparent
    case transferEncoding

    /// Classifies a name. Runs once per header of every call: the length decides first.
    init(_ name: String) {
        let count = name.utf8.count
        self = count < 12 ? Self.short(name, count) : Self.long(name, count)
        if self == .forward, HeaderName.begins(name, "x-tollbook-") || HeaderName.begins(name, "proxy-") {
            self = .drop
        }
    }

    private static func short(_ name: String, _ count: Int) -> Self {
        switch count {
        case 2 where HeaderName.equals(name, "te"): .drop
        case 4 where HeaderName.equals(name, "host"): .host
        case 6 where HeaderName.equals(name, "expect"): .expect
        case 6 where HeaderName.equals(name, "cookie") || HeaderName.equals(name, "digest"): .drop
        case 7 where HeaderName.equals(name, "api-key"): .apiKey
        case 7 where HeaderName.equals(name, "trailer") || HeaderName.equals(name, "upgrade"): .drop
        case 9 where HeaderName.equals(name, "x-api-key"): .xAPIKey
        case 10 where HeaderName.equals(name, "connection"): .connection
        case 10 where HeaderName.equals(name, "keep-alive"): .drop
        case 11 where HeaderName.equals(name, "traceparent"): .traceparent
        case 11 where HeaderName.equals(name, "content-md5"): .drop
        default: .forward
        }
    }

    /// A digest of the body would not survive its patch; OpenAI's organization and project would redirect who
    /// is billed.
    private static func long(_ name: String, _ count: Int) -> Self {
        switch count {
        case 13 where HeaderName.equals(name, "authorization"): .authorization
        case 14 where HeaderName.equals(name, "content-length"): .contentLength
        case 14 where HeaderName.equals(name, "x-goog-api-key"): .googleAPIKey
        case 14 where HeaderName.equals(name, "openai-project"): .drop
        case 14 where HeaderName.equals(name, "content-digest"): .drop
        case 15 where HeaderName.equals(name, "x-tollbook-tags"): .tags
        case 15 where HeaderName.equals(name, "accept-encoding"): .drop
        case 16 where HeaderName.equals(name, "content-encoding"): .contentEncoding
        case 17 where HeaderName.equals(name, "transfer-encoding"): .transferEncoding
        case 19 where HeaderName.equals(name, "x-tollbook-end-user"): .endUser
        case 19 where HeaderName.equals(name, "openai-organization"): .drop
        case 22 where HeaderName.equals(name, "x-tollbook-interaction"): .interaction
        default: .forward
        }
    }
}
