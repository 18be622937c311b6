package import NIOCore

/// A piece of an event that is too large to be held.
package struct SSEEventPart: Sendable {
    /// As it came: a slice of what was read.
    package let bytes: ByteBuffer
    package let isFirst: Bool
    /// Whether the event ends with it.
    package let isLast: Bool
}

/// Finds the values of an event's `data` lines while the event comes, at any split of it.
struct SSEDataFilter: Sendable {
    private enum Place {
        /// So many bytes of a line that may be one of data.
        case name(Int)
        /// Behind the colon, where one space is no part of the value.
        case space
        case value
        /// In a line that is none of data.
        case other
    }

    private static let name = Array("data:".utf8)

    private var place = Place.name(0)
    private var lines = 0

    /// Hands out the values in the next bytes, lines joined by LF.
    mutating func read(_ bytes: ByteBuffer, _ take: (ByteBuffer) -> Void) {
        var rest = bytes
        while let byte = rest.getInteger(at: rest.readerIndex, as: UInt8.self) {
            switch place {
            case .name(let count):
                rest.moveReaderIndex(forwardBy: 1)
                readName(byte, count, take)
            case .space:
                if byte == UInt8(ascii: " ") { rest.moveReaderIndex(forwardBy: 1) }
                place = .value
            case .value, .other:
                let length = rest.withUnsafeReadableBytes { bytes in
                    bytes.baseAddress.map { ByteSearch.endOfLine($0, from: 0, to: bytes.count) } ?? 0
                }
                guard let line = rest.readSlice(length: length) else { return }
                if case .value = place, length > 0 { take(line) }
                if rest.readableBytes > 0 {
                    rest.moveReaderIndex(forwardBy: 1)
                    place = .name(0)
                }
            }
        }
    }

    private mutating func readName(_ byte: UInt8, _ count: Int, _ take: (ByteBuffer) -> Void) {
        if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
            place = .name(0)
        } else if byte != Self.name[count] {
            place = .other
        } else if count + 1 < Self.name.count {
            place = .name(count + 1)
        } else {
            if lines > 0 { take(ByteBuffer(staticString: "\n")) }
            lines += 1
            place = .space
        }
    }
}
