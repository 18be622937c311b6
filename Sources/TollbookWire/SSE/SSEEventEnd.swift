/// Finds the blank line that ends an event, resumable at any byte.
struct SSEEventEnd: Sendable {
    /// Whether the current line has no byte yet.
    private var isLineEmpty = true
    /// Whether the last byte was the CR of a line's end, so that an LF may belong to it.
    private var isLineFeedPossible = false
    private var endedWithCRLF = false
    /// Whether all is there but, maybe, the LF of the blank line's CRLF.
    private(set) var isBlankLinePending = false

    /// Examines the next bytes; gives how many of them belong to the event if it ends in them.
    mutating func find(_ bytes: UnsafeRawBufferPointer) -> Int? {
        guard let base = bytes.baseAddress else { return nil }
        var position = 0
        if isLineFeedPossible, !bytes.isEmpty {
            isLineFeedPossible = false
            endedWithCRLF = bytes[0] == UInt8(ascii: "\n")
            if endedWithCRLF { position = 1 }
            if isBlankLinePending { return position }
        }
        while position < bytes.count {
            let end = ByteSearch.endOfLine(base, from: position, to: bytes.count)
            let isBlank = isLineEmpty && end == position
            guard end < bytes.count else {
                isLineEmpty = false
                return nil
            }
            isLineEmpty = true
            position = end + 1
            if bytes[end] == UInt8(ascii: "\r") {
                guard position < bytes.count else { return endWithCarriageReturn(isBlank, position) }
                endedWithCRLF = bytes[position] == UInt8(ascii: "\n")
                if endedWithCRLF { position += 1 }
            } else {
                endedWithCRLF = false
            }
            if isBlank { return position }
        }
        return nil
    }

    /// A line ended with the CR that is the last byte at hand.
    private mutating func endWithCarriageReturn(_ isBlank: Bool, _ position: Int) -> Int? {
        if isBlank, !endedWithCRLF { return position }
        isLineFeedPossible = true
        isBlankLinePending = isBlank
        return nil
    }
}

/// The event that nearly all streams consist of: one `data` line and a blank line, at the front of the bytes.
struct SSESimpleEvent {
    let length: Int
    /// The value of the `data` line.
    let data: Range<Int>

    @inline(__always)
    init?(_ bytes: UnsafeRawBufferPointer) {
        // "data" as a word, the first byte lowest.
        guard bytes.count > 8, let base = bytes.baseAddress,
            UInt32(littleEndian: base.loadUnaligned(as: UInt32.self)) == 0x6174_6164, bytes[4] == UInt8(ascii: ":")
        else { return nil }
        let end = ByteSearch.endOfLine(base, from: 5, to: bytes.count)
        if end + 1 < bytes.count, bytes[end] == UInt8(ascii: "\n"), bytes[end + 1] == UInt8(ascii: "\n") {
            length = end + 2
        } else if end + 3 < bytes.count, bytes[end] == UInt8(ascii: "\r"), bytes[end + 1] == UInt8(ascii: "\n"),
            bytes[end + 2] == UInt8(ascii: "\r"), bytes[end + 3] == UInt8(ascii: "\n")
        {
            length = end + 4
        } else {
            return nil
        }
        let start = bytes[5] == UInt8(ascii: " ") ? 6 : 5
        data = min(start, end)..<end
    }
}
