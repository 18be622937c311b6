internal import NIOCore

/// Reads a provider's stream, whatever its dialect, into steps.
///
/// It holds a reader of that dialect alone; the others are nil. One switch an event, and everything behind it is known
/// to the compiler.
struct ProviderStreamReader: Sendable {
    private var chat: OpenAIStreamReader?
    private var messages: AnthropicStreamReader?
    private var gemini: GeminiChunkReader?
    private var bedrock: BedrockStreamReader?

    /// - Parameter dialect: what the provider speaks. A stream of OpenAI's responses is never translated, and reads as
    ///   nothing: its callers get it as it is.
    init(_ dialect: ConversationDialect) {
        switch dialect {
        case .openAIChat: chat = OpenAIStreamReader()
        case .anthropicMessages: messages = AnthropicStreamReader()
        case .bedrockConverse: bedrock = BedrockStreamReader()
        case .openAIResponses: break
        case .gemini: gemini = GeminiChunkReader()
        }
    }

    /// Whether a reason to finish came.
    var isFinished: Bool {
        chat?.isFinished ?? messages?.isFinished ?? gemini?.isFinished ?? bedrock?.isFinished ?? false
    }

    /// What was said that other dialects cannot say, so far.
    var dropped: FieldNames {
        chat?.dropped ?? messages?.dropped ?? gemini?.dropped ?? bedrock?.dropped ?? FieldNames()
    }

    mutating func read(_ event: SSEEvent, into writer: inout CallerStreamWriter) {
        if chat != nil {
            chat?.read(event, into: &writer)
        } else if messages != nil {
            messages?.read(event, into: &writer)
        } else {
            gemini?.read(event, into: &writer)
        }
    }

    /// The same for dialects whose streams are AWS's messages.
    mutating func read(_ message: EventStreamMessage, into writer: inout CallerStreamWriter) {
        bedrock?.read(message, into: &writer)
    }

    /// The stream ended, and the answer in it is complete.
    mutating func finish(into writer: inout CallerStreamWriter) {
        if gemini != nil { gemini?.end(into: &writer) } else { writer.take(.end) }
    }
}
