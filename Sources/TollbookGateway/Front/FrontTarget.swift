package import TollbookCore

/// What a request's target and method ask for.
package enum FrontTarget: Equatable, Sendable {
    /// A call of an endpoint.
    case call(Endpoint)
    case models
    /// `/v1/models/{id}`, decoded.
    case model(String)
    case notFound
    /// A known path with another method.
    case methodNotAllowed(allow: String)

    /// The endpoint that is called; nil: no call is made.
    var endpoint: Endpoint? {
        guard case .call(let endpoint) = self else { return nil }
        return endpoint
    }

    /// - Parameter path: without the query.
    init(method: HeadText, path: HeadText) {
        // Nearly every request, told without making strings.
        if method.isExactly("POST"), path.isExactly("/v1/chat/completions") {
            self = .call(.chatCompletions)
        } else {
            self.init(method: method.string, path: Substring(path.string))
        }
    }

    /// - Parameter path: without the query.
    package init(method: String, path: Substring) {
        switch path {
        case "/v1/chat/completions": self = Self.call(.chatCompletions, method)
        case "/v1/completions": self = Self.call(.completions, method)
        case "/v1/embeddings": self = Self.call(.embeddings, method)
        case "/v1/messages": self = Self.call(.messages, method)
        case "/v1/messages/count_tokens": self = Self.call(.countTokens, method)
        case "/v1/moderations": self = Self.call(.moderations, method)
        case "/v1/images/generations": self = Self.call(.imageGenerations, method)
        case "/v1/images/edits": self = Self.call(.imageEdits, method)
        case "/v1/audio/speech": self = Self.call(.speech, method)
        case "/v1/audio/transcriptions": self = Self.call(.transcriptions, method)
        case "/v1/audio/translations": self = Self.call(.translations, method)
        case "/v1/models": self = method == "GET" ? .models : .methodNotAllowed(allow: "GET")
        default:
            guard path.hasPrefix("/v1/models/"), let id = PercentText.decode(path.dropFirst(11)), !id.isEmpty else {
                self = .notFound
                return
            }
            self = method == "GET" ? .model(id) : .methodNotAllowed(allow: "GET")
        }
    }

    private static func call(_ endpoint: Endpoint, _ method: String) -> FrontTarget {
        method == "POST" ? .call(endpoint) : .methodNotAllowed(allow: "POST")
    }
}
