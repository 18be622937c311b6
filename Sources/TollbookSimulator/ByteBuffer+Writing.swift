internal import NIOCore

extension ByteBuffer {
    /// Writes a number of zero or more in decimal.
    mutating func writeDecimal(_ number: Int) {
        guard number > 9 else {
            writeInteger(UInt8(48 + max(0, number)))
            return
        }
        writeDigits(number, width: String(number).utf8.count)
    }

    /// Writes exactly `width` decimal digits, zeros in front; higher digits are cut off.
    mutating func writeDigits(_ number: Int, width: Int) {
        writeWithUnsafeMutableBytes(minimumWritableBytes: width) { bytes in
            var rest = number
            for index in stride(from: width - 1, through: 0, by: -1) {
                bytes[index] = UInt8(48 + rest % 10)
                rest /= 10
            }
            return width
        }
    }

    /// Writes the readable bytes of `other` and leaves them readable there.
    mutating func writeCopy(of other: ByteBuffer) {
        writeImmutableBuffer(other)
    }
}
