internal import NIOCore
internal import TollbookWire

/// Takes the bytes of a stream of Cohere's chat in: splits them into events, reads each, and keeps back its end.
///
/// `message-end` makes the answer whole to the caller, and `[DONE]` follows it: both wait for the commit, with whatever
/// stands between them.
struct CohereStreamIntake {
    private(set) var reader = CohereChatStreamReader()
    private var splitter = SSESplitter()
    /// Whether anything of the answer itself came.
    private(set) var hasContent = false
    /// Whether an event with content came.
    private(set) var hasTokens = false
    /// The end of the stream once it has come; nothing is read behind it.
    private(set) var terminalEvent: ByteBuffer?
    /// What is kept back of a stream that is not over yet.
    private var withheld: ByteBuffer?

    /// Reads bytes of the stream.
    mutating func read(_ bytes: ByteBuffer) throws(WireError) {
        splitter.append(bytes)
        while terminalEvent == nil, let event = try splitter.next() { try take(event) }
    }

    /// Ends the stream with what stands behind its last whole event.
    mutating func finish() {
        guard terminalEvent == nil else { return }
        if let rest = splitter.finish() {
            let kind = reader.read(rest)
            splitter.withhold()
            // Its blank line is missing: complete it, so that the caller sees it as an event. Half an event would run
            // into what follows it.
            if kind == .done {
                var end = withheld ?? ByteBuffer()
                end.writeImmutableBuffer(rest.raw)
                end.writeStaticString("\n\n")
                withheld = end
            }
        }
        terminalEvent = withheld
    }

    private mutating func take(_ event: SSEEvent) throws(WireError) {
        let kind = reader.read(event)
        switch kind {
        case .content:
            hasContent = true
            hasTokens = true
        case .usage, .done, .other: hasContent = true
        case .error, .comment: break
        }
        guard withheld != nil || kind == .done || kind == .error else { return }
        splitter.withhold()
        var bytes = withheld ?? ByteBuffer()
        guard bytes.readableBytes + event.raw.readableBytes <= WireLimits.withheldEventBytes else {
            throw WireError(.eventTooLarge, at: 0)
        }
        bytes.writeImmutableBuffer(event.raw)
        withheld = bytes
        if reader.isClosed { terminalEvent = bytes }
    }

    /// Bytes to pass on, oldest first; nil when there are none left.
    mutating func takeRun() -> ByteBuffer? { splitter.takeRun() }
}
