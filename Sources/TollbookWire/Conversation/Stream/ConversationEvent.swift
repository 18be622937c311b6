internal import NIOCore

/// One step of an answer that is streamed, in no dialect.
enum ConversationEvent: Sendable {
    /// The answer has begun; comes once, before everything but keep-alives.
    case start(id: JSONText?)
    case text(JSONText)
    case refusal(JSONText)
    case thinking(JSONText)
    /// The signature of the thoughts before it.
    case signature(JSONText)
    case redactedThinking(JSONText)
    /// Gemini's signature of the text or the tool call that follows, or of what was said when nothing follows.
    case partSignature(JSONText)
    /// What the text so far rests on.
    case citation(Citation)
    /// A picture that the model made.
    case image(ConversationPart.Media)
    /// A tool call begins; calls are numbered from 0 on.
    case toolCall(Int, id: JSONText, name: JSONText)
    /// More of a call's arguments.
    case toolArguments(Int, JSONText)
    /// A tool call is complete, where the dialect says so.
    case toolCallEnd(Int)
    case finish(AnswerFinish)
    /// All numbers so far, as running totals.
    case tokens(AnswerTokens)
    /// Comment lines as they came.
    case comment(ByteBuffer)
    case ping
    /// The provider gave up.
    case failure(ProviderError)
    /// The stream cannot be gone on with.
    case broken(StreamFault)
    /// The answer is complete.
    case end
}

/// What is wrong with a provider's stream.
enum StreamFault: Sendable {
    /// An event is none of the dialect.
    case malformed
    /// It ended before the answer did.
    case cut
}

/// Takes an answer's steps, and writes them in a dialect.
protocol AnswerEventSink {
    mutating func take(_ event: ConversationEvent)
}

/// Writes a stream in one dialect.
protocol AnswerStreamWriter: AnswerEventSink, Sendable {
    /// What the caller may see at once.
    var output: ByteBuffer { get set }
    /// How the stream ended; nil: it goes on.
    var ending: StreamEnding? { get }

    /// What a caller of the dialect was not told because there was no place for it.
    var untold: AnswerField? { get }

    init(_ context: AnswerContext)
}

extension AnswerStreamWriter {
    /// Most dialects have a place for all that their rules let through.
    var untold: AnswerField? { nil }
}

extension AnswerStreamWriter {
    /// Lends the writer the caller's buffer to write into, and takes it back.
    mutating func exchangeOutput(_ out: inout ByteBuffer) {
        swap(&output, &out)
    }
}
