/// A header of an event stream's message.
///
/// https://docs.aws.amazon.com/transcribe/latest/dg/event-stream.html, "Event stream encoding"
package struct EventStreamHeader: Equatable, Sendable {
    /// A value of one of the ten types.
    package enum Value: Equatable, Sendable {
        case bool(Bool)
        case byte(Int8)
        case int16(Int16)
        case int32(Int32)
        case int64(Int64)
        case bytes([UInt8])
        case string(String)
        /// Milliseconds since 1970.
        case timestamp(Int64)
        /// 16 bytes.
        case uuid([UInt8])
    }

    /// 1 to 255 bytes.
    package let name: String
    package let value: Value

    package init(_ name: String, _ value: Value) {
        self.name = name
        self.value = value
    }
}

/// Walks through the headers of a message where they lie.
struct EventStreamHeaderCursor {
    /// A header whose parts are given by their places.
    struct Entry {
        let name: Range<Int>
        /// 0 to 9.
        let type: UInt8
        /// Without its length.
        let value: Range<Int>

        /// The type of strings.
        static let string: UInt8 = 7
    }

    private let bytes: UnsafeRawBufferPointer
    private var position: Int
    private let end: Int

    /// - Parameter range: where the headers stand in the bytes.
    init(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
    }

    /// The next header; nil behind the last one.
    ///
    /// - Throws: `malformed_event` for what is none.
    mutating func next() throws(WireError) -> Entry? {
        guard position < end else { return nil }
        let name = try take(Int(bytes[position]), behind: 1)
        guard !name.isEmpty, position < end else { throw WireError(.malformedEvent, at: position) }
        let type = bytes[position]
        let value: Range<Int> =
            switch type {
            case 0, 1: try take(0, behind: 1)
            case 2: try take(1, behind: 1)
            case 3: try take(2, behind: 1)
            case 4: try take(4, behind: 1)
            case 5, 8: try take(8, behind: 1)
            case 9: try take(16, behind: 1)
            case 6, 7: try take(try length(), behind: 3)
            default: throw WireError(.malformedEvent, at: position)
            }
        return Entry(name: name, type: type, value: value)
    }

    /// The length that stands behind the type of bytes and strings.
    private func length() throws(WireError) -> Int {
        guard position + 3 <= end else { throw WireError(.malformedEvent, at: position) }
        return Int(bytes[position + 1]) << 8 | Int(bytes[position + 2])
    }

    /// Moves over `skipped` bytes and so many of a name or value, and says where these stand.
    private mutating func take(_ count: Int, behind skipped: Int) throws(WireError) -> Range<Int> {
        let start = position + skipped
        guard start + count <= end else { throw WireError(.malformedEvent, at: position) }
        position = start + count
        return start..<start + count
    }
}
