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
        case .generateContent, .geminiCountTokens, .embedContent, .batchEmbedContents: .gemini
        case .streamGenerateContent: .geminiStream
        case .converse, .converseStream: .converse
        case .converseCountTokens: .converseCount
        case .moderations: .moderations
        case .imageGenerations, .imageEdits: .images
        case .speech: .speech
        case .transcriptions, .translations: .transcription
        case .rerank, .rerankV2: .rerank
        // Its bodies are not read.
        case .passthrough, .files, .batches, .batch: .chat
        }
    }

    /// Whether its bodies may be forms.
    var takesForms: Bool { self == .transcriptions || self == .translations || self == .imageEdits || self == .files }

    /// Whether its bodies, other than JSON, go to the provider while they arrive once they are larger than
    /// `GatewayLimits.uploadPrefixBytes`. Those of forms do so where `FormRequestScanner.interim` finds the fields that
    /// the call is opened with among the first bytes.
    var streamsBodies: Bool { takesForms || self == .passthrough }

    /// Whether its bodies may be JSON.
    var takesJSON: Bool { self != .transcriptions && self != .translations && self != .files }

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

    /// Whether every answer is a stream, so that the body does not ask for one.
    var alwaysStreams: Bool { self == .converseStream }

    /// Whether a provider finds the model in the path, and not in the body.
    var hasModelInPath: Bool {
        switch self {
        case .chatCompletions, .messages, .countTokens, .completions, .embeddings, .responses, .responsesInputTokens,
            .moderations, .imageGenerations, .imageEdits, .speech, .transcriptions, .translations, .rerank, .rerankV2:
            false
        case .generateContent, .streamGenerateContent, .geminiCountTokens, .embedContent, .batchEmbedContents: true
        case .converse, .converseStream, .converseCountTokens, .passthrough, .files, .batches, .batch: true
        }
    }

    /// Whether a stream tells its usage only if it is asked to.
    var asksForUsage: Bool { self == .chatCompletions || self == .completions }
}

extension UpstreamEndpoint {
    /// The path of an endpoint at a provider. Anthropic's base URL may end with `/v1` or stop before it, as its SDKs
    /// have it; Gemini's with any version, else it is `/v1beta`.
    ///
    /// - Parameter model: the name the provider knows the model by; in the path of some endpoints.
    package func path(of endpoint: Endpoint, model: String) -> String {
        switch endpoint {
        case .chatCompletions: path + "/chat/completions"
        case .completions: path + "/completions"
        case .embeddings: path + "/embeddings"
        case .responses: path + "/responses"
        case .responsesInputTokens: path + "/responses/input_tokens"
        case .generateContent, .streamGenerateContent, .geminiCountTokens, .embedContent, .batchEmbedContents:
            modelPath(model) + ":" + (endpoint.geminiVerb ?? "")
        case .messages: versionedPath + "/messages"
        case .countTokens: versionedPath + "/messages/count_tokens"
        case .converse: unversionedPath + "/model/\(SigV4.escaped(segment: model))/converse"
        case .converseStream: unversionedPath + "/model/\(SigV4.escaped(segment: model))/converse-stream"
        case .converseCountTokens: unversionedPath + "/model/\(SigV4.escaped(segment: model))/count-tokens"
        case .moderations: path + "/moderations"
        case .imageGenerations: path + "/images/generations"
        case .imageEdits: path + "/images/edits"
        case .speech: path + "/audio/speech"
        case .transcriptions: path + "/audio/transcriptions"
        case .translations: path + "/audio/translations"
        // A base URL that names a version is the provider's only one.
        case .rerank: (hasVersion ? path : path + "/v1") + "/rerank"
        case .passthrough: path
        case .files: path + "/files"
        case .batches, .batch: path + "/batches"
        case .rerankV2: (hasVersion ? path : path + "/v2") + "/rerank"
        }
    }

    private var hasVersion: Bool { path.hasSuffix("/v1") || path.hasSuffix("/v2") }

    private var unversionedPath: String { path.hasSuffix("/v1") ? String(path.dropLast(3)) : path }

    private var versionedPath: String { path.hasSuffix("/v1") ? path : path + "/v1" }

    private func modelPath(_ model: String) -> String {
        if isVertex { return path + "/" + PercentText.encodePath(Self.publishedModel(model)) }
        let hasVersion = ["/v1beta", "/v1", "/v1alpha"].contains { path.hasSuffix($0) }
        return (hasVersion ? path : path + "/v1beta") + "/" + PercentText.encodePath(GeminiModel.resource(model))
    }

    /// Whether the path ends with a project and a location of Google's cloud.
    private var isVertex: Bool {
        let parts = path.split(separator: "/")
        return parts.count >= 4 && parts[parts.count - 4] == "projects" && parts[parts.count - 2] == "locations"
    }

    /// A model of Google's cloud under its project and location; one that is of no publisher is an endpoint's.
    private static func publishedModel(_ model: String) -> String {
        model.hasPrefix("publishers/") || model.hasPrefix("endpoints/") ? model : "publishers/google/models/" + model
    }

    /// The name of a model as a Gemini body has it.
    package func modelResource(_ model: String) -> String {
        guard isVertex else { return GeminiModel.resource(model) }
        return path.split(separator: "/").suffix(4).joined(separator: "/") + "/" + Self.publishedModel(model)
    }
}
