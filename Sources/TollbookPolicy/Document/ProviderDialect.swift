package import TollbookCore

/// The wire formats of providers, as governance files name them.
package enum ProviderDialect: String, CaseIterable, Sendable {
    case openai
    case azure
    case anthropic
    case gemini
    /// Gemini as Google's cloud serves it.
    case vertex
    case cohere
    case bedrock
    case simulated

    /// Dialects that the format knows and this version cannot call.
    private static let notCallable = ["mistral"]

    /// How a provider of this dialect comes to serve calls to an endpoint; nil: it does not.
    package func service(of endpoint: Endpoint) -> EndpointService? {
        switch self {
        case .simulated: .native
        case .azure where endpoint == .moderations || endpoint.dialect == .rerank: nil
        case .openai, .azure:
            switch endpoint {
            case .chatCompletions, .completions, .embeddings, .responses, .responsesInputTokens, .moderations,
                .imageGenerations, .imageEdits, .speech, .transcriptions, .translations, .rerank, .rerankV2,
                .passthrough, .files, .batches, .batch:
                .native
            case .messages, .generateContent, .streamGenerateContent, .converse, .converseStream:
                .translated(.chatCompletions)
            case .countTokens, .geminiCountTokens, .converseCountTokens: .estimated
            case .embedContent, .batchEmbedContents: .translated(.embeddings)
            }
        case .anthropic:
            switch endpoint {
            case .messages, .countTokens, .passthrough: .native
            case .chatCompletions, .responses, .generateContent, .streamGenerateContent, .converse, .converseStream:
                .translated(.messages)
            case .responsesInputTokens, .geminiCountTokens, .converseCountTokens: .counted(.countTokens)
            default: nil
            }
        case .vertex where endpoint == .batchEmbedContents || endpoint == .embeddings: nil
        case .gemini, .vertex:
            switch endpoint {
            case .chatCompletions, .messages, .responses, .converse, .converseStream: .translated(.generateContent)
            case .countTokens, .responsesInputTokens, .converseCountTokens: .counted(.geminiCountTokens)
            case .passthrough: .native
            case .embeddings: .translated(.batchEmbedContents)
            default: endpoint.dialect == .gemini ? .native : nil
            }
        case .cohere: endpoint.dialect == .rerank || endpoint == .passthrough ? .native : nil
        case .bedrock:
            switch endpoint {
            case .converse, .converseStream, .converseCountTokens, .passthrough: .native
            case .chatCompletions, .messages, .responses, .generateContent, .streamGenerateContent:
                .translated(.converse)
            case .countTokens, .responsesInputTokens, .geminiCountTokens: .counted(.converseCountTokens)
            default: nil
            }
        }
    }

    /// The address at which the dialect's maker serves it.
    var exampleAddress: String {
        switch self {
        case .openai, .simulated: "https://api.openai.com/v1"
        case .azure: "https://RESOURCE.openai.azure.com"
        case .anthropic: "https://api.anthropic.com"
        case .gemini: "https://generativelanguage.googleapis.com"
        case .vertex: "https://europe-west4-aiplatform.googleapis.com/v1/projects/PROJECT/locations/europe-west4"
        case .cohere: "https://api.cohere.com"
        case .bedrock: "https://bedrock-runtime.us-east-1.amazonaws.com"
        }
    }

    /// How a provider of this dialect that is known not to have an endpoint serves calls to it; nil: it does not.
    func substitute(for endpoint: Endpoint) -> EndpointService? {
        switch (self, endpoint) {
        case (.openai, .responses), (.azure, .responses): .translated(.chatCompletions)
        case (.openai, .responsesInputTokens), (.azure, .responsesInputTokens): .estimated
        default: nil
        }
    }

    /// - Throws: a `RuleViolation` that tells a misspelled dialect from one that cannot be called.
    package static func parse(_ text: String) throws(RuleViolation) -> ProviderDialect {
        if let dialect = ProviderDialect(rawValue: text) { return dialect }
        let callable = Quoted.alternatives(allCases.map(\.rawValue))
        if notCallable.contains(text) {
            throw RuleViolation(
                "this version calls no provider of dialect '\(text)'", "Write \(callable), or leave the provider out.")
        }
        let near = Suggestion.nearest(to: text, in: allCases.map(\.rawValue) + notCallable)
        throw RuleViolation("\(Quoted.text(text)) is no dialect", "Write \(near ?? callable).")
    }
}

/// How a provider comes to serve calls to an endpoint.
package enum EndpointService: Equatable, Sendable {
    /// In the endpoint's own format: bytes are forwarded.
    case native
    /// At another endpoint, into whose dialect the request is translated, and the answer back.
    case translated(Endpoint)
    /// By its own counter of tokens, at another endpoint, into whose dialect the request is translated; where that
    /// cannot be or fails, as `estimated`.
    case counted(Endpoint)
    /// Not at all: the gateway answers with its own estimate.
    case estimated

    /// The endpoint that a provider must have to serve calls to another in this way.
    func endpoint(for called: Endpoint) -> Endpoint {
        switch self {
        case .native: called
        case .translated(let endpoint), .counted(let endpoint): endpoint
        case .estimated: .chatCompletions
        }
    }
}

/// How a route's target is chosen.
package enum RouteStrategy: String, CaseIterable, Sendable {
    /// The first target that no rule refuses.
    case priority

    /// - Throws: a `RuleViolation` that names the strategies there are.
    package static func parse(_ text: String) throws(RuleViolation) -> RouteStrategy {
        if let strategy = RouteStrategy(rawValue: text) { return strategy }
        throw RuleViolation(
            "\(Quoted.text(text)) is no strategy", "Write \(Quoted.alternatives(allCases.map(\.rawValue))).")
    }
}
