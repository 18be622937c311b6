package import NIOCore

/// Splits a byte stream into lines that end with LF, at any split of the reads.
///
/// A line past the limit is handed out in pieces, as it comes: it can be passed on, and is not to be read.
package struct LineSplitter: Sendable {
    /// A line, or a piece of one that is too long.
    package struct Line: Sendable {
        /// With its LF, if it came.
        package let raw: ByteBuffer
        /// Whether it is the whole of a line.
        package let isWhole: Bool
    }

    private let lineLimit: Int
    /// Bytes of an unfinished line from earlier reads; they have no LF.
    private var carry = ByteBuffer()
    /// What is left of the current read.
    private var read = ByteBuffer()
    /// Whether the bytes before `read` are a piece of its first line.
    private var isInside = false

    /// - Parameter lineLimit: bytes of a line that is handed out whole.
    package init(lineLimit: Int = WireLimits.sseEventBytes) {
        self.lineLimit = lineLimit
    }

    /// Bytes held that were not handed out.
    package var pendingBytes: Int { carry.readableBytes + read.readableBytes }

    /// Takes the next read.
    package mutating func append(_ buffer: ByteBuffer) {
        if read.readableBytes > 0 { read.writeImmutableBuffer(buffer) } else { read = buffer }
    }

    /// The next line; nil when more bytes are needed.
    package mutating func next() -> Line? {
        guard read.readableBytes > 0 else { return nil }
        let view = read.readableBytesView
        let end = view.firstIndex(of: UInt8(ascii: "\n")).map { view.distance(from: view.startIndex, to: $0) + 1 }
        guard var bytes = read.readSlice(length: end ?? read.readableBytes) else { return nil }
        if carry.readableBytes > 0 {
            carry.writeBuffer(&bytes)
            bytes = carry
            carry = ByteBuffer()
        }
        if end == nil, !isInside, bytes.readableBytes <= lineLimit {
            // Copied, so that it does not keep the whole read in memory.
            carry = ByteBuffer(bytes: bytes.readableBytesView)
            return nil
        }
        let isWhole = end != nil && !isInside && bytes.readableBytes <= lineLimit
        isInside = end == nil
        return Line(raw: bytes, isWhole: isWhole)
    }

    /// Ends the stream: the bytes of a last line without LF; nil if there are none.
    package mutating func finish() -> ByteBuffer? {
        defer { carry = ByteBuffer() }
        return carry.readableBytes > 0 ? carry : nil
    }
}
