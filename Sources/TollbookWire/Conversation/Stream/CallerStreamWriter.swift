internal import NIOCore

/// Writes an answer's steps in the caller's dialect, whatever it is.
///
/// It holds a writer of that dialect alone; the others are nil. One switch a step, and everything behind it is known
/// to the compiler.
struct CallerStreamWriter: AnswerEventSink, Sendable {
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
        // Its callers are not translated.
        case .cohereChat: break
        }
    }

    /// How the stream ended; nil: it goes on.
    var ending: StreamEnding? {
        switch dialect {
        case .openAIChat: chat?.ending
        case .anthropicMessages: messages?.ending
        case .openAIResponses: responses?.ending
        case .gemini: gemini?.ending
        case .bedrockConverse: bedrock?.ending
        case .cohereChat: nil
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
        case .cohereChat: break
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
        case .cohereChat: break
        }
    }

    /// The event that tells the caller of a provider's error.
    mutating func failureEvent(_ error: ProviderError) -> ByteBuffer {
        responses?.failed(error) ?? gemini?.failed(error) ?? error.event(in: dialect)
    }
}
