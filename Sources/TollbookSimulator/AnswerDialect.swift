/// Whose API a call is answered in.
enum AnswerDialect: Sendable, Equatable {
    /// OpenAI chat completions.
    case chat
    /// Anthropic messages.
    case messages
    /// Anthropic's token counting: the body is one number.
    case tokenCount
    /// OpenAI's completions from before chat.
    case completions
    /// OpenAI embeddings.
    case embeddings
    /// OpenAI responses.
    case responses
    /// The token counting of OpenAI responses.
    case responsesCount
    case moderations
    case imageGenerations
    case imageEdits
    case speech
    /// Transcriptions and translations.
    case transcriptions
    case rerank

    /// Whether its answers are no text of a model: pictures, audio, and what comes of them.
    var isMedia: Bool {
        switch self {
        case .moderations, .imageGenerations, .imageEdits, .speech, .transcriptions, .rerank: true
        case .chat, .messages, .tokenCount, .completions, .embeddings, .responses, .responsesCount: false
        }
    }

    /// Whether requests may be forms.
    var takesForms: Bool { self == .imageEdits || self == .transcriptions }

    /// Whether requests and errors have Anthropic's form.
    var isAnthropic: Bool { self == .messages || self == .tokenCount }

    /// Whether it can be streamed.
    var streams: Bool { self != .tokenCount && self != .embeddings && self != .responsesCount }

    /// Whether requests have the form of OpenAI responses.
    var isResponses: Bool { self == .responses || self == .responsesCount }

    /// The header that carries the provider's id of a request.
    var requestIDName: StaticString { isAnthropic ? "request-id" : "x-request-id" }
}
