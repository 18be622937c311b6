/// Whose API a call is answered in.
enum AnswerDialect: Sendable, Equatable {
    /// OpenAI chat completions.
    case chat
    /// Anthropic messages.
    case messages
    /// Anthropic's token counting: the body is one number.
    case tokenCount

    /// Whether requests and errors have Anthropic's form.
    var isAnthropic: Bool { self != .chat }

    /// The header that carries the provider's id of a request.
    var requestIDName: StaticString { isAnthropic ? "request-id" : "x-request-id" }
}
