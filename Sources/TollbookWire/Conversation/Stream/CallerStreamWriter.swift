internal import NIOCore

/// Writes an answer's steps in the caller's dialect, whatever it is, and in an order that it allows.
struct CallerStreamWriter: AnswerEventSink, Sendable {
    private var writer: DialectStreamWriter
    /// Keeps blocks apart where one is open at a time; chunks of OpenAI's chats and parts of Gemini's need none.
    private var sequence: CallSequence?
    private let dialect: ConversationDialect
    private let source: ConversationDialect
    /// What the caller's dialect cannot say, as the provider calls it.
    private var left = FieldNames()

    /// - Parameters:
    ///   - dialect: what the caller speaks.
    ///   - source: what the provider speaks.
    init(_ dialect: ConversationDialect, from source: ConversationDialect, _ context: AnswerContext) {
        writer = DialectStreamWriter(dialect, context)
        self.dialect = dialect
        self.source = source
        switch dialect {
        case .anthropicMessages, .bedrockConverse, .openAIResponses: sequence = CallSequence()
        case .openAIChat, .gemini: break
        }
    }

    /// How the stream ended; nil: it goes on.
    var ending: StreamEnding? { writer.ending }

    /// The number of the next event; 0 in dialects that number none.
    var sequenceNumber: Int64 { writer.sequenceNumber }

    /// What the caller was not told of, so far.
    var dropped: FieldNames {
        var names = left
        if let field = writer.untold { names.insert(AnswerRules.name(field, in: source) ?? field.rawValue) }
        return names
    }

    @inline(__always)
    mutating func take(_ event: ConversationEvent) {
        if event.isExtra, !allows(event) { return }
        guard let isOpen = sequence?.isOpen else { return writer.take(event) }
        if !isOpen, !event.isOfCall { return writer.take(event) }
        sequence?.take(event, into: &writer)
    }

    /// Applies the rules on what not every dialect has, and names what is left out.
    private mutating func allows(_ event: ConversationEvent) -> Bool {
        switch event {
        case .image(let media):
            guard !media.fits(dialect) else { return true }
            leaveOut(.images)
            return false
        case .citation(let citation):
            if citation.place != nil, AnswerRules.rule(.citationPlaces, at: dialect).action == .drop {
                leaveOut(.citationPlaces)
            }
            guard AnswerRules.rule(.citations, at: dialect).action == .drop else { return true }
            leaveOut(.citations)
            return false
        default: return true
        }
    }

    private mutating func leaveOut(_ field: AnswerField) {
        left.insert(AnswerRules.name(field, in: source) ?? field.rawValue)
    }

    /// Lends the writer the caller's buffer to write into, and takes it back.
    mutating func exchangeOutput(_ out: inout ByteBuffer) {
        writer.exchangeOutput(&out)
    }

    /// The event that tells the caller of a provider's error.
    mutating func failureEvent(_ error: ProviderError) -> ByteBuffer { writer.failureEvent(error) }
}

extension ConversationEvent {
    /// Whether it is something that not every dialect has.
    fileprivate var isExtra: Bool {
        switch self {
        case .citation, .image: true
        default: false
        }
    }

    /// Whether it is a step of a tool call.
    fileprivate var isOfCall: Bool {
        switch self {
        case .toolCall, .toolArguments, .toolCallEnd: true
        default: false
        }
    }
}

/// Writes an answer's steps in one dialect.
///
/// It holds a writer of that dialect alone; the others are nil. One switch a step, and everything behind it is known
/// to the compiler.
private struct DialectStreamWriter: AnswerEventSink, Sendable {
    private let dialect: ConversationDialect
    private var chat: OpenAIStreamWriter?
    private var messages: AnthropicStreamWriter?
    private var responses: ResponsesStreamWriter?
    private var gemini: GeminiChunkWriter?
    private var bedrock: BedrockStreamWriter?

    /// - Parameter dialect: what the caller speaks.
    init(_ dialect: ConversationDialect, _ context: AnswerContext) {
        self.dialect = dialect
        switch dialect {
        case .openAIChat: chat = OpenAIStreamWriter(context)
        case .anthropicMessages: messages = AnthropicStreamWriter(context)
        case .openAIResponses: responses = ResponsesStreamWriter(context)
        case .gemini: gemini = GeminiChunkWriter(context)
        case .bedrockConverse: bedrock = BedrockStreamWriter(context)
        }
    }

    /// What the writer had no place for.
    var untold: AnswerField? { messages?.untold ?? responses?.untold ?? gemini?.untold }

    /// How the stream ended; nil: it goes on.
    var ending: StreamEnding? {
        switch dialect {
        case .openAIChat: chat?.ending
        case .anthropicMessages: messages?.ending
        case .openAIResponses: responses?.ending
        case .gemini: gemini?.ending
        case .bedrockConverse: bedrock?.ending
        }
    }

    /// The number of the next event; 0 in dialects that number none.
    var sequenceNumber: Int64 { responses?.sequenceNumber ?? 0 }

    @inline(__always)
    mutating func take(_ event: ConversationEvent) {
        switch dialect {
        case .openAIChat: chat?.take(event)
        case .anthropicMessages: messages?.take(event)
        case .openAIResponses: responses?.take(event)
        case .gemini: gemini?.take(event)
        case .bedrockConverse: bedrock?.take(event)
        }
    }

    /// Lends the writer the caller's buffer to write into, and takes it back.
    mutating func exchangeOutput(_ out: inout ByteBuffer) {
        switch dialect {
        case .openAIChat: chat?.exchangeOutput(&out)
        case .anthropicMessages: messages?.exchangeOutput(&out)
        case .openAIResponses: responses?.exchangeOutput(&out)
        case .gemini: gemini?.exchangeOutput(&out)
        case .bedrockConverse: bedrock?.exchangeOutput(&out)
        }
    }

    /// The event that tells the caller of a provider's error.
    mutating func failureEvent(_ error: ProviderError) -> ByteBuffer {
        responses?.failed(error) ?? gemini?.failed(error) ?? error.event(in: dialect)
    }
}
