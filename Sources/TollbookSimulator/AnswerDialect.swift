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
    /// Bedrock's Converse, whose model is in the path.
    case converse
    case converseStream

    /// Whether requests and errors have Anthropic's form.
    var isAnthropic: Bool { self == .messages || self == .tokenCount }

    /// Whether requests, errors and streams have the form of Bedrock's Converse.
    var isBedrock: Bool { self == .converse || self == .converseStream }

    /// Whether the body may ask for a stream.
    var streams: Bool { self == .chat || self == .messages || self == .completions }

    /// The form of its errors.
    var errorShape: ErrorShape { isAnthropic ? .anthropic : isBedrock ? .bedrock : .openai }

    /// The header that carries the provider's id of a request.
    var requestIDName: StaticString { errorShape.requestIDName }
}
