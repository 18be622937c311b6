internal import NIOCore
internal import TollbookWire

/// Takes a Gemini stream in, as server-sent events or as a JSON array: splits it into chunks, reads each, and keeps one
/// back.
///
/// Nothing but the end of the body says which chunk is the last. So from the first finish reason on the newest chunk
/// waits for the one behind it, and the last for the commit.
struct GeminiStreamIntake {
    private(set) var reader = GeminiStreamReader()
    private let isArray: Bool
    private var events = SSESplitter()
    private var elements = JSONArraySplitter()
    /// Chunks to pass on that the splitter's own runs do not have, oldest first; of one read.
    private var released: [ByteBuffer] = []
    private var keptBack: ByteBuffer?
    /// Whether anything of the answer itself came.
    private(set) var hasContent = false
    /// Whether a chunk with content came.
    private(set) var hasTokens = false
    /// The last chunk with what ends the stream; nil until that is known.
    private(set) var terminalEvent: ByteBuffer?

    /// - Parameter isArray: whether the stream is a JSON array.
    init(isArray: Bool) {
        self.isArray = isArray
    }

    /// Reads bytes of the stream.
    mutating func read(_ bytes: ByteBuffer) throws(WireError) {
        if isArray {
            elements.append(bytes)
            while let element = try elements.next() { take(element) }
        } else {
            events.append(bytes)
            while let event = try events.next() { take(event) }
        }
    }

    /// Ends the stream.
    mutating func finish() {
        if isArray { finishArray() } else { finishEvents() }
    }

    /// Bytes to pass on, oldest first; nil when there are none left.
    mutating func takeRun() -> ByteBuffer? {
        if let run = events.takeRun() { return run }
        return released.isEmpty ? nil : released.removeFirst()
    }

    // MARK: Events

    private mutating func take(_ event: SSEEvent) {
        let kind = reader.read(event)
        note(kind)
        // Once a chunk waits, those behind it go their way through here as well. Comments need not wait.
        guard reader.sawFinishReason, kind != .comment else { return }
        events.withhold()
        pass(on: event.raw, kind)
    }

    private mutating func finishEvents() {
        if let rest = events.finish() {
            let malformed = reader.malformedEvents
            let kind = reader.read(rest)
            if rest.isComplete || (kind != .comment && reader.malformedEvents == malformed) {
                note(kind)
                events.withhold()
                var raw = rest.raw
                // Its blank line is missing: complete it, so that the caller sees it as an event.
                if !rest.isComplete { raw.writeStaticString("\n\n") }
                pass(on: raw, kind)
            } else {
                // Half an event would run into what follows it.
                events.withhold()
            }
        }
        terminalEvent = keptBack
    }

    // MARK: Elements

    private mutating func take(_ element: JSONArraySplitter.Element) {
        let kind = element.value.withUnsafeReadableBytes { reader.read($0) }
        note(kind)
        pass(on: element.raw, kind)
    }

    private mutating func finishArray() {
        let isClosed = elements.isClosed
        let tail = elements.finish()
        guard isClosed || keptBack != nil else { return }
        var ending = keptBack ?? ByteBuffer()
        if isClosed {
            if !reader.sawError { reader.close() }
            ending.writeImmutableBuffer(tail)
        } else {
            // Half an element and the missing bracket: the caller gets a whole array all the same.
            ending.writeStaticString("]")
        }
        terminalEvent = ending
    }

    // MARK: Both

    private mutating func note(_ kind: AnswerEvent) {
        switch kind {
        case .content, .usage, .done:
            hasContent = true
            hasTokens = true
        case .other: hasContent = true
        case .error, .comment: break
        }
    }

    /// Passes a chunk on, or keeps it back in place of the one before.
    private mutating func pass(on raw: ByteBuffer, _ kind: AnswerEvent) {
        if let keptBack { released.append(keptBack) }
        keptBack = nil
        if reader.sawFinishReason, kind != .error { keptBack = raw } else { released.append(raw) }
    }
}
