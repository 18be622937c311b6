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
    case moderations
    case imageGenerations
    case imageEdits
    case speech
    /// Transcriptions and translations.
    case transcriptions
    case rerank
    /// Bedrock's Converse, whose model is in the path.
    case converse
    case converseStream
    /// Bedrock's token counting: the body is one number.
    case converseCount

    /// Whether its answers are no text of a model: pictures, audio, and what comes of them.
    var isMedia: Bool {
        switch self {
        case .moderations, .imageGenerations, .imageEdits, .speech, .transcriptions, .rerank: true
        default: false
        }
    }

    /// Whether requests may be forms.
    var takesForms: Bool { self == .imageEdits || self == .transcriptions }

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

    /// Whether requests, errors and streams have the form of Bedrock's Converse.
    var isBedrock: Bool { self == .converse || self == .converseStream || self == .converseCount }

    /// Whether the body may ask for a stream.
    var streams: Bool {
        switch self {
        case .chat, .messages, .completions, .responses: true
        default: isMedia
        }
    }

    /// Whether requests have the form of OpenAI responses.
    var isResponses: Bool { self == .responses || self == .responsesCount }

    /// The form of its errors.
    var errorShape: ErrorShape {
        isAnthropic ? .anthropic : isBedrock ? .bedrock : isGemini ? .gemini : .openai
    }

    /// The header that carries the provider's id of a request.
    var requestIDName: StaticString { errorShape.requestIDName }
}
