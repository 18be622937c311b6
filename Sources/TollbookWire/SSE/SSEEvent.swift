package import NIOCore

/// One server-sent event as it stands in the stream, with its fields located but not copied.
///
/// https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
package struct SSEEvent: Sendable {
    /// The event's bytes as received, with the blank line that ends it: a slice of what was read.
    package let raw: ByteBuffer
    /// Number of `data` lines; 0 for comments, keep-alives and blank lines.
    package let dataLines: Int
    /// The value of the first `data` line, relative to `raw`'s first byte.
    let dataRange: Range<Int>
    /// The value of the last `event` line, relative to `raw`'s first byte; empty when there is none.
    let nameRange: Range<Int>
    /// Whether the blank line arrived; false only for what `finish()` hands back.
    package let isComplete: Bool
    /// Bytes of a byte order mark before the first line.
    private let markLength: Int

    /// An event of one `data` line.
    @inline(__always)
    init(raw: ByteBuffer, dataRange: Range<Int>) {
        self.raw = raw
        self.dataRange = dataRange
        dataLines = 1
        nameRange = 0..<0
        isComplete = true
        markLength = 0
    }

    /// - Parameter mayHaveMark: whether a byte order mark may stand first, as at the start of a stream.
    init(parsing raw: ByteBuffer, mayHaveMark: Bool, isComplete: Bool) {
        let fields = raw.withUnsafeReadableBytes { bytes in
            let markLength = mayHaveMark && bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
            return Fields(bytes, markLength)
        }
        self.raw = raw
        dataLines = fields.dataLines
        dataRange = fields.data
        nameRange = fields.name
        self.isComplete = isComplete
        markLength = fields.markLength
    }

    /// Where an event's fields stand.
    private struct Fields {
        let markLength: Int
        var dataLines = 0
        var data = 0..<0
        var name = 0..<0

        init(_ bytes: UnsafeRawBufferPointer, _ markLength: Int) {
            self.markLength = markLength
            var lines = SSELines(bytes, from: markLength)
            while let line = lines.next() {
                guard let field = SSEField(bytes, line) else { continue }
                switch field.kind {
                case .event: name = field.value
                case .data:
                    if dataLines == 0 { data = field.value }
                    dataLines += 1
                }
            }
        }
    }

    /// Gives the payload: without a copy for a single `data` line, else the lines joined by LF.
    package func withData<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        guard dataLines > 1 else {
            return try raw.withUnsafeReadableBytes { (bytes) throws(Failure) in
                try body(UnsafeRawBufferPointer(rebasing: bytes[dataRange]))
            }
        }
        return try joinedData().withUnsafeReadableBytes(body)
    }

    /// The payload as a buffer: a slice for a single `data` line, else a copy of the lines joined by LF.
    package var data: ByteBuffer {
        guard dataLines <= 1 else { return joinedData() }
        let index = raw.readerIndex + dataRange.lowerBound
        return raw.getSlice(at: index, length: dataRange.count) ?? ByteBuffer()
    }

    /// Whether the event's type is `name`, such as `error`.
    package func isNamed(_ name: StaticString) -> Bool {
        guard nameRange.count == name.utf8CodeUnitCount else { return false }
        return raw.withUnsafeReadableBytes { bytes in
            UnsafeRawBufferPointer(rebasing: bytes[nameRange])
                .elementsEqual(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        }
    }

    private func joinedData() -> ByteBuffer {
        var joined = ByteBuffer()
        raw.withUnsafeReadableBytes { bytes in
            var lines = SSELines(bytes, from: markLength)
            var isFirst = true
            while let line = lines.next() {
                guard let field = SSEField(bytes, line), field.kind == .data else { continue }
                if !isFirst { joined.writeInteger(UInt8(ascii: "\n")) }
                isFirst = false
                joined.writeBytes(bytes[field.value])
            }
        }
        return joined
    }
}
