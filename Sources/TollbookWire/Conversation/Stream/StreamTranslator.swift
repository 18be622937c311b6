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
    /// Upstream sent what is no event of its dialect; the caller is to be told so in its own.
    case malformed
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
    private var reader: ProviderStreamReader
    private var writer: CallerStreamWriter
    private var isOver = false

    package init(
        from source: ConversationDialect, to target: ConversationDialect, _ context: AnswerContext
    ) {
        reader = ProviderStreamReader(source)
        writer = CallerStreamWriter(target, from: source, context)
    }

    /// What the provider said that the caller's dialect cannot say, so far.
    package var dropped: FieldNames {
        var names = reader.dropped
        for name in writer.dropped.names { names.insert(name) }
        return names
    }

    /// The number of an event that follows those so far; 0 in dialects that number none.
    package var nextSequenceNumber: Int64 { writer.sequenceNumber }

    /// Translates the next event; what the caller may see at once is appended to `out`.
    package mutating func translate(_ event: SSEEvent, into out: inout ByteBuffer) -> StreamStep {
        guard !isOver else { return .open }
        writer.exchangeOutput(&out)
        reader.read(event, into: &writer)
        writer.exchangeOutput(&out)
        return step()
    }

    /// The same for a provider whose streams are AWS's messages.
    package mutating func translate(_ message: EventStreamMessage, into out: inout ByteBuffer) -> StreamStep {
        guard !isOver else { return .open }
        writer.exchangeOutput(&out)
        reader.read(message, into: &writer)
        writer.exchangeOutput(&out)
        return step()
    }

    /// Upstream ended. Some servers leave out the terminal event, and some dialects have none: an answer that had a
    /// reason to finish is complete. The other way around, a terminal event without a reason completes an answer that
    /// says something, as every SDK takes it: some servers leave the reason out. One that says nothing, or breaks off
    /// in a tool call, is cut.
    package mutating func finish(into out: inout ByteBuffer) -> StreamStep {
        guard !isOver else { return .open }
        guard reader.isFinished else {
            isOver = true
            return .cut
        }
        writer.exchangeOutput(&out)
        reader.finish(into: &writer)
        writer.exchangeOutput(&out)
        return step()
    }

    /// What became of the stream.
    private mutating func step() -> StreamStep {
        guard let ending = writer.ending else { return .open }
        isOver = true
        switch ending {
        case .complete(let terminal): return .ended(terminal: terminal)
        case .failure(let error): return .failed(error, event: writer.failureEvent(error))
        case .broken(.malformed): return .malformed
        case .broken(.cut): return .cut
        }
    }
}

/// How a writer's stream ended.
enum StreamEnding: Sendable {
    case complete(ByteBuffer)
    case failure(ProviderError)
    case broken(StreamFault)
}

extension SSEEvent {
    /// The comment lines of an event that has nothing else; nil for others and for blank lines.
    var comment: ByteBuffer? {
        guard dataLines == 0, raw.getInteger(at: raw.readerIndex, as: UInt8.self) == UInt8(ascii: ":"), isComplete
        else { return nil }
        return raw
    }
}
