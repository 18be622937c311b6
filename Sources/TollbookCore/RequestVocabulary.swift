/// The front's endpoint. Raw values are stored; `vocabulary` domain `endpoint`.
package enum Endpoint: Int, VocabularyCode {
    package static let domain = "endpoint"

    /// POST /v1/chat/completions.
    case chatCompletions = 1
    /// POST /v1/messages.
    case messages = 2
    /// POST /v1/messages/count_tokens.
    case countTokens = 3
    /// POST /v1/completions.
    case completions = 4
    /// POST /v1/embeddings.
    case embeddings = 5
    /// POST /v1/responses.
    case responses = 6
    /// POST /v1/responses/input_tokens.
    case responsesInputTokens = 7
    /// POST /v1beta/models/{model}:generateContent.
    case generateContent = 10
    /// POST /v1beta/models/{model}:streamGenerateContent.
    case streamGenerateContent = 11
    /// POST /v1beta/models/{model}:countTokens.
    case geminiCountTokens = 12
    /// POST /v1beta/models/{model}:embedContent.
    case embedContent = 13
    /// POST /v1beta/models/{model}:batchEmbedContents.
    case batchEmbedContents = 14
    /// POST /v1/moderations.
    case moderations = 18
    /// POST /v1/images/generations.
    case imageGenerations = 19
    /// POST /v1/audio/speech.
    case speech = 20
    /// POST /v1/audio/transcriptions.
    case transcriptions = 21
    /// POST /v1/audio/translations.
    case translations = 22
    /// POST /v1/images/edits.
    case imageEdits = 23
    /// POST /v1/rerank.
    case rerank = 24
    /// POST /v2/rerank.
    case rerankV2 = 25
    /// Any path below /passthrough/{provider}/.
    case passthrough = 26
    /// POST /model/{modelId}/converse.
    case converse = 15
    /// POST /model/{modelId}/converse-stream.
    case converseStream = 16
    /// POST /model/{modelId}/count-tokens.
    case converseCountTokens = 17
    /// POST /v2/chat.
    case cohereChat = 27
    /// POST /v2/embed of a provider; no caller's.
    case cohereEmbed = 28
    /// POST /v1/files, and calls of /v1/files/{id}.
    case files = 30
    /// POST /v1/batches.
    case batches = 31
    /// GET /v1/batches/{id} and POST /v1/batches/{id}/cancel.
    case batch = 32

    /// What its callers speak.
    package var dialect: Dialect {
        switch self {
        case .chatCompletions: .openaiChat
        case .messages, .countTokens: .anthropicMessages
        case .completions: .openaiCompletions
        case .embeddings: .openaiEmbeddings
        case .responses, .responsesInputTokens: .openaiResponses
        case .generateContent, .streamGenerateContent, .geminiCountTokens, .embedContent, .batchEmbedContents: .gemini
        case .moderations: .openaiModerations
        case .imageGenerations, .imageEdits: .openaiImages
        case .speech, .transcriptions, .translations: .openaiAudio
        case .rerank, .rerankV2: .rerank
        case .passthrough: .passthrough
        case .converse, .converseStream, .converseCountTokens: .bedrockConverse
        case .cohereChat: .cohereChat
        case .cohereEmbed: .cohereEmbed
        case .files, .batches, .batch: .openaiFiles
        }
    }

    /// Whether the model writes an answer, so that a hold must cover it.
    package var hasOutput: Bool {
        switch self {
        case .embeddings, .moderations, .rerank, .rerankV2, .embedContent, .batchEmbedContents, .files, .batch,
            .cohereEmbed:
            false
        case .chatCompletions, .messages, .countTokens, .completions, .responses, .responsesInputTokens,
            .imageGenerations, .imageEdits, .speech, .transcriptions, .translations, .passthrough, .converse,
            .converseStream, .converseCountTokens, .generateContent, .streamGenerateContent, .geminiCountTokens,
            .batches, .cohereChat:
            true
        }
    }

    /// Whether the provider charges for its calls: others are recorded, and hold and cost nothing.
    package var isCharged: Bool {
        switch self {
        case .countTokens, .responsesInputTokens, .geminiCountTokens, .converseCountTokens, .files, .batch: false
        default: true
        }
    }

    /// Whether its calls are free at their provider: without a price they hold and cost nothing.
    package var isFreeUnlessPriced: Bool { self == .moderations }

    /// What its calls are charged by where the provider does not charge them by tokens; nil: always by tokens.
    package var unit: Meter? {
        switch self {
        case .chatCompletions, .messages, .countTokens, .completions, .embeddings, .responses, .responsesInputTokens,
            .converse, .converseStream, .converseCountTokens, .generateContent, .streamGenerateContent,
            .geminiCountTokens, .embedContent,
            .batchEmbedContents, .files, .batches, .batch, .cohereChat, .cohereEmbed:
            nil
        case .moderations, .passthrough: .request
        case .imageGenerations, .imageEdits: .image
        case .speech: .character
        case .transcriptions, .translations: .audioSecond
        case .rerank, .rerankV2: .searchUnit
        }
    }
}

/// Who asked for a request. Raw values are stored; `vocabulary` domain `origin`.
package enum RequestOrigin: Int, VocabularyCode {
    package static let domain = "origin"

    /// A caller asked for it.
    case client = 1
    /// A mirrored copy of a call.
    case shadow = 2
    /// A guardrail or quality judge.
    case judge = 3
    /// An embedding made for routing or a guardrail.
    case embedding = 4
    /// A health probe.
    case probe = 5
    /// Part of a batch.
    case batch = 6
}

