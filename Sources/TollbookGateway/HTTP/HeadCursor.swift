/// Reads a whole head where it lies, piece by piece: the start line, then the fields, then nothing.
struct HeadCursor {
    /// A field of a head.
    struct Field {
        let name: HeadText
        /// Without the blanks around it.
        let value: HeadText
        /// Where the value stands in the head.
        let valueStart: Int
        /// Where the line stands in the head, its end included.
        let line: Range<Int>
    }

    private let bytes: UnsafeRawBufferPointer
    private var position = 0
    private var fields = 0

    /// - Parameter bytes: a head with the empty line that ends it; every CR has its LF, as `UnreadBytes` saw to.
    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    @inline(__always)
    private func text(_ start: Int, _ end: Int) -> HeadText {
        HeadText(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
    }

    /// Reads one byte or more of a class, and the byte behind them, which is left out.
    @inline(__always)
    private mutating func read(
        to end: UInt8, where belongs: (UInt8) -> Bool
    ) throws(MessageFault) -> HeadText {
        let start = position
        // The head's last byte belongs to no class, so this ends before it.
        while belongs(bytes[position]) { position &+= 1 }
        guard position > start, bytes[position] == end else { throw .malformed }
        position &+= 1
        return text(start, position &- 1)
    }

    /// Reads a method, or a status line's version.
    mutating func token() throws(MessageFault) -> HeadText {
        try read(to: HeadByte.space, where: HeadByte.isToken)
    }

    /// Reads a request's target.
    mutating func target() throws(MessageFault) -> HeadText {
        try read(to: HeadByte.space, where: HeadByte.isTarget)
    }

    /// Reads the bytes that must come next; false: others do, and nothing is read.
    mutating func skip(_ expected: StaticString) -> Bool {
        let count = expected.utf8CodeUnitCount
        guard position &+ count <= bytes.count, text(position, position &+ count).isExactly(expected) else {
            return false
        }
        position &+= count
        return true
    }

    /// Reads the three digits of a status; a reason may follow.
    mutating func status() throws(MessageFault) -> Int {
        let end = position &+ 3
        guard end < bytes.count, let status = text(position, end).number, status >= 100,
            bytes[end] == HeadByte.space || bytes[end] == HeadByte.carriageReturn
        else { throw .malformed }
        position = end
        return status
    }

    /// Reads what is left of a line, which must be made of value bytes.
    mutating func restOfLine() throws(MessageFault) {
        while HeadByte.isValue(bytes[position]) { position &+= 1 }
        try endOfLine()
    }

    @inline(__always)
    private mutating func endOfLine() throws(MessageFault) {
        guard bytes[position] == HeadByte.carriageReturn else { throw .malformed }
        position &+= 2
    }

    /// The next field; nil behind the last one. A line that continues the one before (obsolete folding) is refused,
    /// as blanks before the colon are: readers differ on them.
    mutating func field() throws(MessageFault) -> Field? {
        guard position &+ 2 < bytes.count else { return nil }
        fields &+= 1
        guard fields <= GatewayLimits.headFields else { throw .headTooLarge }
        let start = position
        let name = try read(to: UInt8(ascii: ":"), where: HeadByte.isToken)
        while isBlank(position) { position &+= 1 }
        let valueStart = position
        while HeadByte.isValue(bytes[position]) { position &+= 1 }
        var valueEnd = position
        while valueEnd > valueStart, isBlank(valueEnd &- 1) { valueEnd &-= 1 }
        try endOfLine()
        return Field(
            name: name, value: text(valueStart, valueEnd), valueStart: valueStart, line: start..<position)
    }

    @inline(__always)
    private func isBlank(_ index: Int) -> Bool {
        bytes[index] == HeadByte.space || bytes[index] == HeadByte.tab
    }
}
