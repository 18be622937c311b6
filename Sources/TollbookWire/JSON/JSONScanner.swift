/// Validates JSON (RFC 8259) chunk by chunk, resumable at any byte, and tells a visitor what it meets.
///
/// Strict: valid UTF-8, no byte order mark, exactly one value, no trailing commas. An escaped lone surrogate
/// (`"\ud800"`) is within the grammar and is told as U+FFFD. Memory does not grow with the text.
package struct JSONScanner: Sendable {
    /// Where the scanner stands between two bytes.
    enum State: UInt8, Sendable {
        /// Before a value.
        case value
        /// After `[`: a value or `]`.
        case firstElement
        /// After `{`: a name or `}`.
        case firstName
        /// After a comma in an object: a name.
        case nextName
        case colon
        /// After a value: a comma or the container's end; at the top, nothing but white space.
        case afterValue
        case string
        /// Inside a UTF-8 sequence of a string.
        case character
        /// After a backslash.
        case escape
        /// Inside the four digits of `\u`.
        case unicode
        case number
        case literal

        /// Whether the next byte stands between tokens, where white space may be.
        @inline(__always)
        var isStructural: Bool { rawValue <= Self.afterValue.rawValue }
    }

    let depthLimit: Int
    var state = State.value
    /// Open containers.
    var depth = 0
    /// One bit each of the open containers, the innermost lowest: 1 for an array.
    var arrays: UInt128 = 0
    /// Absolute offset of the chunk's first byte.
    private(set) var chunkStart = 0
    private(set) var failure: WireError?

    /// Whether the string being read is a member's name.
    var isName = false
    /// A name in pieces; empty while none was cut.
    var namePieces = JSONNamePieces()
    var character = UTF8Tail()
    var unicode = JSONUnicodeEscape()
    var number = JSONNumber.first
    var literal = JSONLiteralProgress()

    /// - Parameter depthLimit: containers that may be open at once, at most `WireLimits.jsonDepth`.
    package init(depthLimit: Int = WireLimits.jsonDepth) {
        precondition((1...WireLimits.jsonDepth).contains(depthLimit), "the depth limit is out of range")
        self.depthLimit = depthLimit
    }

    /// Bytes scanned so far, without error.
    package var offset: Int { chunkStart }

    /// Validates the next chunk.
    ///
    /// - Throws: `invalid_utf8`, `syntax`, `too_deep`; the same again once it has thrown.
    package mutating func validate(_ bytes: UnsafeRawBufferPointer) throws(WireError) {
        var visitor = JSONValidation()
        try feed(bytes, to: &visitor)
    }

    /// Ends the text.
    ///
    /// - Throws: `truncated` for an unfinished value, or what `validate` threw before.
    package mutating func finish() throws(WireError) {
        var visitor = JSONValidation()
        try finish(&visitor)
    }

    mutating func feed<Visitor: JSONVisitor>(
        _ bytes: UnsafeRawBufferPointer, to visitor: inout Visitor
    ) throws(WireError) {
        if let failure { throw failure }
        guard let base = bytes.baseAddress else { return }
        var position = 0
        do throws(WireError) {
            while position < bytes.count {
                try step(base, &position, bytes.count, &visitor)
            }
        } catch {
            failure = error
            throw error
        }
        chunkStart += bytes.count
    }

    mutating func finish<Visitor: JSONVisitor>(_ visitor: inout Visitor) throws(WireError) {
        if let failure { throw failure }
        do throws(WireError) {
            if state == .number, number.mayEnd { try endNumber(at: chunkStart, &visitor) }
            guard state == .afterValue, depth == 0 else { throw WireError(.truncatedJSON, at: chunkStart) }
        } catch {
            failure = error
            throw error
        }
    }

    /// Takes at least one byte, or changes the state.
    @inline(__always)
    private mutating func step<Visitor: JSONVisitor>(
        _ base: UnsafeRawPointer, _ position: inout Int, _ end: Int, _ visitor: inout Visitor
    ) throws(WireError) {
        switch state {
        case .string: try scanString(base, &position, end, &visitor)
        case .character: try scanCharacter(base, &position, end, &visitor)
        case .escape: try scanEscape(base, &position, &visitor)
        case .unicode: try scanUnicode(base, &position, &visitor)
        case .number: try scanNumber(base, &position, end, &visitor)
        case .literal: try scanLiteral(base, &position, end, &visitor)
        default: try scanStructure(base, &position, end, &visitor)
        }
    }

    func syntaxError(_ position: Int) -> WireError { WireError(.jsonSyntax, at: chunkStart + position) }
}
