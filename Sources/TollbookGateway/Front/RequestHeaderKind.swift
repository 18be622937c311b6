/// What Tollbook does with a request header.
enum RequestHeaderKind {
    /// Goes upstream as it is.
    case forward
    /// Goes upstream as it is, and tells that the caller speaks Anthropic's dialect.
    case anthropicVersion
    /// Stops here.
    case drop
    case authorization
    case xAPIKey
    case apiKey
    case googleAPIKey
    case connection
    case contentEncoding
    case contentLength
    /// Goes upstream as it is.
    case contentType
    case endUser
    case expect
    case host
    case interaction
    case route
    case tags
    case traceparent
    case transferEncoding

    /// Classifies a name. Runs once per header of every call: the length decides first.
    init(_ name: HeadText) {
        let count = name.count
        self = count < 12 ? Self.short(name, count) : Self.long(name, count)
        if self == .forward, name.begins("x-tollbook-") || name.begins("proxy-") {
            self = .drop
        }
    }

    private static func short(_ name: HeadText, _ count: Int) -> Self {
        switch count {
        case 2 where name.equals("te"): .drop
        case 4 where name.equals("host"): .host
        case 6 where name.equals("expect"): .expect
        case 6 where name.equals("cookie") || name.equals("digest"): .drop
        case 7 where name.equals("api-key"): .apiKey
        case 7 where name.equals("trailer") || name.equals("upgrade"): .drop
        case 9 where name.equals("x-api-key"): .xAPIKey
        case 10 where name.equals("connection"): .connection
        case 10 where name.equals("keep-alive") || name.equals("x-amz-date"): .drop
        case 11 where name.equals("traceparent"): .traceparent
        case 11 where name.equals("content-md5"): .drop
        default: .forward
        }
    }

    /// A digest of the body would not survive its patch; a call to AWS is signed anew; OpenAI's organization and
    /// project, and Google's, would redirect who is billed; a field mask would keep the usage out of the answer.
    private static func long(_ name: HeadText, _ count: Int) -> Self {
        switch count {
        case 12 where name.equals("content-type"): .contentType
        case 13 where name.equals("authorization"): .authorization
        case 14 where name.equals("content-length"): .contentLength
        case 14 where name.equals("x-goog-api-key"): .googleAPIKey
        case 14 where name.equals("openai-project"): .drop
        case 14 where name.equals("content-digest"): .drop
        case 15 where name.equals("x-tollbook-tags"): .tags
        case 15 where name.equals("accept-encoding"): .drop
        case 16 where name.equals("x-tollbook-route"): .route
        case 16 where name.equals("content-encoding"): .contentEncoding
        case 16 where name.equals("x-goog-fieldmask"): .drop
        case 17 where name.equals("transfer-encoding"): .transferEncoding
        case 17 where name.equals("anthropic-version"): .anthropicVersion
        case 19 where name.equals("x-tollbook-end-user"): .endUser
        case 19 where name.equals("openai-organization"): .drop
        case 19 where name.equals("x-goog-user-project"): .drop
        case 20 where name.equals("x-amz-content-sha256") || name.equals("x-amz-security-token"): .drop
        case 22 where name.equals("x-tollbook-interaction"): .interaction
        default: .forward
        }
    }
}
