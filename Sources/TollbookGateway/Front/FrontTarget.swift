/// What a request's target and method ask for.
package enum FrontTarget: Equatable, Sendable {
    case chatCompletions
    case models
    /// `/v1/models/{id}`, decoded.
    case model(String)
    case notFound
    /// A known path with another method.
    case methodNotAllowed(allow: String)

    /// - Parameter path: without the query.
    init(method: HeadText, path: HeadText) {
        // Nearly every request, told without making strings.
        if method.isExactly("POST"), path.isExactly("/v1/chat/completions") {
            self = .chatCompletions
        } else {
            self.init(method: method.string, path: Substring(path.string))
        }
    }

    /// - Parameter path: without the query.
    package init(method: String, path: Substring) {
        switch path {
        case "/v1/chat/completions": self = method == "POST" ? .chatCompletions : .methodNotAllowed(allow: "POST")
        case "/v1/models": self = method == "GET" ? .models : .methodNotAllowed(allow: "GET")
        default:
            guard path.hasPrefix("/v1/models/"), let id = PercentText.decode(path.dropFirst(11)), !id.isEmpty else {
                self = .notFound
                return
            }
            self = method == "GET" ? .model(id) : .methodNotAllowed(allow: "GET")
        }
    }
}