/// How a request ended. Raw values are stored; `vocabulary` domain `end_reason`.
package enum EndReason: Int, VocabularyCode {
    package static let domain = "end_reason"

    /// The whole answer was relayed, or the client left after the terminal event.
    case completed = 1
    /// The client left before the answer was whole.
    case clientGone = 2
    /// The provider's answer broke off.
    case upstreamCut = 3
    /// A decision refused it.
    case denied = 4
    /// The provider or the gateway answered with an error.
    case error = 5
    /// A start-up after a crash closed it.
    case recovered = 6
}

/// What a reader of a settled request should know. Raw values are stored; `vocabulary` domain `caveat`.
package enum Caveat: Int, VocabularyCode {
    package static let domain = "caveat"

    /// The provider reported no usage; it was estimated from what was seen.
    case usageEstimated = 1
    /// Nothing of the answer was seen; the hold was posted.
    case holdPosted = 2
    /// The stream ended properly but without its terminal event.
    case noTerminalEvent = 3
    /// The provider's usage numbers contradict each other; they were clamped.
    case usageInconsistent = 4
    /// The client left; what the provider made afterwards is not known.
    case clientLeftEarly = 5
    /// The answer was not well formed.
    case answerMalformed = 6
    /// The gateway was stopped while the call ran.
    case shutdown = 7
    /// The provider's usage tells of units that no meter counts, such as another model's tokens.
    case usageUncounted = 8
    /// The request's body did not reach the provider whole, so that it had nothing to answer; nothing was charged.
    case uploadIncomplete = 9
}

/// What went wrong in an attempt. Raw values are stored; `vocabulary` domain `error_class`.
package enum ErrorClass: Int, VocabularyCode {
    package static let domain = "error_class"

    /// No connection to the provider; nothing was sent.
    case connectFailed = 1
    /// No connection in time; nothing was sent.
    case connectTimeout = 2
    /// The TLS handshake or the certificate check failed; nothing was sent.
    case tlsFailed = 3
    /// Sent, and no answer began in time.
    case firstByteTimeout = 4
    /// The answer stalled between two chunks.
    case idleTimeout = 5
    /// The answer was not whole in time.
    case totalTimeout = 6
    /// The provider closed the connection before an answer began.
    case closedBeforeHead = 7
    /// The provider closed the connection inside the answer.
    case closedMidBody = 8
    /// The answer is not valid HTTP, JSON or event stream.
    case malformedResponse = 9
    /// The provider answered with an error status.
    case upstreamStatus = 10
    /// The provider sent an error event inside the stream.
    case errorEvent = 11
    /// The client left and the attempt was stopped.
    case clientGone = 12
    /// The gateway was stopped and the attempt was cut.
    case shutdown = 13
    /// The gateway ended while the attempt ran.
    case crash = 14
    /// The provider's credential could not be read; nothing was sent.
    case credentialUnavailable = 15
    /// The provider's proxy could not be reached, refused, or made no tunnel; nothing was sent to the provider.
    case proxyFailed = 16
    /// The caller's body was late, too large or wrong while it was streamed; the attempt was cut.
    case requestBroken = 17
    /// The provider did not take the request's body in time.
    case uploadTimeout = 18
    /// The provider closed a connection that had been idle as the request went out; the request was sent again.
    case closedIdle = 19
    /// The provider says that it has not processed the request; it may be sent again.
    case streamRefused = 20
}

/// How a region is known. Raw values are stored; `vocabulary` domain `region_basis`.
package enum RegionBasis: Int, VocabularyCode {
    package static let domain = "region_basis"

    /// The deployment's region as the governance file declares it.
    case declared = 1
    /// Derived from the endpoint's address.
    case endpoint = 2
    /// Reported by the provider.
    case providerReported = 3
}

/// A wire format as callers speak it. Raw values are stored; `vocabulary` domain `dialect`.
package enum Dialect: Int, VocabularyCode {
    package static let domain = "dialect"

    /// OpenAI chat completions.
    case openaiChat = 1
    /// Anthropic messages.
    case anthropicMessages = 2
    /// OpenAI's completions from before chat.
    case openaiCompletions = 3
    /// OpenAI embeddings.
    case openaiEmbeddings = 4
    /// OpenAI responses.
    case openaiResponses = 5
    /// Gemini.
    case gemini = 6
    /// OpenAI moderations.
    case openaiModerations = 8
    /// OpenAI images: generations and edits.
    case openaiImages = 9
    /// OpenAI audio: speech, transcriptions and translations.
    case openaiAudio = 10
    /// Reranking as Cohere, Jina and llama.cpp do it.
    case rerank = 11
    /// Whatever the provider speaks.
    case passthrough = 12
    /// AWS Bedrock's Converse.
    case bedrockConverse = 7

    /// OpenAI files and batches.
    case openaiFiles = 16
    /// Cohere's chat, version 2.
    case cohereChat = 13
    /// Cohere's embeddings, version 2.
    case cohereEmbed = 14

    /// Whether errors and lists have Anthropic's form.
    package var isAnthropic: Bool { self == .anthropicMessages }

    /// Whether errors and streams have the form of AWS's services.
    package var isBedrock: Bool { self == .bedrockConverse }

    package var name: String {
        switch self {
        case .openaiChat: "openai-chat"
        case .anthropicMessages: "anthropic-messages"
        case .openaiCompletions: "openai-completions"
        case .openaiEmbeddings: "openai-embeddings"
        case .openaiResponses: "openai-responses"
        case .gemini: "gemini"
        case .openaiModerations: "openai-moderations"
        case .openaiImages: "openai-images"
        case .openaiAudio: "openai-audio"
        case .rerank: "rerank"
        case .passthrough: "passthrough"
        case .bedrockConverse: "bedrock-converse"
        case .openaiFiles: "openai-files"
        case .cohereChat: "cohere-chat"
        case .cohereEmbed: "cohere-embed"
        }
    }
}
