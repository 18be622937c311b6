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
        case .moderations: .moderations
        case .imageGenerations, .imageEdits: .images
        case .speech: .speech
        case .transcriptions, .translations: .transcription
        case .rerank, .rerankV2: .rerank
        // Its bodies are not read.
        case .passthrough: .chat
        }
    }

    /// Whether its bodies may be forms.
    var takesForms: Bool { self == .transcriptions || self == .translations || self == .imageEdits }

    /// Whether its bodies may be JSON.
    var takesJSON: Bool { self != .transcriptions && self != .translations }

    /// Whether a request tells exactly how much of the endpoint's unit its call is charged.
    var isUnitExact: Bool { self == .speech || self == .moderations || self == .passthrough }

    /// What the tokens of its prompts and answers mostly are; nil: where nobody tells them, nothing is known of any.
    var tokenMeters: (input: Meter, output: Meter)? {
        switch dialect {
        case .passthrough: nil
        case .openaiImages: (.input, .outputImage)
        case .openaiAudio: self == .speech ? (.input, .outputAudio) : (.inputAudio, .output)
        default: (.input, .output)
        }
    }

    /// The model that OpenAI takes where a request names none; nil: it must name one.
    var defaultModel: String? {
        switch self {
        case .moderations: "omni-moderation-latest"
        case .imageGenerations: "dall-e-2"
        default: nil
        }
    }

    /// Whether a provider finds the model in the path, and not in the body.
    var hasModelInPath: Bool {
        switch self {
        case .chatCompletions, .messages, .countTokens, .completions, .embeddings, .responses, .responsesInputTokens,
            .moderations, .imageGenerations, .imageEdits, .speech, .transcriptions, .translations, .rerank, .rerankV2:
            false
        case .passthrough: true
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
        case .moderations: path + "/moderations"
        case .imageGenerations: path + "/images/generations"
        case .imageEdits: path + "/images/edits"
        case .speech: path + "/audio/speech"
        case .transcriptions: path + "/audio/transcriptions"
        case .translations: path + "/audio/translations"
        // A base URL that names a version is the provider's only one.
        case .rerank: (hasVersion ? path : path + "/v1") + "/rerank"
        case .passthrough: path
        case .rerankV2: (hasVersion ? path : path + "/v2") + "/rerank"
        }
    }

    private var hasVersion: Bool { path.hasSuffix("/v1") || path.hasSuffix("/v2") }

    private var versionedPath: String { path.hasSuffix("/v1") ? path : path + "/v1" }
}
