package import NIOCore

/// Splits a byte stream into server-sent events, at any split of the reads, without copying whole events.
///
/// Use: `append` a read, call `next()` until nil, then write the runs out:
///
///     splitter.append(read)
///     while let event = try splitter.next() {
///         if mustNotReachTheCaller(event) { splitter.withhold() }
///     }
///     while let run = splitter.takeRun() { write(run) }
///
/// A run is one slice over all adjacent events handed out and not withheld, so a read full of events leaves as
/// it came. Only the unfinished event at a read's end is carried, and copied, to the next.
///
/// A blank line of one CR that ends a read ends its event at once, unless the line before ended with CRLF: then
/// its LF is on the way. Should an LF follow all the same, it is handed out as a blank event of its own.
package struct SSESplitter: Sendable {
    private let eventLimit: Int
    private let partsLargeEvents: Bool
    /// Whether an event past the limit is handed out in parts, by `nextPart()`.
    package private(set) var isInLargeEvent = false
    /// Bytes of an unfinished event from earlier reads, all of them examined.
    private var carry = ByteBuffer()
    /// What is left of the current read.
    private var read = ByteBuffer()
    /// The current read as it came, which runs are sliced from.
    private var source = ByteBuffer()
    /// Progress through the unfinished event.
    private var progress = SSEEventEnd()
    private var isFirstEvent = true
    private var failure: WireError?

    /// Events handed out of `source` that make one slice: where they begin, and their bytes.
    private var runStart = 0
    private var runLength = 0
    /// Earlier runs, oldest first; bounded by the events of the reads whose runs were not taken.
    private var finishedRuns = SSERunQueue()
    /// Bytes of the last event while it can still be withheld.
    private var lastLength = 0
    private var lastWasCarried = false

    /// - Parameters:
    ///   - eventLimit: bytes one event may have.
    ///   - partsLargeEvents: whether larger ones are handed out in parts, rather than refused.
    package init(eventLimit: Int = WireLimits.sseEventBytes, partsLargeEvents: Bool = false) {
        self.eventLimit = eventLimit
        self.partsLargeEvents = partsLargeEvents
    }

    /// Bytes held that are not part of an event handed out.
    package var pendingBytes: Int { carry.readableBytes + read.readableBytes }

    /// Takes the next read. Best called when `next()` gave nil; otherwise the rest of the last read is copied.
    package mutating func append(_ buffer: ByteBuffer) {
        finishRun()
        if read.readableBytes > 0 { read.writeImmutableBuffer(buffer) } else { read = buffer }
        source = read
    }

    /// The next whole event, which also joins the run; nil when more bytes are needed.
    ///
    /// - Throws: `event_too_large` when an event passes the limit, finished or not, and ever after.
    package mutating func next() throws(WireError) -> SSEEvent? {
        if let failure { throw failure }
        guard read.readableBytes > 0 else { return nil }
        let event = carry.readableBytes > 0 ? nextFromCarry() : nextFromRead()
        guard (event?.raw ?? carry).readableBytes <= eventLimit else {
            if partsLargeEvents {
                isInLargeEvent = event == nil
                return event
            }
            let tooLarge = WireError(.eventTooLarge, at: 0)
            failure = tooLarge
            throw tooLarge
        }
        return event
    }

    /// The next part of an event that is too large to be held; nil when more bytes are needed. Parts join no run.
    ///
    /// - Precondition: `isInLargeEvent`, which is false behind its last part.
    package mutating func nextPart() -> SSEEventPart? {
        // What comes behind the event must not join the run before it.
        finishRun()
        if carry.readableBytes > 0 {
            defer { carry = ByteBuffer() }
            isFirstEvent = false
            return SSEEventPart(bytes: carry, isFirst: true, isLast: false)
        }
        guard read.readableBytes > 0 else { return nil }
        let length = read.withUnsafeReadableBytes { progress.find($0) }
        guard let bytes = read.readSlice(length: length ?? read.readableBytes) else { return nil }
        guard length != nil else { return SSEEventPart(bytes: bytes, isFirst: false, isLast: false) }
        progress = SSEEventEnd()
        isInLargeEvent = false
        return SSEEventPart(bytes: bytes, isFirst: false, isLast: true)
    }

    /// Takes the event that was handed out last out of the run; it then reaches no one.
    package mutating func withhold() {
        guard lastLength > 0 else { return }
        if lastWasCarried { finishedRuns.removeLast() } else { runLength -= lastLength }
        finishRun()
        lastLength = 0
    }

    /// The bytes to forward, oldest first; nil when there are none left.
    package mutating func takeRun() -> ByteBuffer? {
        lastLength = 0
        if let run = finishedRuns.popFirst() { return run }
        guard runLength > 0 else { return nil }
        let run = source.getSlice(at: runStart, length: runLength)
        runLength = 0
        return run
    }

    /// Ends the stream: hands back the bytes after the last event as one more, `isComplete` false unless only
    /// the rest of its blank line's end was missing; nil if there are none.
    package mutating func finish() -> SSEEvent? {
        finishRun()
        carry.writeBuffer(&read)
        guard carry.readableBytes > 0, failure == nil else { return nil }
        return takeCarry(isComplete: progress.isBlankLinePending)
    }

    // MARK: Events

    private mutating func nextFromCarry() -> SSEEvent? {
        let length = read.withUnsafeReadableBytes { progress.find($0) }
        guard let length else {
            carry.writeBuffer(&read)
            return nil
        }
        if var end = read.readSlice(length: length) { carry.writeBuffer(&end) }
        return takeCarry(isComplete: true)
    }

    /// Hands out the carried bytes as an event, a run of their own.
    private mutating func takeCarry(isComplete: Bool) -> SSEEvent {
        let raw = carry
        carry = ByteBuffer()
        progress = SSEEventEnd()
        finishedRuns.append(raw)
        lastLength = raw.readableBytes
        lastWasCarried = true
        return makeEvent(raw, isComplete: isComplete)
    }

    @inline(__always)
    private mutating func nextFromRead() -> SSEEvent? {
        let simple = read.withUnsafeReadableBytes { SSESimpleEvent($0) }
        let length = simple?.length ?? read.withUnsafeReadableBytes { progress.find($0) }
        let start = read.readerIndex
        guard let length, let raw = read.readSlice(length: length) else {
            carry = ByteBuffer()
            carry.writeBuffer(&read)
            return nil
        }
        progress = SSEEventEnd()
        if runLength == 0 { runStart = start }
        runLength += length
        lastLength = length
        lastWasCarried = false
        guard let simple else { return makeEvent(raw, isComplete: true) }
        isFirstEvent = false
        return SSEEvent(raw: raw, dataRange: simple.data)
    }

    private mutating func makeEvent(_ raw: ByteBuffer, isComplete: Bool) -> SSEEvent {
        let mayHaveMark = isFirstEvent
        isFirstEvent = false
        return SSEEvent(parsing: raw, mayHaveMark: mayHaveMark, isComplete: isComplete)
    }

    /// Moves the current run, if any, behind the finished ones.
    @inline(__always)
    private mutating func finishRun() {
        guard runLength > 0 else { return }
        if let run = source.getSlice(at: runStart, length: runLength) { finishedRuns.append(run) }
        runLength = 0
    }
}
