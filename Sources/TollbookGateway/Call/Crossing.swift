internal import NIOCore
internal import TollbookWire

/// What an attempt at a provider of another dialect needs for the way back.
struct Crossing {
    /// What the provider speaks.
    let provider: ConversationDialect
    /// What the caller speaks.
    let caller: ConversationDialect
    let context: AnswerContext
    /// What was left out of the request and changed in it.
    let notes: TranslationNotes
    /// Whether vectors are asked of Cohere for a caller of OpenAI's embeddings, and no conversation.
    var isOfCohereEmbeddings = false
    /// What of a plain answer cannot be said in the caller's dialect.
    private var unsaid = FieldNames()
    /// Of embeddings: whether the caller wants vectors in base64.
    var encodesVectors = false
    /// Whether the tokens that the answer tells are the gateway's estimate.
    var tellsEstimate = false
    /// The answer's translation, if it is a stream.
    private var stream: StreamTranslation?
    /// The error that the provider answered with; nil: it answered, or nothing is known yet.
    var failure: ProviderError?

    init(
        from caller: ConversationDialect, to provider: ConversationDialect, _ notes: TranslationNotes,
        _ context: AnswerContext
    ) {
        self.caller = caller
        self.provider = provider
        self.notes = notes
        self.context = context
    }

    /// The translator of a stream.
    mutating func makeStream() -> StreamTranslation {
        let stream = StreamTranslation(StreamTranslator(from: provider, to: caller, context))
        self.stream = stream
        return stream
    }

    /// What of the answer cannot be said in the caller's dialect, for a decision's detail; nil: all was said.
    var loss: String? {
        let names = stream?.dropped ?? unsaid
        return names.isEmpty ? nil : "dropped: \(names.list)"
    }

    /// Translates a whole answer of a success status.
    mutating func translate(_ body: ByteBuffer) throws(AnswerTranslationError) -> ByteBuffer {
        if isOfCohereEmbeddings { return try CohereEmbeddings.answer(body, model: context.model) }
        let answer = try AnswerTranslator.translate(body, from: provider, to: caller, context)
        unsaid = answer.dropped
        return answer.body
    }

    /// A body that comes whole where a stream was asked for: callers that want an array get one.
    func whole(_ body: ByteBuffer) -> ByteBuffer {
        guard context.isArray else { return body }
        var array = ByteBuffer(staticString: "[")
        array.writeImmutableBuffer(body)
        array.writeStaticString("]")
        return array
    }

    /// Header lines of the provider's answer as the caller gets them: the body's type is the caller's, the provider's
    /// request id has the caller's name too, and what was lost on the way is named.
    func lines(of answer: ProviderAnswer, isStream: Bool) -> ByteBuffer {
        let idHeader = ProviderError.requestIDHeader(in: caller)
        var lines = HeaderLines.kept(answer.forwarded) { name in
            !name.equals("content-type") && !name.string.lowercased().elementsEqual(idHeader)
        }
        lines.writeHeaderLine("content-type", isStream ? streamType : "application/json")
        for (name, value) in failure?.headers(in: caller) ?? [] { lines.writeHeaderLine(name, value) }
        if let id = answer.requestID { lines.writeHeaderLine(idHeader, id) }
        if tellsEstimate { lines.writeHeaderLine("x-tollbook-token-count", "estimated") }
        write("x-tollbook-dropped-fields", notes.dropped, &lines)
        write("x-tollbook-adjusted-fields", notes.adjusted, &lines)
        write("x-tollbook-dropped-answer-fields", unsaid, &lines)
        return lines
    }

    /// The media type of the caller's streams.
    private var streamType: String {
        if context.isArray { return "application/json" }
        return caller == .bedrockConverse ? "application/vnd.amazon.eventstream" : "text/event-stream"
    }

    private func write(_ header: String, _ fields: FieldNames, _ lines: inout ByteBuffer) {
        if !fields.isEmpty { lines.writeHeaderLine(header, fields.list) }
    }
}

/// A stream on its way into the caller's dialect. A class, so that a reader that needs none has but a reference.
final class StreamTranslation {
    private var translator: StreamTranslator
    private var output = ByteBuffer()
    /// Whether the provider told of an error.
    private(set) var hasFailed = false
    /// Whether the provider sent what is no event of its dialect.
    private(set) var isMalformed = false

    init(_ translator: StreamTranslator) {
        self.translator = translator
    }

    /// The number of an event that follows those so far; 0 in dialects that number none.
    var nextSequenceNumber: Int64 { translator.nextSequenceNumber }

    /// What the provider said that the caller's dialect cannot say, so far.
    var dropped: FieldNames { translator.dropped }

    /// Makes room for the translation of so many bytes.
    func expect(_ count: Int) {
        output.reserveCapacity(minimumWritableBytes: 2 * count)
    }

    /// Translates an event; the caller's terminal event, if it was the last.
    func take(_ event: SSEEvent) -> ByteBuffer? { ending(translator.translate(event, into: &output)) }

    /// The same for a message of AWS's.
    func take(_ message: EventStreamMessage) -> ByteBuffer? { ending(translator.translate(message, into: &output)) }

    /// The provider's stream has ended; the caller's terminal event, if the answer is whole.
    func finish() -> ByteBuffer? { ending(translator.finish(into: &output)) }

    private func ending(_ step: StreamStep) -> ByteBuffer? {
        switch step {
        case .open, .cut: return nil
        case .malformed:
            isMalformed = true
            return nil
        case .ended(let terminal): return terminal
        case .failed(_, let event):
            hasFailed = true
            return event
        }
    }

    /// What has been translated since it was last asked; nil: nothing.
    func takeRun() -> ByteBuffer? {
        guard output.readableBytes > 0 else { return nil }
        defer { output = ByteBuffer() }
        return output
    }
}
