internal import NIOCore

/// An error as a provider answers it.
struct ErrorAnswer: Sendable, Equatable {
    let status: Int
    var shape: ErrorShape
    /// `error.type` in OpenAI's words.
    var type: String
    var code: String?
    var parameter: String?
    var message: String
    /// Sent as `retry-after`; nil leaves it out.
    var retryAfterSeconds: Int?
    /// Whether it stands in an array, as Gemini's does where a stream is one.
    var isInArray = false

    /// A request that cannot be served: 400 in OpenAI's shape.
    static func invalid(_ message: String, parameter: String? = nil, code: String? = nil) -> ErrorAnswer {
        ErrorAnswer(
            status: 400, shape: .openai, type: "invalid_request_error", code: code, parameter: parameter,
            message: message)
    }

    /// What a provider answers with `status`, in the shape and with the code that the directives ask for.
    static func scripted(
        status: Int, model: String, directives: Directives, dialect: AnswerDialect = .chat
    ) -> ErrorAnswer {
        var answer = usual(status: status, model: model)
        answer.shape = directives.shape ?? .usual(for: status, dialect)
        switch answer.shape {
        case .azure:
            answer.code = String(status)
        case .mistral where status == 429:
            (answer.type, answer.code) = ("rate_limited", "1300")
        default:
            if directives.code == "insufficient_quota" { answer.type = "insufficient_quota" }
        }
        answer.code = directives.code ?? answer.code
        let pinned = directives.retryAfterSeconds
        answer.retryAfterSeconds = pinned == -1 ? nil : pinned ?? (status == 429 ? 1 : nil)
        return answer
    }

    private static func usual(status: Int, model: String) -> ErrorAnswer {
        let (type, code, message): (String, String?, String) =
            switch status {
            case 400: ("invalid_request_error", nil, "Simulated: this request is not valid.")
            case 401: ("invalid_request_error", "invalid_api_key", "Simulated: this API key is not known.")
            case 403:
                ("invalid_request_error", "model_not_found", "Simulated: this project may not use `\(model)`.")
            case 404:
                ("invalid_request_error", "model_not_found", "Simulated: this account has no model `\(model)`.")
            case 413: ("invalid_request_error", nil, "Simulated: this request is too large.")
            case 429:
                ("tokens", "rate_limit_exceeded", "Simulated: `\(model)` has no tokens left this minute.")
            case 503: ("server_error", nil, "Simulated: this model is overloaded.")
            case 529: ("overloaded_error", nil, "Overloaded")
            case ..<500: ("invalid_request_error", nil, "Simulated: error \(status).")
            default: ("server_error", nil, "Simulated: the server failed while it worked on this request.")
            }
        return ErrorAnswer(
            status: status, shape: .openai, type: type, code: code, parameter: nil, message: message)
    }
}
