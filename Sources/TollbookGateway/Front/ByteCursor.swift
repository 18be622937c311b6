internal import NIOCore
internal import TollbookCore

/// Writes text into memory that is large enough: one look at a buffer's capacity for a whole head, where
/// `ByteBuffer`'s own writes take one each (measured: a third of what an answer cost).
struct ByteCursor {
    private let base: UnsafeMutableRawPointer?
    private let capacity: Int
    private(set) var count = 0

    fileprivate init(_ memory: UnsafeMutableRawBufferPointer) {
        base = memory.baseAddress
        capacity = memory.count
    }

    @inline(__always)
    private mutating func write(_ start: UnsafePointer<UInt8>, _ length: Int) {
        // The caller states the capacity; running past it is its error, not the client's.
        precondition(length <= capacity &- count, "the stated capacity covers what is written")
        base?.advanced(by: count).copyMemory(from: start, byteCount: length)
        count &+= length
    }

    @inline(__always)
    mutating func write(_ text: StaticString) {
        write(text.utf8Start, text.utf8CodeUnitCount)
    }

    @inline(__always)
    mutating func write(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            guard let start = bytes.baseAddress else { return }
            write(start, bytes.count)
        }
    }

    @inline(__always)
    mutating func write(_ bytes: ByteBuffer) {
        bytes.withUnsafeReadableBytes { bytes in
            guard let start = bytes.baseAddress else { return }
            write(start.assumingMemoryBound(to: UInt8.self), bytes.count)
        }
    }

    @inline(__always)
    mutating func write(_ byte: UInt8) {
        precondition(count < capacity, "the stated capacity covers what is written")
        base?.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        count &+= 1
    }

    /// A request's id in its text form.
    mutating func write(_ id: RequestID) {
        precondition(RequestID.textBytes <= capacity &- count, "the stated capacity covers what is written")
        id.writeText(to: UnsafeMutableRawBufferPointer(start: base?.advanced(by: count), count: RequestID.textBytes))
        count &+= RequestID.textBytes
    }

    /// `name: value` and the line's end.
    @inline(__always)
    mutating func writeHeader(_ name: StaticString, _ value: String) {
        write(name)
        write(": ")
        write(value)
        write("\r\n")
    }

    /// A number that is not negative.
    mutating func writeDecimal(_ number: UInt64) {
        var divisor: UInt64 = 1
        while number / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            write(UInt8(ascii: "0") + UInt8(number / divisor % 10))
            divisor /= 10
        }
    }

    /// Nano-units as a decimal with nine places, as `NanoAmount.decimalText` has it.
    mutating func writeDecimal(nano: Int64) {
        if nano < 0 { write(UInt8(ascii: "-")) }
        writeDecimal(nano.magnitude / 1_000_000_000)
        write(UInt8(ascii: "."))
        var divisor: UInt64 = 100_000_000
        while divisor > 0 {
            write(UInt8(ascii: "0") + UInt8(nano.magnitude / divisor % 10))
            divisor /= 10
        }
    }

    /// A number that is not negative, in hexadecimal.
    mutating func writeHexadecimal(_ number: Int) {
        var shift = max(0, (64 - number.leadingZeroBitCount + 3) / 4 * 4 - 4)
        while shift >= 0 {
            let digit = UInt8(truncatingIfNeeded: number >> shift) & 15
            write(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
            shift -= 4
        }
    }
}

extension ByteBuffer {
    /// Writes at most `capacity` bytes.
    @inline(__always)
    mutating func write(atMost capacity: Int, _ body: (inout ByteCursor) -> Void) {
        writeWithUnsafeMutableBytes(minimumWritableBytes: capacity) { memory in
            var cursor = ByteCursor(memory)
            body(&cursor)
            return cursor.count
        }
    }

    /// Appends a header line.
    mutating func writeHeaderLine(_ name: String, _ value: String) {
        write(atMost: name.utf8.count + value.utf8.count + 4) { cursor in
            cursor.write(name)
            cursor.write(": ")
            cursor.write(value)
            cursor.write("\r\n")
        }
    }
}
