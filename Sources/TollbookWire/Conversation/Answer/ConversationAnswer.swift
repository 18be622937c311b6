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

    /// Characters of the texts so far, in which citations' places are counted.
    var textLength: Int {
        parts.reduce(0) { length, part in
            if case .text(let text) = part.content { length + text.scalarCount } else { length }
        }
    }

    /// Adds citations to the texts that they belong to, the last one where their places do not tell.
    ///
    /// - Parameter name: what citations are named as where there is no text.
    mutating func cite(_ citations: [Citation], named name: String) {
        guard let last = parts.lastIndex(where: { $0.isText }) else {
            if !citations.isEmpty { dropped.insert(name) }
            return
        }
        for citation in citations.prefix(WireLimits.answerCitations) {
            var start = 0
            var owner = last
            for (index, part) in parts.enumerated() {
                guard let place = citation.place, case .text(let text) = part.content else { continue }
                let end = start + text.scalarCount
                if (start..<end).contains(place.lowerBound) { owner = index }
                start = end
            }
            parts[owner].citations.append(citation)
        }
        if citations.count > WireLimits.answerCitations { dropped.insert(name) }
    }

    /// Takes out what the caller's dialect cannot hold, and names it as the provider calls it.
    mutating func fit(_ caller: ConversationDialect, from provider: ConversationDialect) {
        var lost: [AnswerField] = []
        parts = parts.compactMap { part in
            var part = part
            if !part.citations.isEmpty {
                if part.citations.contains(where: { $0.place != nil }) { lost.append(.citationPlaces) }
                lost.append(.citations)
                if AnswerRules.rule(.citations, at: caller).action == .drop { part.citations = [] }
            }
            guard case .image(let media) = part.content, !media.fits(caller) else { return part }
            lost.append(.images)
            return nil
        }
        for field in lost where AnswerRules.rule(field, at: caller).action == .drop || field == .images {
            dropped.insert(AnswerRules.name(field, in: provider) ?? field.rawValue)
        }
    }
}

extension ConversationPart.Media {
    /// Whether an answer in a caller's dialect can hold the image.
    func fits(_ caller: ConversationDialect) -> Bool {
        guard AnswerRules.rule(.images, at: caller).action != .drop else { return false }
        switch self {
        case .base64(_, let mediaType): return caller != .bedrockConverse || BedrockFormat.image(mediaType) != nil
        case .url: return caller == .openAIChat
        case .text: return false
        }
    }

    /// The image of a URL, with its bytes if it is a data URL.
    init(imageURL url: JSONText) {
        self = DataURL(url).map { .base64($0.data, mediaType: $0.mediaType) } ?? .url(url)
    }

    /// Where the image is, as a URL; nil: it has none.
    var url: JSONText? {
        switch self {
        case .base64(let data, let mediaType): DataURL.make(mediaType, data)
        case .url(let url): url
        case .text: nil
        }
    }
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
    /// Something went wrong: what was said is not an answer.
    case failed(AnswerFault)
}

/// What went wrong with an answer that its provider ended with a reason of failure.
package struct AnswerFault: Sendable, Equatable {
    /// What cannot be used.
    package enum Kind: Sendable {
        /// A tool call.
        case toolCall
        /// What the model wrote.
        case output
        /// Neither is said.
        case other
    }

    package let kind: Kind
    /// The provider's own word.
    package let reason: JSONText
    /// What it told about it.
    package var explanation: JSONText?

    init(_ kind: Kind, _ reason: JSONText, _ explanation: JSONText? = nil) {
        self.kind = kind
        self.reason = reason
        self.explanation = explanation
    }
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

extension ConversationPart {
    /// Whether it calls a tool.
    var isToolCall: Bool {
        if case .toolCall = content { true } else { false }
    }
}
