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
    private var events = SSESplitter(eventLimit: WireLimits.heldEventBytes, partsLargeEvents: true)
    /// Whether an event went on in parts: from then on all goes by `released`, so that nothing gets between them.
    private var sawLargeEvent = false
    private var elements = JSONArraySplitter(elementLimit: WireLimits.heldEventBytes, partsLargeElements: true)
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
            try readElements(bytes)
        } else {
            try readEvents(bytes)
        }
    }

    private mutating func readEvents(_ bytes: ByteBuffer) throws(WireError) {
        events.append(bytes)
        while true {
            if events.isInLargeEvent {
                guard let part = events.nextPart() else { return }
                sawLargeEvent = true
                take(part.bytes, reader.read(part))
            } else if let event = try events.next() {
                take(event)
            } else if !events.isInLargeEvent {
                return
            }
        }
    }

    private mutating func readElements(_ bytes: ByteBuffer) throws(WireError) {
        elements.append(bytes)
        while true {
            if elements.isInLargeElement {
                guard let part = try elements.nextPart() else { return }
                take(part.raw, reader.read(part))
            } else if let element = try elements.next() {
                take(element)
            } else if !elements.isInLargeElement {
                return
            }
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
        guard reader.sawFinishReason || sawLargeEvent, kind != .comment || sawLargeEvent else { return }
        events.withhold()
        if kind == .comment, let waiting = keptBack {
            // Behind what waits, as long as there are not too many.
            if waiting.readableBytes < WireLimits.heldEventBytes { keptBack?.writeImmutableBuffer(event.raw) }
        } else {
            pass(on: event.raw, kind)
        }
    }

    /// A part of a chunk that is too large to be held goes on when the next one comes; whether the chunk is the last
    /// one shows at its end only.
    ///
    /// - Parameter kind: what the chunk is, behind its last part.
    private mutating func take(_ part: ByteBuffer, _ kind: AnswerEvent?) {
        hasContent = true
        if let kind { note(kind) }
        if part.readableBytes < WireLimits.withheldTailBytes, keptBack != nil {
            keptBack?.writeImmutableBuffer(part)
        } else {
            if let keptBack { released.append(keptBack) }
            keptBack = part
        }
        guard let kind, !reader.sawFinishReason || kind == .error else { return }
        if let keptBack { released.append(keptBack) }
        keptBack = nil
    }

    /// The body ended in a large event.
    private mutating func finishPart() {
        guard let kind = reader.endPart() else {
            // It broke off. What follows must not run into it.
            keptBack = nil
            released.append(ByteBuffer(staticString: "\n\n"))
            return
        }
        note(kind)
        keptBack?.writeStaticString("\n\n")
        if kind == .error || !reader.sawFinishReason, let keptBack {
            released.append(keptBack)
            self.keptBack = nil
        }
    }

    private mutating func finishEvents() {
        if events.isInLargeEvent {
            finishPart()
        } else if let rest = events.finish() {
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
        // Half of a large one has gone on, and cannot be taken back.
        if elements.isInLargeElement { keptBack = nil }
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
