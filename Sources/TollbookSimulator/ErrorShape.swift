/// Whose error body a `status=…` directive answers with.
package enum ErrorShape: String, Sendable, CaseIterable {
    /// `{"error": {"message", "type", "param", "code"}}`.
    case openai
    /// `{"type": "error", "error": {"type", "message"}, "request_id"}`.
    case anthropic
    /// `{"message"}`, the class of error in the header `x-amzn-errortype`.
    case bedrock
    /// `{"id", "message"}`.
    case cohere
    /// `{"error": {"code": "429", "message"}}`, the code a string that repeats the status.
    case azure
    /// `{"object": "error", "message", "type", "param", "code", "raw_status_code"}`.
    case mistral
    /// `{"error": "Unauthorized"}`: the error is a string.
    case vllm
    /// `{"error": {"code": 429, "message", "status": "RESOURCE_EXHAUSTED", "details": []}}`.
    case gemini
    /// An HTML page, as a proxy in front of a provider sends for 502 and 504.
    case html
    /// Plain text.
    case text
    /// No body at all.
    case empty

    /// The shape a status has when none is asked for.
    static func usual(for status: Int, _ dialect: AnswerDialect) -> ErrorShape {
        switch status {
        case 529: .anthropic
        case 502 where !dialect.isGemini: .html
        case 504 where dialect == .chat: .html
        default: dialect.errorShape
        }
    }

    /// The header that carries the provider's id of a request.
    var requestIDName: StaticString {
        switch self {
        case .anthropic: "request-id"
        case .bedrock: "x-amzn-requestid"
        default: "x-request-id"
        }
    }
}
