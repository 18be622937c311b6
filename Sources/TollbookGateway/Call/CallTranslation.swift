internal import NIOCore
internal import TollbookCore
internal import TollbookPolicy
internal import TollbookWire

/// A call's request for providers that do not speak the caller's dialect: read once, and written for each such target.
final class CallTranslation {
    /// What the caller speaks.
    let caller: ConversationDialect
    private let endpoint: Endpoint
    private let body: ByteBuffer
    /// Headers that ask the caller's own provider for what is not in its dialect yet, and go to no other.
    private let betas: [String]
    private var conversation: Conversation?
    /// The first translation that was made; most calls need no other.
    private var first: (deploymentID: Int64, request: TranslatedRequest)?

    /// Why the body could not be read; it is told if no other target can be asked.
    private(set) var unreadable: WireError?
    /// The first refusal of a field.
    private(set) var refusal: TranslationRefusal?

    /// nil for what is no conversation.
    ///
    /// - Parameters:
    ///   - body: one that was scanned without an error.
    ///   - forwarded: the caller's header lines.
    init?(_ endpoint: Endpoint, body: ByteBuffer, forwarded: ByteBuffer) {
        guard let caller = endpoint.crossingDialect else { return nil }
        self.caller = caller
        self.endpoint = endpoint
        self.body = body
        betas = ["anthropic-beta", "openai-beta"].filter { HeaderLines.value(of: $0, in: forwarded) != nil }
    }

    /// Whether the request can be translated for a target.
    func verdict(for target: PlannedTarget) -> TranslationVerdict {
        do throws(TranslationError) {
            guard let request = try translate(for: target) else { return .translates(notes: nil) }
            if first == nil { first = (target.deployment.id, request) }
            return .translates(notes: request.notes.summary)
        } catch {
            switch error {
            case .unreadable(let error):
                if unreadable == nil { unreadable = error }
                return .refused(field: error.field ?? "")
            case .refused(let error):
                if refusal == nil { refusal = error }
                return .refused(field: error.field)
            }
        }
    }

    /// The request for a target that has been found translatable; nil if it is not.
    func request(for target: PlannedTarget) -> TranslatedRequest? {
        if let first, first.deploymentID == target.deployment.id { return first.request }
        return try? translate(for: target)
    }

    /// nil: the target speaks the caller's dialect.
    private func translate(for target: PlannedTarget) throws(TranslationError) -> TranslatedRequest? {
        guard let dialect = target.crossedDialect else { return nil }
        if endpoint == .embeddings, dialect == .cohereChat {
            return try translateEmbeddings(model: target.deployment.model)
        }
        let rules = target.deployment.provider.fieldRules
        // A count holds none, and what stands for it is not sent.
        let most = endpoint.countedDialect == nil ? target.heldOutputTokens : Hold.defaultOutputTokens
        var options = TranslationOptions(model: target.deployment.model, defaultMaxOutputTokens: most)
        options.usesMaxTokens = !rules.takesMaxCompletionTokens
        options.takesStreamOptions = rules.takesStreamOptions
        options.chat = rules.chat
        options.takesServiceTier = target.deployment.provider.knownDialect != .vertex
        if endpoint.isEmbedding {
            return try EmbeddingRequest.translate(body, of: endpoint, model: target.deployment.model)
        }
        let conversation = try read()
        do throws(TranslationRefusal) {
            var request: TranslatedRequest
            if case .counted = target.service {
                request = try TokenCountRequest.write(
                    conversation, as: dialect, options,
                    isCloud: target.deployment.provider.knownDialect == .vertex)
            } else {
                request = try RequestTranslator.write(conversation, as: dialect, options)
            }
            for name in betas { request.notes.leaveOut(named: name) }
            return request
        } catch {
            throw .refused(error)
        }
    }

    private func translateEmbeddings(model: String) throws(TranslationError) -> TranslatedRequest {
        do throws(WireError) {
            return try CohereEmbeddings.request(JSONView(validated: body), model: model)
        } catch {
            throw .unreadable(error)
        }
    }

    private func read() throws(TranslationError) -> Conversation {
        if let conversation { return conversation }
        do throws(WireError) {
            // The scan has passed the body as it came: another pass over a long prompt costs a millisecond a megabyte.
            var conversation =
                endpoint.countedDialect == nil
                ? try RequestTranslator.read(JSONView(validated: body), as: caller)
                : try TokenCountRequest.read(body, as: caller)
            // Bedrock's and Gemini's paths say it, and not the body.
            if endpoint == .converseStream || endpoint == .streamGenerateContent {
                conversation.streams = true
                conversation.wantsStreamUsage = true
            }
            self.conversation = conversation
            return conversation
        } catch {
            throw .unreadable(error)
        }
    }
}

extension PlannedTarget {
    /// The dialect that a conversation is translated into on its way to the target; nil: none.
    var crossedDialect: ConversationDialect? {
        switch service {
        case .translated(let endpoint), .counted(let endpoint): endpoint.crossingDialect
        case .native, .estimated: nil
        }
    }
}

extension Endpoint {
    /// The dialect of its conversations; nil: its calls are none.
    var conversationDialect: ConversationDialect? {
        switch self {
        case .chatCompletions: .openAIChat
        case .messages: .anthropicMessages
        case .responses: .openAIResponses
        case .generateContent, .streamGenerateContent: .gemini
        case .converse, .converseStream: .bedrockConverse
        case .cohereChat: .cohereChat
        // Callers and errors have the forms of the same makers' chats.
        case .embeddings: CohereEmbeddings.dialects.caller
        case .cohereEmbed: CohereEmbeddings.dialects.provider
        default: nil
        }
    }
}

extension Endpoint {
    /// The dialect that a call is translated from or into, whatever it asks for; nil: it is never translated.
    var crossingDialect: ConversationDialect? {
        switch self {
        case .embeddings: .openAIChat
        case .embedContent, .batchEmbedContents: .gemini
        default: conversationDialect ?? countedDialect
        }
    }

    /// Whether its calls ask for embeddings, in a dialect that is translated.
    var isEmbedding: Bool { self == .embeddings || self == .embedContent || self == .batchEmbedContents }
}

extension Endpoint {
    /// The dialect of the conversations whose tokens its calls count; nil: they count none.
    var countedDialect: ConversationDialect? {
        switch self {
        case .countTokens: .anthropicMessages
        case .responsesInputTokens: .openAIResponses
        case .geminiCountTokens: .gemini
        case .converseCountTokens: .bedrockConverse
        default: nil
        }
    }
}

extension Endpoint {
    /// Where a stream is asked for at the same provider: some have a path of their own for it.
    var streaming: Endpoint {
        switch self {
        case .generateContent: .streamGenerateContent
        case .converse: .converseStream
        default: self
        }
    }
}

extension TranslationNotes {
    /// For a decision's detail; nil: the request went over whole.
    fileprivate var summary: String? {
        let parts = [Self.part("dropped", dropped), Self.part("adjusted", adjusted)].compactMap(\.self)
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }

    private static func part(_ name: String, _ fields: FieldNames) -> String? {
        fields.isEmpty ? nil : "\(name): \(fields.list)"
    }
}

extension FieldNames {
    /// With commas between them, and `and more` at the end where not all are named.
    var list: String { names.joined(separator: ", ") + (isCut ? ", and more" : "") }
}
