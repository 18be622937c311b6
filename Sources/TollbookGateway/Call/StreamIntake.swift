internal import NIOCore
internal import TollbookWire

/// Takes a stream's bytes in: splits them into events, reads each, and keeps back what does not go on.
///
/// A read's events are worked off in here, because each look from outside at what an answer's reader holds costs
/// more than an event.
struct StreamIntake<Reader: AnswerStreamReader> {
    private(set) var reader: Reader
    private var splitter = SSESplitter()
    /// Whether anything of the answer itself came.
    private(set) var hasContent = false
    /// Whether an event with content came.
    private(set) var hasTokens = false
    /// The provider's terminal event; nothing is read behind it.
    private(set) var terminalEvent: ByteBuffer?

    init(_ reader: Reader = Reader()) {
        self.reader = reader
    }

    /// Reads bytes of the stream.
    ///
    /// - Parameter passesUsage: whether the caller asked for the usage chunk that the gateway asks for itself.
    mutating func read(_ bytes: ByteBuffer, passesUsage: Bool) throws(WireError) {
        splitter.append(bytes)
        while terminalEvent == nil, let event = try splitter.next() { take(event, passesUsage: passesUsage) }
    }

    /// Ends the stream with what stands behind its last whole event.
    mutating func finish(passesUsage: Bool) {
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
        switch reader.read(event) {
        case .done:
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

    /// Bytes to pass on, oldest first; nil when there are none left.
    mutating func takeRun() -> ByteBuffer? { splitter.takeRun() }
}
