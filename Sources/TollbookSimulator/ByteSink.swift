internal import NIOCore

/// Bytes being written: it grows, its memory is used again, and a write costs little more than the copy.
///
/// `ByteBuffer` checks for exclusive access and unique ownership at every write; with forty writes an answer and five
/// hundred events a stream, that was most of the simulator's time.
struct ByteSink: ~Copyable {
    /// Bytes written since ``clear()``.
    private(set) var count = 0
    private var capacity: Int
    private var base: UnsafeMutableRawPointer

    init(capacity: Int = 4096) {
        self.capacity = capacity
        base = .allocate(byteCount: capacity, alignment: 16)
    }

    deinit {
        base.deallocate()
    }

    /// Forgets the bytes; memory beyond a few pieces is given back, so that one large answer does not stay.
    mutating func clear() {
        count = 0
        if capacity > 4 * SimulatorLimits.pieceBytes {
            base.deallocate()
            capacity = 4096
            base = .allocate(byteCount: capacity, alignment: 16)
        }
    }

    /// Calls `body` with the bytes from `start` on; they are valid only within it.
    func withBytes<Result>(from start: Int = 0, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        body(UnsafeRawBufferPointer(start: base + start, count: count - start))
    }

    /// A copy of the bytes.
    var buffer: ByteBuffer { withBytes { ByteBuffer(bytes: $0) } }

    /// Literals come here: they need no reference counting.
    mutating func write(_ text: StaticString) {
        write(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func write(text: String) {
        var text = text
        text.withUTF8 { write(UnsafeRawBufferPointer($0)) }
    }

    mutating func write(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { write($0) }
    }

    mutating func write(_ bytes: ByteBuffer) {
        bytes.withUnsafeReadableBytes { write($0) }
    }

    @inline(__always)
    mutating func write(_ bytes: UnsafeRawBufferPointer) {
        reserve(bytes.count)
        guard let source = bytes.baseAddress else { return }
        (base + count).copyMemory(from: source, byteCount: bytes.count)
        count += bytes.count
    }

    /// Writes the three parts as one HTTP chunk (RFC 9112, 7.1).
    mutating func writeChunk(
        _ front: UnsafeRawBufferPointer, _ middle: UnsafeRawBufferPointer, _ back: UnsafeRawBufferPointer
    ) {
        let size = front.count + middle.count + back.count
        reserve(size + 20)
        var digits = 1
        while size >> (4 * digits) > 0 { digits += 1 }
        for place in 0..<digits {
            let digit = UInt8(truncatingIfNeeded: size >> (4 * (digits - 1 - place))) & 15
            (base + count + place).storeBytes(of: digit < 10 ? 48 + digit : 87 + digit, as: UInt8.self)
        }
        count += digits
        write("\r\n")
        write(front)
        write(middle)
        write(back)
        write("\r\n")
    }

    mutating func write(repeating byte: UInt8, count times: Int) {
        reserve(times)
        (base + count).initializeMemory(as: UInt8.self, repeating: byte, count: times)
        count += times
    }

    /// Writes a number of zero or more in decimal.
    mutating func writeDecimal(_ number: Int) {
        var width = 1
        var rest = number / 10
        while rest > 0 {
            width += 1
            rest /= 10
        }
        writeDigits(number, width: width)
    }

    /// Writes exactly `width` decimal digits, zeros in front; higher digits are cut off.
    mutating func writeDigits(_ number: Int, width: Int) {
        reserve(width)
        var rest = number
        for place in stride(from: width - 1, through: 0, by: -1) {
            (base + count + place).storeBytes(of: UInt8(48 + rest % 10), as: UInt8.self)
            rest /= 10
        }
        count += width
    }

    /// Overwrites one byte that has been written.
    mutating func set(_ byte: UInt8, at index: Int) {
        precondition(index >= 0 && index < count, "a byte that was never written")
        (base + index).storeBytes(of: byte, as: UInt8.self)
    }

    /// Moves the bytes from `start` to the end so that they begin at `target`; bytes between are left as they are.
    mutating func moveTail(from start: Int, to target: Int) {
        precondition(start >= 0 && start <= count && target >= 0, "a tail that was never written")
        let length = count - start
        reserve(max(0, target - start))
        (base + target).copyMemory(from: base + start, byteCount: length)
        count = target + length
    }

    /// Forgets the bytes from `start` on.
    mutating func truncate(to start: Int) {
        precondition(start >= 0 && start <= count, "bytes that were never written")
        count = start
    }

    @inline(__always)
    private mutating func reserve(_ more: Int) {
        if count + more > capacity { grow(more) }
    }

    private mutating func grow(_ more: Int) {
        capacity = max(capacity * 2, count + more)
        let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
        larger.copyMemory(from: base, byteCount: count)
        base.deallocate()
        base = larger
    }
}
