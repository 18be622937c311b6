package import NIOCore

/// A model's answer in no dialect.
package struct ConversationAnswer: Sendable {
    package var id: JSONText?
    /// The model as served.
    package var model: JSONText?
    /// What was thought, said and asked for, in order.
    package var parts: [ConversationPart] = []
    package var finish = AnswerFinish.stop
    package var tokens: AnswerTokens?
    package var serviceTier: JSONText?
    /// What the answer holds that the other dialects cannot say.
    package var dropped = FieldNames()

    package init() {}
}

/// Why an answer ended.
package enum AnswerFinish: Sendable, Equatable {
    /// The model was done.
    case stop
    /// It wrote one of the texts that end it.
    case stopSequence(JSONText?)
    /// The limit of output tokens, or the model's window.
    case length
    case toolCalls
    /// The model or a filter would not go on, and what was told about it.
    case refusal(JSONText?)
}

/// An answer's tokens as disjoint numbers, as far as dialects tell them.
package struct AnswerTokens: Sendable, Equatable {
    /// Neither read from nor written to a cache.
    package var input: Int64 = 0
    package var cacheRead: Int64 = 0
    package var cacheWrite: Int64 = 0
    /// With thinking.
    package var output: Int64 = 0
    /// The part of `output` that was thinking; nil: not told.
    package var thinking: Int64?
    /// Output that was spoken, a part of `output`; only OpenAI tells it.
    package var audio: Int64 = 0

    package init() {}

    var prompt: Int64 { input &+ cacheRead &+ cacheWrite }
}

/// What an answer is translated for.
package struct AnswerContext: Sendable {
    /// The model as the caller asked for it.
    package var model: String
    /// When the answer began, in seconds since 1970; OpenAI's dialect tells it.
    package var createdSeconds: Int64
    /// Whether a stream ends with usage; Anthropic's always does.
    package var includesUsage: Bool
    /// Stands for an id that the provider did not send.
    package var fallbackID: String
    /// What the answer repeats of the request; see `Conversation.responsesEcho`.
    package var responsesEcho: ByteBuffer
    /// Whether a stream is a JSON array, as Gemini's callers may have it.
    package var isArray = false
    /// How long the provider has taken so far, in milliseconds; Bedrock's dialect tells it.
    package var elapsedMillis: @Sendable () -> Int64

    package init(
        model: String, createdSeconds: Int64, includesUsage: Bool, fallbackID: String,
        responsesEcho: ByteBuffer = ByteBuffer(), elapsedMillis: @escaping @Sendable () -> Int64
    ) {
        self.model = model
        self.createdSeconds = createdSeconds
        self.includesUsage = includesUsage
        self.fallbackID = fallbackID
        self.responsesEcho = responsesEcho
        self.elapsedMillis = elapsedMillis
    }

    /// The provider's id with the prefix that the caller's dialect has, so that it can be found again at the provider.
    func answerID(_ id: JSONText?, in dialect: ConversationDialect) -> JSONText {
        let text = id.flatMap { $0.isEmpty ? nil : $0.string } ?? fallbackID
        let prefix = ConversationDialect.allCases.map(\.answerPrefix).first { !$0.isEmpty && text.hasPrefix($0) } ?? ""
        return JSONText(dialect.answerPrefix + text.dropFirst(prefix.count))
    }
}
