internal import NIOCore
internal import TollbookWire

/// What a connection has received and nobody has taken up yet; finds whole heads in it.
struct UnreadBytes {
    private var buffer = ByteBuffer()
    /// Where the line begins that is being looked at, and up to where the bytes have been looked at: a head that
    /// comes byte by byte is looked at once.
    private var lineStart = 0
    private var looked = 0

    var isEmpty: Bool { buffer.readableBytes == 0 }

    /// The first byte; nil when there is none.
    var first: UInt8? { buffer.getInteger(at: buffer.readerIndex) }

    mutating func append(_ bytes: ByteBuffer) {
        if isEmpty { buffer = bytes } else { buffer.writeImmutableBuffer(bytes) }
    }

    mutating func removeAll() {
        buffer = ByteBuffer()
        lineStart = 0
        looked = 0
    }

    /// Takes up to so many bytes, at least one; nil when there is none.
    mutating func take(atMost limit: Int) -> ByteBuffer? {
        let count = min(limit, buffer.readableBytes)
        return count > 0 ? take(count) : nil
    }

    private mutating func take(_ count: Int) -> ByteBuffer? {
        let taken = buffer.readSlice(length: count)
        // Lets go of the storage, so that the channel can read into it again.
        if isEmpty { buffer = ByteBuffer() }
        return taken
    }

    /// Takes a line with its end; nil until it is whole.
    mutating func takeLine(limit: Int) throws(MessageFault) -> ByteBuffer? {
        guard let end = try endOfLine(limit: limit) else { return nil }
        return takeLooked(end)
    }

    /// Takes a head with the empty line that ends it; nil until it is whole. Empty lines before it are dropped
    /// (RFC 9112, section 2.2).
    mutating func takeHead() throws(MessageFault) -> ByteBuffer? {
        while let end = try endOfLine(limit: GatewayLimits.headBytes) {
            let isEmptyLine = end == lineStart + 2
            lineStart = end
            guard isEmptyLine else { continue }
            let head = takeLooked(end)
            if end > 2 { return head }
        }
        return nil
    }

    /// Takes fields and the empty line behind them, as a chunked body ends; nil until they are whole.
    mutating func takeTrailers() throws(MessageFault) -> ByteBuffer? {
        while let end = try endOfLine(limit: GatewayLimits.headBytes) {
            let isEmptyLine = end == lineStart + 2
            lineStart = end
            if isEmptyLine { return takeLooked(end) }
        }
        return nil
    }

    private mutating func takeLooked(_ end: Int) -> ByteBuffer? {
        lineStart = 0
        looked = 0
        return take(end)
    }

    /// Where the line ends that is being looked at, behind its CR and LF; nil: not yet there. A line feed alone is
    /// refused: it ends a line for some readers and not for others.
    private mutating func endOfLine(limit: Int) throws(MessageFault) -> Int? {
        var position = looked
        let end = try buffer.withUnsafeReadableBytes { (bytes) throws(MessageFault) -> Int? in
            guard let base = bytes.baseAddress else { return nil }
            position = ByteSearch.endOfLine(base, from: position, to: bytes.count)
            guard position < limit else { throw .headTooLarge }
            guard position < bytes.count else { return nil }
            guard bytes[position] == HeadByte.carriageReturn else { throw .malformed }
            guard position + 1 < bytes.count else { return nil }
            guard bytes[position + 1] == HeadByte.lineFeed else { throw .malformed }
            return position + 2
        }
        looked = end ?? position
        return end
    }
}
