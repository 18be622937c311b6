package import NIOCore

/// Cuts a file of JSON lines into its lines while it arrives, at any split; holds one unfinished line.
///
/// Lines end with LF or CR LF, the last one with or without. Empty lines, and those of spaces, count and are
/// passed over.
package struct JSONLineSplitter: Sendable {
    /// One line with something in it.
    package struct Line: Sendable {
        /// From 1.
        package let number: Int
        /// Without the line's end.
        package let bytes: ByteBuffer
        /// Of the line's first byte, from the file's start.
        package let offset: Int
    }

    private let lineLimit: Int
    private var pending = ByteBuffer()
    /// Bytes at the start of `pending` that hold no line feed.
    private var searched = 0
    private var number = 0
    private var offset = 0

    /// - Parameter lineLimit: bytes of a line.
    package init(lineLimit: Int = WireLimits.batchLineBytes) {
        self.lineLimit = lineLimit
    }

    /// Takes the next bytes.
    package mutating func append(_ chunk: ByteBuffer) {
        if pending.readableBytes == 0 {
            pending = chunk
            searched = 0
        } else {
            pending.discardReadBytes()
            pending.writeImmutableBuffer(chunk)
        }
    }

    /// The next line that is whole; nil: more bytes are needed.
    ///
    /// - Throws: `line_too_large`; its number is `lines` then.
    package mutating func next() throws(WireError) -> Line? {
        while let end = endOfLine() {
            let line = take(end, terminator: 1)
            if let line = try checked(line) { return line }
        }
        guard pending.readableBytes <= lineLimit else { throw tooLarge() }
        return nil
    }

    /// The last line, which may have no end; nil: there is none.
    ///
    /// - Throws: `line_too_large`.
    package mutating func finish() throws(WireError) -> Line? {
        guard pending.readableBytes > 0 else { return nil }
        return try checked(take(pending.readableBytes, terminator: 0))
    }

    /// Lines that were met, the one that was refused among them.
    package var lines: Int { number }

    private mutating func tooLarge() -> WireError {
        number += 1
        return WireError(.lineTooLarge, at: offset)
    }

    private func checked(_ line: Line) throws(WireError) -> Line? {
        guard line.bytes.readableBytes <= lineLimit else { throw WireError(.lineTooLarge, at: line.offset) }
        return line.bytes.readableBytesView.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) ? nil : line
    }

    /// How many readable bytes stand before the next line feed.
    private mutating func endOfLine() -> Int? {
        let start = searched
        let end = pending.withUnsafeReadableBytes { bytes -> Int? in
            guard let base = bytes.baseAddress else { return nil }
            var position = start
            while position < bytes.count {
                // Finds carriage returns as well, which may stand alone.
                position = ByteSearch.endOfLine(base, from: position, to: bytes.count)
                guard position < bytes.count else { return nil }
                if bytes[position] == 0x0A { return position }
                position += 1
            }
            return nil
        }
        searched = end == nil ? pending.readableBytes : 0
        return end
    }

    private mutating func take(_ length: Int, terminator: Int) -> Line {
        var bytes = pending.readSlice(length: length) ?? ByteBuffer()
        pending.moveReaderIndex(forwardBy: terminator)
        searched = 0
        let start = offset
        offset += length + terminator
        number += 1
        if bytes.readableBytesView.last == 0x0D { bytes.moveWriterIndex(to: bytes.writerIndex - 1) }
        return Line(number: number, bytes: bytes, offset: start)
    }
}
