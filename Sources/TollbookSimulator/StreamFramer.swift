internal import NIOCore

/// Puts events on the wire: each in an HTTP chunk of its own, as providers do, gzipped if asked.
struct StreamFramer: Sendable {
    private let isChunked: Bool
    private var gzip: GzipWriter?

    init(isChunked: Bool, isGzip: Bool) {
        self.isChunked = isChunked
        gzip = isGzip ? GzipWriter() : nil
    }

    /// Whether an event is framed as a chunk and nothing else.
    var isPlainlyChunked: Bool { isChunked && gzip == nil }

    /// Begins an event whose bytes the caller writes next.
    ///
    /// - Returns: what ``end(_:into:)`` wants.
    func begin(into sink: inout ByteSink) -> Int {
        let start = sink.count
        // The size comes first but is known last. Nearly every event takes three hex digits; others are moved.
        if isChunked { sink.write("000\r\n") }
        return start
    }

    /// Ends the event that began at `start`.
    mutating func end(_ start: Int, into sink: inout ByteSink) {
        if gzip != nil { pack(start, into: &sink) }
        guard isChunked else { return }
        let size = sink.count - start - 5
        var digits = 1
        while size >> (4 * digits) > 0 { digits += 1 }
        if digits != 3 {
            sink.moveTail(from: start + 5, to: start + digits + 2)
            sink.set(0x0d, at: start + digits)
            sink.set(0x0a, at: start + digits + 1)
        }
        for place in 0..<digits {
            let digit = UInt8(truncatingIfNeeded: size >> (4 * (digits - 1 - place))) & 15
            sink.set(digit < 10 ? 48 + digit : 87 + digit, at: start + place)
        }
        sink.write("\r\n")
    }

    /// Ends the body.
    mutating func finish(into sink: inout ByteSink) {
        if var writer = gzip {
            gzip = nil
            var trailer = ByteBuffer()
            writer.finish(into: &trailer)
            let start = begin(into: &sink)
            sink.write(trailer)
            end(start, into: &sink)
        }
        if isChunked { sink.write("0\r\n\r\n") }
    }

    /// A last chunk that promises more than it holds.
    func writeShortChunk(into sink: inout ByteSink) {
        sink.write("40\r\n: the rest never comes\n")
    }

    private mutating func pack(_ start: Int, into sink: inout ByteSink) {
        let content = isChunked ? start + 5 : start
        let event = sink.withBytes(from: content) { ByteBuffer(bytes: $0) }
        var packed = ByteBuffer()
        gzip?.write(event, into: &packed)
        sink.truncate(to: content)
        sink.write(packed)
    }
}
