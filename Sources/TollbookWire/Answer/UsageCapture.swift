internal import NIOCore

/// Keeps the bytes of a usage object that chunks may cut, up to `WireLimits.usageBytes`.
struct UsageCapture: Sendable {
    /// The object's bytes; nil when it is missing, unfinished or too long.
    private(set) var usage: ByteBuffer?
    private var bytes = ByteBuffer()
    private var start = -1

    /// Takes the part of the object that is in a chunk.
    ///
    /// - Parameters:
    ///   - chunkStart: absolute offset of the chunk's first byte.
    ///   - range: the object's absolute bytes; empty while it is open, but for its start.
    mutating func take(_ chunk: UnsafeRawBufferPointer, at chunkStart: Int, range: Range<Int>, isOpen: Bool) {
        guard isOpen || !range.isEmpty else { return }
        if range.lowerBound != start {
            bytes.clear()
            start = range.lowerBound
            usage = nil
        } else if usage != nil {
            return
        }
        let from = max(0, range.lowerBound - chunkStart)
        let to = isOpen ? chunk.count : min(chunk.count, range.upperBound - chunkStart)
        guard from <= to, bytes.readableBytes + to - from <= WireLimits.usageBytes else { return }
        bytes.writeBytes(UnsafeRawBufferPointer(rebasing: chunk[from..<to]))
        if !isOpen, bytes.readableBytes == range.count { usage = bytes }
    }
}
