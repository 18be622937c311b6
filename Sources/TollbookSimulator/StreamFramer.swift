internal import NIOCore

/// Puts events on the wire: each in an HTTP chunk of its own, as providers do, gzipped if asked.
struct StreamFramer: Sendable {
    private let isChunked: Bool
    private var gzip: GzipWriter?
    private var scratch = ByteBuffer()

    init(isChunked: Bool, isGzip: Bool) {
        self.isChunked = isChunked
        gzip = isGzip ? GzipWriter() : nil
    }

    /// Writes what `body` writes as one chunk.
    mutating func write(into buffer: inout ByteBuffer, _ body: (inout ByteBuffer) -> Void) {
        guard isChunked, gzip == nil else {
            writeRarely(into: &buffer, body)
            return
        }
        // The size comes first but is known last. Nearly every event takes three hex digits; others are moved.
        let start = buffer.writerIndex
        buffer.writeStaticString("000\r\n")
        body(&buffer)
        patchSize(at: start, in: &buffer)
        buffer.writeStaticString("\r\n")
    }

    /// Ends the body.
    mutating func finish(into buffer: inout ByteBuffer) {
        if gzip != nil {
            scratch.clear()
            gzip?.finish(into: &scratch)
            frame(scratch, into: &buffer)
        }
        if isChunked { buffer.writeStaticString("0\r\n\r\n") }
    }

    /// A last chunk that promises more than it holds.
    func writeShortChunk(into buffer: inout ByteBuffer) {
        buffer.writeStaticString("40\r\n: the rest never comes\n")
    }

    private mutating func writeRarely(into buffer: inout ByteBuffer, _ body: (inout ByteBuffer) -> Void) {
        guard gzip != nil else { return body(&buffer) }
        scratch.clear()
        body(&scratch)
        var packed = ByteBuffer()
        gzip?.write(scratch, into: &packed)
        frame(packed, into: &buffer)
    }

    private func frame(_ bytes: ByteBuffer, into buffer: inout ByteBuffer) {
        guard isChunked else {
            buffer.writeImmutableBuffer(bytes)
            return
        }
        buffer.writeString(String(bytes.readableBytes, radix: 16) + "\r\n")
        buffer.writeImmutableBuffer(bytes)
        buffer.writeStaticString("\r\n")
    }

    private func patchSize(at start: Int, in buffer: inout ByteBuffer) {
        let size = buffer.writerIndex - start - 5
        var digits = 1
        while size >> (4 * digits) > 0 { digits += 1 }
        if digits != 3 { moveContent(of: size, from: start + 5, to: start + digits + 2, in: &buffer) }
        for place in 0..<digits {
            let digit = UInt8(truncatingIfNeeded: size >> (4 * (digits - 1 - place))) & 15
            buffer.setInteger(digit < 10 ? 48 + digit : 87 + digit, at: start + place)
        }
    }

    private func moveContent(of size: Int, from: Int, to target: Int, in buffer: inout ByteBuffer) {
        buffer.reserveCapacity(minimumWritableBytes: 8)
        buffer.moveWriterIndex(to: max(from, target) + size)
        let base = buffer.readerIndex
        buffer.withUnsafeMutableReadableBytes { bytes in
            let source = UnsafeRawBufferPointer(rebasing: bytes[from - base..<from - base + size])
            UnsafeMutableRawBufferPointer(rebasing: bytes[(target - base)...]).copyMemory(from: source)
            bytes[target - base - 2] = 0x0d
            bytes[target - base - 1] = 0x0a
        }
        buffer.moveWriterIndex(to: target + size)
    }
}
