package import NIOCore

/// Splits a byte stream into messages of an AWS event stream, at any split of the reads, without copying whole ones.
///
/// Used as `SSESplitter`: `append` a read, call `next()` until nil, then write the runs out. Only the unfinished
/// message at a read's end is carried, and copied, to the next.
package struct EventStreamSplitter: Sendable {
    private let messageLimit: Int
    /// What has not been handed out.
    private var unread = ByteBuffer()
    /// The bytes that runs are sliced from: `unread` as it was after the last read.
    private var source = ByteBuffer()
    private var failure: WireError?

    /// Messages handed out of `source` that make one slice: where they begin, and their bytes.
    private var runStart = 0
    private var runLength = 0
    /// Earlier runs, oldest first; bounded by the messages of the reads whose runs were not taken.
    private var finishedRuns = SSERunQueue()
    /// Bytes of the last message while it can still be withheld.
    private var lastLength = 0

    /// - Parameter messageLimit: bytes one message may have.
    package init(messageLimit: Int = WireLimits.eventMessageBytes) {
        self.messageLimit = messageLimit
    }

    /// Bytes held that are not part of a message handed out.
    package var pendingBytes: Int { unread.readableBytes }

    /// Takes the next read. Best called when `next()` gave nil.
    package mutating func append(_ buffer: ByteBuffer) {
        finishRun()
        // Nothing else may hold the storage, or the carried bytes were copied once a read.
        source = ByteBuffer()
        if unread.readableBytes == 0 { unread = buffer } else { unread.writeImmutableBuffer(buffer) }
        source = unread
    }

    /// The next whole message, which also joins the run; nil when more bytes are needed.
    ///
    /// - Throws: `event_too_large` for one over the limit, `malformed_event` for a wrong checksum, length or header,
    ///   and the same ever after: where the next message would begin is not known.
    package mutating func next() throws(WireError) -> EventStreamMessage? {
        if let failure { throw failure }
        do throws(WireError) {
            return try readMessage()
        } catch {
            failure = error
            throw error
        }
    }

    private mutating func readMessage() throws(WireError) -> EventStreamMessage? {
        guard let (length, headerBytes) = try prelude() else { return nil }
        let start = unread.readerIndex
        guard let raw = unread.getSlice(at: start, length: length) else { return nil }
        let message = try EventStreamMessage(raw, headerBytes: headerBytes)
        unread.moveReaderIndex(forwardBy: length)
        if runLength == 0 { runStart = start }
        runLength += length
        lastLength = length
        return message
    }

    /// The lengths that the next message begins with, once they are whole.
    private func prelude() throws(WireError) -> (length: Int, headerBytes: Int)? {
        let start = unread.readerIndex
        guard let length = unread.getInteger(at: start, as: UInt32.self),
            let headers = unread.getInteger(at: start + 4, as: UInt32.self),
            let checksum = unread.getInteger(at: start + 8, as: UInt32.self)
        else { return nil }
        let expected = unread.withUnsafeReadableBytes { CRC32.checksum(UnsafeRawBufferPointer(rebasing: $0[..<8])) }
        guard checksum == expected else { throw WireError(.malformedEvent, at: 8) }
        guard Int(length) >= EventStreamMessage.smallestBytes,
            Int(headers) <= Int(length) - EventStreamMessage.smallestBytes
        else { throw WireError(.malformedEvent, at: 0) }
        guard Int(length) <= messageLimit else { throw WireError(.eventTooLarge, at: 0) }
        return (Int(length), Int(headers))
    }

    /// Takes the message that was handed out last out of the run; it then reaches no one.
    package mutating func withhold() {
        guard lastLength > 0 else { return }
        runLength -= lastLength
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

    /// Moves the current run, if any, behind the finished ones.
    private mutating func finishRun() {
        guard runLength > 0 else { return }
        if let run = source.getSlice(at: runStart, length: runLength) { finishedRuns.append(run) }
        runLength = 0
    }
}
