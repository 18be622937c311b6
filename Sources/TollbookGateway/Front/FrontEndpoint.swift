internal import NIOCore
package import TollbookCore
internal import TollbookWire

/// What the data plane does for each endpoint that makes calls. Chosen once, by the request's path.
extension Endpoint {
    /// How the request's body is read.
    var requestForm: RequestForm {
        switch self {
        case .chatCompletions: .chat
        case .messages: .messages
        case .countTokens: .tokenCount
        case .completions: .completions
        case .embeddings: .embeddings
        case .responses, .responsesInputTokens: .responses
        case .converse, .converseStream: .converse
        }
    }

    /// Whether every answer is a stream, so that the body does not ask for one.
    var alwaysStreams: Bool { self == .converseStream }

    /// Whether a provider finds the model in the path, and not in the body.
    var hasModelInPath: Bool {
        switch self {
        case .chatCompletions, .messages, .countTokens, .completions, .embeddings, .responses, .responsesInputTokens:
            false
        case .converse, .converseStream: true
        }
    }

    /// Whether a stream tells its usage only if it is asked to.
    var asksForUsage: Bool { self == .chatCompletions || self == .completions }
}

extension UpstreamEndpoint {
    /// The path of an endpoint at a provider. Anthropic's base URL may end with `/v1` or stop before it, as its SDKs
    /// have it.
    ///
    /// - Parameter model: the name the provider knows the model by; in the path of some endpoints.
    package func path(of endpoint: Endpoint, model: String) -> String {
        switch endpoint {
        case .chatCompletions: path + "/chat/completions"
        case .completions: path + "/completions"
        case .embeddings: path + "/embeddings"
        case .responses: path + "/responses"
        case .responsesInputTokens: path + "/responses/input_tokens"
        case .messages: versionedPath + "/messages"
        case .countTokens: versionedPath + "/messages/count_tokens"
        case .converse: unversionedPath + "/model/\(SigV4.escaped(segment: model))/converse"
        case .converseStream: unversionedPath + "/model/\(SigV4.escaped(segment: model))/converse-stream"
        }
    }

    private var unversionedPath: String { path.hasSuffix("/v1") ? String(path.dropLast(3)) : path }

    private var versionedPath: String { path.hasSuffix("/v1") ? path : path + "/v1" }
}
