internal import NIOCore
internal import TollbookWire

/// Takes a stream's bytes in: splits them into events, reads each, and keeps back what does not go on.
///
/// A read's events are worked off in here, because each look from outside at what an answer's reader holds costs
/// more than an event.
struct StreamIntake<Reader: AnswerStreamReader> {
    private(set) var reader: Reader
    private var splitter = SSESplitter()
    /// nil: events go on as they came.
    var translation: StreamTranslation?
    /// Whether the provider's terminal event came.
    private(set) var sawEnd = false
    /// Whether anything of the answer itself came.
    private(set) var hasContent = false
    /// Whether an event with content came.
    private(set) var hasTokens = false
    /// The terminal event, in the caller's dialect; nothing is read behind it.
    private(set) var terminalEvent: ByteBuffer?

    init(_ reader: Reader = Reader()) {
        self.reader = reader
    }

    /// Whether the provider told of an error.
    var hasError: Bool { reader.sawError || (translation?.hasFailed ?? false) }

    /// Whether the answer came to its own end, for a stream without a terminal event. One that is translated gets its
    /// terminal event then, or has not come to its end.
    var sawFinishReason: Bool { translation == nil && reader.sawFinishReason }

    /// Reads bytes of the stream.
    ///
    /// - Parameter passesUsage: whether the caller asked for the usage chunk that the gateway asks for itself.
    mutating func read(_ bytes: ByteBuffer, passesUsage: Bool) throws(WireError) {
        splitter.append(bytes)
        translation?.expect(bytes.readableBytes)
        while terminalEvent == nil, let event = try splitter.next() {
            take(event, passesUsage: passesUsage)
            // What cannot be read cannot be translated: better an error than an answer with a hole.
            if let translation, translation.isMalformed { throw WireError(.jsonSyntax, at: 0) }
        }
    }

    /// Ends the stream with what stands behind its last whole event.
    mutating func finish(passesUsage: Bool) {
        if let translation { return finish(translation) }
        guard terminalEvent == nil, let rest = splitter.finish() else { return }
        take(rest, passesUsage: passesUsage)
        guard !rest.isComplete else { return }
        if terminalEvent != nil {
            // Its blank line is missing: complete it, so that the caller sees it as an event.
            terminalEvent?.writeStaticString("\n\n")
        } else {
            // Half an event would run into what follows it.
            splitter.withhold()
        }
    }

    private mutating func take(_ event: SSEEvent, passesUsage: Bool) {
        if let translation { return take(event, translation) }
        switch reader.read(event) {
        case .done:
            sawEnd = true
            splitter.withhold()
            terminalEvent = event.raw
        case .usage(let isExtra):
            hasContent = true
            if isExtra, !passesUsage { splitter.withhold() }
        case .content:
            hasContent = true
            hasTokens = true
        case .other: hasContent = true
        case .error, .comment: break
        }
    }

    private mutating func take(_ event: SSEEvent, _ translation: StreamTranslation) {
        switch reader.read(event) {
        case .done: sawEnd = true
        case .content:
            hasContent = true
            hasTokens = true
        case .usage, .other: hasContent = true
        case .error, .comment: break
        }
        splitter.withhold()
        terminalEvent = translation.take(event)
    }

    private mutating func finish(_ translation: StreamTranslation) {
        if terminalEvent == nil, let rest = splitter.finish() { take(rest, translation) }
        if terminalEvent == nil { terminalEvent = translation.finish() }
    }

    /// Bytes to pass on, oldest first; nil when there are none left.
    mutating func takeRun() -> ByteBuffer? {
        if let translation { translation.takeRun() } else { splitter.takeRun() }
    }
}
