package import NIOCore

/// Writes messages of AWS event streams.
package enum EventStreamWriter {
    /// A whole message with its checksums. Names have 1 to 255 bytes, values up to 32,767; longer ones are cut.
    package static func message(_ headers: [EventStreamHeader], payload: ByteBuffer) -> ByteBuffer {
        var message = ByteBuffer()
        append(encoded(headers), payload: payload, to: &message)
        return message
    }

    /// Headers as they stand in a message, for those that are written often.
    static func encoded(_ headers: [EventStreamHeader]) -> ByteBuffer {
        var encoded = ByteBuffer()
        for header in headers { write(header, to: &encoded) }
        return encoded
    }

    /// Writes a whole message behind what a buffer holds.
    ///
    /// - Parameter headers: encoded.
    static func append(_ headers: ByteBuffer, payload: ByteBuffer, to buffer: inout ByteBuffer) {
        let start = buffer.readableBytes
        let length = EventStreamMessage.smallestBytes + headers.readableBytes + payload.readableBytes
        buffer.reserveCapacity(minimumWritableBytes: length)
        buffer.writeInteger(UInt32(length))
        buffer.writeInteger(UInt32(headers.readableBytes))
        buffer.writeInteger(checksum(buffer, from: start))
        buffer.writeImmutableBuffer(headers)
        buffer.writeImmutableBuffer(payload)
        buffer.writeInteger(checksum(buffer, from: start))
    }

    /// Of the readable bytes from a place on.
    private static func checksum(_ buffer: ByteBuffer, from start: Int) -> UInt32 {
        buffer.withUnsafeReadableBytes { CRC32.checksum(UnsafeRawBufferPointer(rebasing: $0[start...])) }
    }

    private static func write(_ header: EventStreamHeader, to buffer: inout ByteBuffer) {
        let name = header.name.utf8.prefix(255)
        buffer.writeInteger(UInt8(name.count))
        buffer.writeBytes(name)
        switch header.value {
        case .bool(let flag): buffer.writeInteger(flag ? 0 : 1 as UInt8)
        case .byte(let number): write(2, number, to: &buffer)
        case .int16(let number): write(3, number, to: &buffer)
        case .int32(let number): write(4, number, to: &buffer)
        case .int64(let number): write(5, number, to: &buffer)
        case .bytes(let bytes): write(6, bytes, to: &buffer)
        case .string(let text): write(7, Array(text.utf8), to: &buffer)
        case .timestamp(let millis): write(8, millis, to: &buffer)
        case .uuid(let bytes):
            buffer.writeInteger(9 as UInt8)
            buffer.writeBytes((bytes + [UInt8](repeating: 0, count: 16)).prefix(16))
        }
    }

    private static func write(_ type: UInt8, _ number: some FixedWidthInteger, to buffer: inout ByteBuffer) {
        buffer.writeInteger(type)
        buffer.writeInteger(number)
    }

    private static func write(_ type: UInt8, _ bytes: [UInt8], to buffer: inout ByteBuffer) {
        let kept = bytes.prefix(Int(Int16.max))
        buffer.writeInteger(type)
        buffer.writeInteger(UInt16(kept.count))
        buffer.writeBytes(kept)
    }
}
