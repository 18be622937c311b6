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
    /// Gemini's content, streamed or not.
    case gemini
    /// Gemini's token counting.
    case geminiCount
    /// Gemini's embedding of one text.
    case geminiEmbedding
    /// Gemini's embeddings of several texts.
    case geminiEmbeddings

    /// Whether requests and errors have Anthropic's form.
    var isAnthropic: Bool { self == .messages || self == .tokenCount }

    /// Whether requests and errors have Gemini's form.
    var isGemini: Bool {
        switch self {
        case .gemini, .geminiCount, .geminiEmbedding, .geminiEmbeddings: true
        default: false
        }
    }

    /// Whether the answer is vectors.
    var isEmbedding: Bool { self == .embeddings || self == .geminiEmbedding || self == .geminiEmbeddings }

    /// Whose form errors have.
    var errorShape: ErrorShape { isAnthropic ? .anthropic : isGemini ? .gemini : .openai }

    /// Whether it can be streamed.
    var streams: Bool {
        switch self {
        case .chat, .messages, .completions, .responses, .gemini: true
        default: false
        }
    }

    /// Whether requests have the form of OpenAI responses.
    var isResponses: Bool { self == .responses || self == .responsesCount }

    /// The header that carries the provider's id of a request.
    var requestIDName: StaticString { isAnthropic ? "request-id" : "x-request-id" }
}
