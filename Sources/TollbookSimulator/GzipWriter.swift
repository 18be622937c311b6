internal import NIOCore

/// Wraps bytes into gzip (RFC 1952) with stored blocks (RFC 1951, 3.2.4): nothing gets smaller, every reader agrees.
struct GzipWriter: Sendable {
    private var checksum: UInt32 = 0xffff_ffff
    private var length: UInt32 = 0
    private var hasHeader = false

    /// Writes `bytes` as blocks that a reader can decode at once.
    mutating func write(_ bytes: ByteBuffer, into buffer: inout ByteBuffer) {
        writeHeader(into: &buffer)
        var rest = bytes
        while let block = rest.readSlice(length: min(65_535, rest.readableBytes)), block.readableBytes > 0 {
            writeStored(block, isLast: false, into: &buffer)
        }
        update(bytes)
    }

    /// Writes the last block and the trailer.
    mutating func finish(into buffer: inout ByteBuffer) {
        writeHeader(into: &buffer)
        writeStored(ByteBuffer(), isLast: true, into: &buffer)
        buffer.writeInteger(~checksum, endianness: .little)
        buffer.writeInteger(length, endianness: .little)
    }

    /// `bytes` as one whole gzip file.
    static func whole(_ bytes: ByteBuffer) -> ByteBuffer {
        var writer = GzipWriter()
        var result = ByteBuffer()
        writer.write(bytes, into: &result)
        writer.finish(into: &result)
        return result
    }

    private mutating func writeHeader(into buffer: inout ByteBuffer) {
        guard !hasHeader else { return }
        hasHeader = true
        buffer.writeBytes([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff])
    }

    private func writeStored(_ block: ByteBuffer, isLast: Bool, into buffer: inout ByteBuffer) {
        let count = UInt16(truncatingIfNeeded: block.readableBytes)
        buffer.writeInteger(isLast ? 1 : 0, as: UInt8.self)
        buffer.writeInteger(count, endianness: .little)
        buffer.writeInteger(~count, endianness: .little)
        buffer.writeImmutableBuffer(block)
    }

    private mutating func update(_ bytes: ByteBuffer) {
        length &+= UInt32(truncatingIfNeeded: bytes.readableBytes)
        checksum = Self.update(checksum, bytes)
    }

    /// The CRC-32 of bytes, which event streams have as well.
    static func checksum(of bytes: ByteBuffer) -> UInt32 {
        ~update(0xffff_ffff, bytes)
    }

    private static func update(_ before: UInt32, _ bytes: ByteBuffer) -> UInt32 {
        bytes.withUnsafeReadableBytes { raw in
            var checksum = before
            for byte in raw {
                checksum = table[Int((checksum ^ UInt32(byte)) & 0xff)] ^ (checksum >> 8)
            }
            return checksum
        }
    }

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xedb8_8320 ^ (value >> 1) : value >> 1 }
    }
}
