package import NIOCore

/// What the caller of a `StreamTranslator` does next.
package enum StreamStep: Sendable {
    /// The answer goes on.
    case open
    /// The answer is complete: settle, then write `terminal`. What follows from upstream is ignored.
    case ended(terminal: ByteBuffer)
    /// The provider told an error inside the stream: settle, then write `event`, and end the stream.
    case failed(ProviderError, event: ByteBuffer)
    /// Upstream ended in the middle of the answer; the caller is to be told so in its dialect.
    case cut
}

/// Translates a streamed answer event by event.
///
///     while let event = try splitter.next() {
///         splitter.withhold()
///         switch translator.translate(event, into: &out) { … }
///     }
///
/// Memory: a number for each tool call, up to `WireLimits.answerToolCalls`, and the open blocks; independent of the
/// answer's length, but for callers of OpenAI's responses: see `ResponsesStreamWriter`. One event of the provider
/// becomes at most a few of the caller's.
package struct StreamTranslator: Sendable {
    private let source: ConversationDialect
    private let target: ConversationDialect
    private var openAIReader = OpenAIStreamReader()
    private var anthropicReader = AnthropicStreamReader()
    private var openAIWriter: OpenAIStreamWriter
    private var anthropicWriter: AnthropicStreamWriter
    private var responsesWriter: ResponsesStreamWriter
    private var isOver = false

    package init(
        from source: ConversationDialect, to target: ConversationDialect, _ context: AnswerContext
    ) {
        self.source = source
        self.target = target
        openAIWriter = OpenAIStreamWriter(context)
        anthropicWriter = AnthropicStreamWriter(context)
        responsesWriter = ResponsesStreamWriter(context)
    }

    /// What the provider said that the caller's dialect cannot say, so far.
    package var dropped: FieldNames {
        source == .openAIChat ? openAIReader.dropped : anthropicReader.dropped
    }

    /// Events that were no JSON of the dialect, and were left out.
    package var malformedEvents: Int {
        source == .openAIChat ? openAIReader.malformedEvents : anthropicReader.malformedEvents
    }

    /// The number of an event that follows those so far; 0 in dialects that number none.
    package var nextSequenceNumber: Int64 { responsesWriter.sequenceNumber }

    /// Translates the next event; what the caller may see at once is appended to `out`.
    package mutating func translate(_ event: SSEEvent, into out: inout ByteBuffer) -> StreamStep {
        guard !isOver else { return .open }
        switch (source, target) {
        case (.openAIChat, .openAIChat):
            swap(&openAIWriter.output, &out)
            openAIReader.read(event, into: &openAIWriter)
        case (.openAIChat, .anthropicMessages):
            swap(&anthropicWriter.output, &out)
            openAIReader.read(event, into: &anthropicWriter)
        case (.anthropicMessages, .openAIChat):
            swap(&openAIWriter.output, &out)
            anthropicReader.read(event, into: &openAIWriter)
        case (.anthropicMessages, .anthropicMessages):
            swap(&anthropicWriter.output, &out)
            anthropicReader.read(event, into: &anthropicWriter)
        case (.openAIChat, .openAIResponses):
            swap(&responsesWriter.output, &out)
            openAIReader.read(event, into: &responsesWriter)
        case (.anthropicMessages, .openAIResponses):
            swap(&responsesWriter.output, &out)
            anthropicReader.read(event, into: &responsesWriter)
        // A response's stream is never translated: its callers get it as it is.
        case (.openAIResponses, _): return .open
        }
        return step(&out)
    }

    /// Upstream ended. Some servers leave out the terminal event: an answer that had a reason to finish is complete.
    package mutating func finish(into out: inout ByteBuffer) -> StreamStep {
        guard !isOver else { return .open }
        let isComplete = source == .openAIChat ? openAIReader.isFinished : anthropicReader.isFinished
        guard isComplete else {
            isOver = true
            return .cut
        }
        switch target {
        case .openAIChat:
            swap(&openAIWriter.output, &out)
            openAIWriter.take(.end)
        case .anthropicMessages:
            swap(&anthropicWriter.output, &out)
            anthropicWriter.take(.end)
        case .openAIResponses:
            swap(&responsesWriter.output, &out)
            responsesWriter.take(.end)
        }
        return step(&out)
    }

    /// Gives the output back and says what became of the stream.
    private mutating func step(_ out: inout ByteBuffer) -> StreamStep {
        let ending: StreamEnding?
        switch target {
        case .openAIChat:
            swap(&openAIWriter.output, &out)
            ending = openAIWriter.ending
        case .anthropicMessages:
            swap(&anthropicWriter.output, &out)
            ending = anthropicWriter.ending
        case .openAIResponses:
            swap(&responsesWriter.output, &out)
            ending = responsesWriter.ending
        }
        guard let ending else { return .open }
        isOver = true
        switch ending {
        case .complete(let terminal): return .ended(terminal: terminal)
        case .failure(let error):
            let event = target == .openAIResponses ? responsesWriter.failed(error) : error.event(in: target)
            return .failed(error, event: event)
        }
    }
}

/// How a writer's stream ended.
enum StreamEnding: Sendable {
    case complete(ByteBuffer)
    case failure(ProviderError)
}

extension SSEEvent {
    /// The comment lines of an event that has nothing else; nil for others and for blank lines.
    var comment: ByteBuffer? {
        guard dataLines == 0, raw.getInteger(at: raw.readerIndex, as: UInt8.self) == UInt8(ascii: ":"), isComplete
        else { return nil }
        return raw
    }
}
