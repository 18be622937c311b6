/// The lines of an event, without their ends; CRLF, LF and CR end a line.
struct SSELines {
    private let bytes: UnsafeRawBufferPointer
    private var position: Int

    init(_ bytes: UnsafeRawBufferPointer, from position: Int) {
        self.bytes = bytes
        self.position = position
    }

    /// The next line's bytes, also one without an end; nil when there is none left.
    mutating func next() -> Range<Int>? {
        guard position < bytes.count, let base = bytes.baseAddress else { return nil }
        let start = position
        let end = ByteSearch.endOfLine(base, from: start, to: bytes.count)
        position = end + 1
        if end + 1 < bytes.count, bytes[end] == 0x0D, bytes[end + 1] == 0x0A { position = end + 2 }
        return start..<end
    }
}

/// A line of an event that Tollbook reads.
struct SSEField {
    enum Kind {
        case data
        case event
    }

    let kind: Kind
    /// The value's bytes, without the one space after the colon.
    let value: Range<Int>

    /// Reads a line; nil for comments, other fields and blank lines.
    @inline(__always)
    init?(_ bytes: UnsafeRawBufferPointer, _ line: Range<Int>) {
        guard line.count >= 4 else { return nil }
        var nameEnd = line.lowerBound
        if Self.begins(bytes, line, "data") {
            kind = .data
            nameEnd += 4
        } else if Self.begins(bytes, line, "event") {
            kind = .event
            nameEnd += 5
        } else {
            return nil
        }
        guard nameEnd < line.upperBound else {
            value = nameEnd..<nameEnd
            return
        }
        guard bytes[nameEnd] == UInt8(ascii: ":") else { return nil }
        nameEnd += 1
        if nameEnd < line.upperBound, bytes[nameEnd] == UInt8(ascii: " ") { nameEnd += 1 }
        value = nameEnd..<line.upperBound
    }

    @inline(__always)
    private static func begins(_ bytes: UnsafeRawBufferPointer, _ line: Range<Int>, _ name: StaticString) -> Bool {
        guard line.count >= name.utf8CodeUnitCount else { return false }
        for index in 0..<name.utf8CodeUnitCount
        where bytes[line.lowerBound &+ index] != name.utf8Start[index] { return false }
        return true
    }
}
