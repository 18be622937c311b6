package import TollbookCore
internal import TollbookPolicy
internal import TollbookWire

/// What a request's target and method ask for.
package enum FrontTarget: Equatable, Sendable {
    /// A call of an endpoint; the model if the path names it, decoded.
    case call(Endpoint, model: String? = nil)
    /// A call about the files and batches that a project keeps at a provider.
    case stored(StoredOperation)
    case models
    /// `/v1/models/{id}`, decoded.
    case model(String)
    case notFound
    /// A path below `/v1/responses` that would read or change what a provider keeps.
    case storedResponse
    /// A known path with another method.
    case methodNotAllowed(allow: String)

    /// The endpoint that is called; nil: no call is made.
    var endpoint: Endpoint? {
        switch self {
        case .call(let endpoint, _): endpoint
        case .stored(let operation): operation.endpoint
        default: nil
        }
    }

    /// Whether the call is about files or batches.
    var isStored: Bool {
        if case .stored = self { return true }
        return false
    }

    /// The model that the path names; nil: the body names it.
    var model: String? {
        guard case .call(_, let model) = self else { return nil }
        return model
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
        case "/v1/responses": self = Self.call(.responses, method)
        case "/v1/responses/input_tokens": self = Self.call(.responsesInputTokens, method)
        case "/v1/messages": self = Self.call(.messages, method)
        case "/v1/messages/count_tokens": self = Self.call(.countTokens, method)
        case "/v1/moderations": self = Self.call(.moderations, method)
        case "/v1/images/generations": self = Self.call(.imageGenerations, method)
        case "/v1/images/edits": self = Self.call(.imageEdits, method)
        case "/v1/audio/speech": self = Self.call(.speech, method)
        case "/v1/audio/transcriptions": self = Self.call(.transcriptions, method)
        case "/v1/audio/translations": self = Self.call(.translations, method)
        case "/v1/rerank": self = Self.call(.rerank, method)
        case "/v2/rerank": self = Self.call(.rerankV2, method)
        case "/v1/models": self = method == "GET" ? .models : .methodNotAllowed(allow: "GET")
        default:
            self =
                Self.kept(method, path) ?? Self.gemini(method, path) ?? Self.listedModel(method, path)
                ?? Self.deployment(method, path)
                ?? Self.azure(method, path) ?? Self.bedrockModel(method, path) ?? Self.stored(path)
                ?? Self.passThrough(method, path) ?? .notFound
        }
    }

    private static func call(_ endpoint: Endpoint, model: String? = nil, _ method: String) -> FrontTarget {
        method == "POST" ? .call(endpoint, model: model) : .methodNotAllowed(allow: "POST")
    }

    /// `/v1/files…` and `/v1/batches…`.
    private static func kept(_ method: String, _ path: Substring) -> FrontTarget? {
        switch StoredOperation.match(method: method, path: path) {
        case .operation(let operation): .stored(operation)
        case .methodNotAllowed(let allow): .methodNotAllowed(allow: allow)
        case nil: nil
        }
    }

    /// `/v1/models/{id}`.
    private static func listedModel(_ method: String, _ path: Substring) -> FrontTarget? {
        guard path.hasPrefix("/v1/models/"), let id = PercentText.decode(path.dropFirst(11)), !id.isEmpty else {
            return nil
        }
        return method == "GET" ? .model(id) : .methodNotAllowed(allow: "GET")
    }

    /// `/v1/responses/{id}` and what is below.
    private static func stored(_ path: Substring) -> FrontTarget? {
        path.hasPrefix("/v1/responses/") ? .storedResponse : nil
    }

    /// `/openai/v1/…`, and `/openai/…` for what names no deployment in its path (responses, models, files, batches), as
    /// clients of Azure OpenAI call: the same as under `/v1`.
    private static func azure(_ method: String, _ path: Substring) -> FrontTarget? {
        if path.hasPrefix("/openai/v1/") { return FrontTarget(method: method, path: path.dropFirst(7)) }
        guard path.hasPrefix("/openai/") else { return nil }
        return FrontTarget(method: method, path: "/v1" + path.dropFirst(7))
    }

    /// `/passthrough/{provider}/…`, with any of the methods that have a body in their answer. Segments of dots, which
    /// could leave the provider's base path, are no path.
    private static func passThrough(_ method: String, _ path: Substring) -> FrontTarget? {
        let prefix = "/passthrough/"
        guard path.hasPrefix(prefix) else { return nil }
        let parts = path.dropFirst(prefix.utf8.count).split(
            separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let provider = PercentText.decode(parts[0]), !provider.isEmpty,
            provider.utf8.count <= WireLimits.modelBytes, provider.isFreeOfControlCharacters,
            parts[1].split(separator: "/").allSatisfy({ !isDots($0) })
        else { return nil }
        let methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
        guard methods.contains(method) else { return .methodNotAllowed(allow: methods.joined(separator: ", ")) }
        return .call(.passthrough, model: RouteRecord.passThroughPrefix + provider)
    }

    /// Whether a segment is `.` or `..`, however it is written; also one that cannot be decoded.
    private static func isDots(_ segment: Substring) -> Bool {
        guard let text = PercentText.decode(segment) else { return true }
        return text.split(whereSeparator: { $0 == "/" || $0 == "\\" }).contains { $0 == "." || $0 == ".." }
    }

    /// `/openai/deployments/{model}/…`, as clients of Azure OpenAI call.
    private static func deployment(_ method: String, _ path: Substring) -> FrontTarget? {
        let prefix = "/openai/deployments/"
        guard path.hasPrefix(prefix) else { return nil }
        let parts = path.dropFirst(prefix.utf8.count).split(separator: "/", maxSplits: 1)
        guard parts.count == 2, let model = model(parts[0]) else { return nil }
        switch parts[1] {
        case "chat/completions": return call(.chatCompletions, model: model, method)
        case "completions": return call(.completions, model: model, method)
        case "embeddings": return call(.embeddings, model: model, method)
        case "images/generations": return call(.imageGenerations, model: model, method)
        case "images/edits": return call(.imageEdits, model: model, method)
        case "audio/speech": return call(.speech, model: model, method)
        case "audio/transcriptions": return call(.transcriptions, model: model, method)
        case "audio/translations": return call(.translations, model: model, method)
        default: return nil
        }
    }

    /// `/model/{model}/converse[-stream]` and `…/count-tokens`, as AWS's SDKs call; an ARN may have its slashes escaped or not.
    private static func bedrockModel(_ method: String, _ path: Substring) -> FrontTarget? {
        let prefix = "/model/"
        guard path.hasPrefix(prefix), let slash = path.lastIndex(of: "/"),
            let model = model(path[..<slash].dropFirst(prefix.utf8.count))
        else { return nil }
        switch path[slash...] {
        case "/converse": return call(.converse, model: model, method)
        case "/converse-stream": return call(.converseStream, model: model, method)
        case "/count-tokens": return call(.converseCountTokens, model: model, method)
        default: return nil
        }
    }

    /// `/v1beta/models/{model}:{verb}`, as clients of Gemini call (the newest under `/v1`), and that version's lists.
    private static func gemini(_ method: String, _ path: Substring) -> FrontTarget? {
        let versions = ["/v1beta/", "/v1alpha/", "/v1/"]
        guard let version = versions.first(where: { path.hasPrefix($0) }) else { return nil }
        let resource = path.dropFirst(version.utf8.count)
        let isShared = version == "/v1/"
        if resource == "models", !isShared { return method == "GET" ? .models : .methodNotAllowed(allow: "GET") }
        guard resource.hasPrefix("models/"), let name = PercentText.decode(resource.dropFirst(7)), !name.isEmpty
        else { return nil }
        guard let colon = name.lastIndex(of: ":"),
            let endpoint = Endpoint(geminiVerb: name[name.index(after: colon)...])
        else {
            // Other providers' models have colons in their names.
            guard !isShared else { return nil }
            return method == "GET" ? .model(name) : .notFound
        }
        let model = String(name[..<colon])
        return isModel(model) ? call(endpoint, model: model, method) : nil
    }

    /// A model's name out of a path; nil for what can be none.
    private static func model(_ text: Substring) -> String? {
        guard let model = PercentText.decode(text), isModel(model) else { return nil }
        return model
    }

    private static func isModel(_ name: String) -> Bool {
        (1...WireLimits.modelBytes).contains(name.utf8.count) && name.isFreeOfControlCharacters
    }
}
