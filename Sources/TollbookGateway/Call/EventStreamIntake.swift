internal import NIOCore
internal import TollbookWire

/// Takes the bytes of a Converse stream in: splits them into messages, reads each, and keeps back its end.
///
/// `messageStop` makes the answer whole to the caller, and `metadata` behind it brings the usage: both wait for the
/// commit, with whatever stands between them. Of a stream that is translated nothing goes on as it came.
struct EventStreamIntake {
    private(set) var reader = ConverseStreamReader()
    /// nil: messages go on as they came.
    var translation: StreamTranslation?
    private var splitter = EventStreamSplitter()
    /// Whether anything of the answer itself came.
    private(set) var hasContent = false
    /// Whether an event with content came.
    private(set) var hasTokens = false
    /// The end of the stream once it has come; nothing is read behind it.
    private(set) var terminalEvent: ByteBuffer?
    /// Whether `metadata` came.
    private(set) var sawEnd = false
    /// What is kept back of a stream that has not told its usage yet.
    private var withheld: ByteBuffer?

    /// Reads bytes of the stream.
    mutating func read(_ bytes: ByteBuffer) throws(WireError) {
        splitter.append(bytes)
        translation?.expect(bytes.readableBytes)
        while terminalEvent == nil, let message = try splitter.next() { try take(message) }
    }

    /// Ends the stream; of a message that is not whole nothing goes on.
    mutating func finish() {
        guard terminalEvent == nil else { return }
        terminalEvent = translation.map { $0.finish() } ?? withheld
    }

    /// Whether the provider told of an error.
    var hasError: Bool { reader.sawError || (translation?.hasFailed ?? false) }

    /// Whether the answer came to its own end; one that is translated gets its terminal event then.
    var sawFinishReason: Bool { translation == nil && reader.sawFinishReason }

    private mutating func take(_ message: EventStreamMessage) throws(WireError) {
        let event = reader.read(message)
        if event != .error { hasContent = true }
        if event == .content { hasTokens = true }
        if let translation {
            if event == .done { sawEnd = true }
            splitter.withhold()
            terminalEvent = translation.take(message)
            // What cannot be read cannot be translated: better an error than an answer with a hole.
            if translation.isMalformed { throw WireError(.jsonSyntax, at: 0) }
            return
        }
        guard withheld != nil || event == .stop || event == .done else { return }
        splitter.withhold()
        var bytes = withheld ?? ByteBuffer()
        guard bytes.readableBytes + message.raw.readableBytes <= WireLimits.withheldEventBytes else {
            throw WireError(.eventTooLarge, at: 0)
        }
        bytes.writeImmutableBuffer(message.raw)
        guard event == .done else {
            withheld = bytes
            return
        }
        sawEnd = true
        terminalEvent = bytes
    }

    /// Bytes to pass on, oldest first; nil when there are none left.
    mutating func takeRun() -> ByteBuffer? {
        if let translation { translation.takeRun() } else { splitter.takeRun() }
    }
}
