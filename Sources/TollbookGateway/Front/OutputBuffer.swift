internal import NIOCore

/// Bytes of an answer on their way to the channel. The storage is used again once the channel has let go of it.
struct OutputBuffer {
    private var buffer = ByteBuffer()
    private var isTaken = false

    /// Whether there is anything to write.
    var isEmpty: Bool { isTaken || buffer.readableBytes == 0 }

    /// The buffer to write to.
    @inline(__always)
    mutating func append(_ write: (inout ByteBuffer) -> Void) {
        if isTaken { reset() }
        write(&buffer)
    }

    /// Hands out what has been appended.
    mutating func take() -> ByteBuffer {
        isTaken = true
        return buffer
    }

    /// Keeps no large storage. `clear` makes a new one when the channel still holds the old.
    private mutating func reset() {
        isTaken = false
        if buffer.capacity > GatewayLimits.keptBufferBytes { buffer = ByteBuffer() } else { buffer.clear() }
    }
}
