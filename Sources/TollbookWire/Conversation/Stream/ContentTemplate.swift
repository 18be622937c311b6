internal import NIOCore

/// What the last chunk of plain text looked like around its text: most chunks of a stream differ in that alone, and
/// need no parse then.
struct ContentTemplate: Sendable {
    private var prefix = ByteBuffer()
    private var suffix = ByteBuffer()

    /// Expects the next chunk to look like this one, whose text stands at `range` between its quotes.
    mutating func learn(_ data: ByteBuffer, text range: Range<Int>) {
        guard !matches(data, upTo: range.lowerBound, from: range.upperBound) else { return }
        prefix.clear()
        suffix.clear()
        data.withUnsafeReadableBytes { bytes in
            guard range.upperBound <= bytes.count else { return }
            prefix.writeBytes(bytes[..<range.lowerBound])
            suffix.writeBytes(bytes[range.upperBound...])
        }
    }

    /// The text of a chunk that looks alike; nil for others.
    func text(of data: ByteBuffer) -> JSONText? {
        let start = prefix.readableBytes
        let end = data.readableBytes - suffix.readableBytes
        guard start > 0, end >= start, matches(data, upTo: start, from: end),
            data.withUnsafeReadableBytes({ Self.isContent($0, start, end) })
        else { return nil }
        return data.getSlice(at: data.readerIndex + start, length: end - start).map { JSONText(escaped: $0) }
    }

    private func matches(_ data: ByteBuffer, upTo start: Int, from end: Int) -> Bool {
        guard prefix.readableBytes == start, suffix.readableBytes == data.readableBytes - end else { return false }
        return data.withUnsafeReadableBytes { data in
            prefix.withUnsafeReadableBytes { prefix in
                suffix.withUnsafeReadableBytes { suffix in
                    guard let data = data.baseAddress, let prefix = prefix.baseAddress,
                        let end = suffix.baseAddress.map({ _ in data + end })
                    else { return false }
                    return ByteSearch.areEqual(data, prefix, start)
                        && suffix.baseAddress.map { ByteSearch.areEqual(end, $0, suffix.count) } ?? false
                }
            }
        }
    }

    /// Whether the bytes are the content of one valid JSON string: no quote stands alone, no escape is broken.
    private static func isContent(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int) -> Bool {
        guard let base = bytes.baseAddress else { return false }
        var position = start
        while true {
            position = ByteSearch.endOfPlainText(base, from: position, to: end)
            if position == end { return true }
            if bytes[position] == UInt8(ascii: "\\") {
                guard let length = escapeLength(bytes, position + 1, end) else { return false }
                position += 1 + length
            } else {
                guard bytes[position] >= 0x80, UTF8Tail.skipCharacter(base, &position, end) else { return false }
            }
        }
    }

    /// The bytes of an escape after its backslash; nil if it is none.
    private static func escapeLength(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int) -> Int? {
        guard start < end else { return nil }
        if JSONScanner.plainEscape(bytes[start]) != nil { return 1 }
        guard bytes[start] == UInt8(ascii: "u"), start + 4 < end else { return nil }
        var digits = JSONUnicodeEscape()
        for index in start + 1...start + 4 where !digits.take(bytes[index]) { return nil }
        return 5
    }
}
