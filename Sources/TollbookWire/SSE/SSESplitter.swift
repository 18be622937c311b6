package import NIOCore

/// Splits a byte stream into server-sent events, at any split of the reads, without copying whole events.
///
/// Use: `append` a read, then call `next()` until nil, then write the runs out:
///
///     try splitter.append(read)
///     while let event = try splitter.next() {
///         if mustNotReachTheCaller(event) { splitter.withhold() }
///     }
///     while let run = splitter.takeRun() { write(run) }
///
/// A run is one slice over all adjacent events handed out and not withheld, so a read full of events leaves
/// as it came. Only the unfinished event at a read's end is carried, and copied, to the next.
package struct SSESplitter: Sendable {
    /// - Parameter eventLimit: bytes one event may have.
    package init(eventLimit: Int = WireLimits.sseEventBytes) {
    }

    /// Takes the next read. Call `next()` to its end, and take the runs, before the next append.
    package mutating func append(_ buffer: ByteBuffer) {
    }

    /// The next whole event, which also joins the current run; nil when more bytes are needed.
    ///
    /// - Throws: `event_too_large` when an unfinished event passes the limit, then always.
    package mutating func next() throws(WireError) -> SSEEvent? {
        nil
    }

    /// Takes the event that `next()` gave last out of the run.
    package mutating func withhold() {
    }

    /// The bytes to forward, oldest first; nil when there are none left.
    package mutating func takeRun() -> ByteBuffer? {
        nil
    }

    /// Ends the stream: hands back the bytes after the last blank line as an incomplete event, nil if there
    /// are none. The event joins the run like any other.
    package mutating func finish() -> SSEEvent? {
        nil
    }

    /// Bytes held of an event that is not complete.
    package var pendingBytes: Int { 0 }
}
