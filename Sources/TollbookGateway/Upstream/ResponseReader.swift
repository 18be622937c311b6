package import NIOCore

/// Takes answers off a provider's connection, one after the other.
package struct ResponseReader {
    /// What comes next of an answer.
    package enum Part {
        case head(ProviderAnswer)
        case body(ByteBuffer)
        case end
    }

    private var unread = UnreadBytes()
    /// nil: a head comes next.
    private var body: MessageBody?
    /// The last answer's header lines, whose storage is used again once its call is over.
    private var lines = ByteBuffer()

    package init() {}

    /// Whether everything received has been taken.
    package var isEmpty: Bool { unread.isEmpty }

    /// Whether the connection's end is that of the answer at hand.
    package var endsWithConnection: Bool { body?.endsWithConnection ?? false }

    /// Adds what was received.
    package mutating func append(_ bytes: ByteBuffer) {
        unread.append(bytes)
    }

    /// The next part; nil until more is received. Body parts are never empty.
    ///
    /// - Throws: once; nothing can be read behind what is no answer.
    package mutating func next() throws(MessageFault) -> Part? {
        guard body != nil else { return try nextHead() }
        switch try body?.next(&unread) {
        case .bytes(let bytes): return .body(bytes)
        case .end:
            body = nil
            return .end
        case .waits, nil: return nil
        }
    }

    /// Interim answers are dropped (RFC 9110, section 15.2), but for a change of protocol, which nobody asked for.
    private mutating func nextHead() throws(MessageFault) -> Part? {
        while let bytes = try unread.takeHead() {
            let storage = lines
            lines = ByteBuffer()
            let answer = try ProviderAnswer(bytes, lines: storage)
            lines = answer.forwarded
            guard answer.status >= 200 else {
                if answer.status == 101 { throw .malformed }
                continue
            }
            body = MessageBody(answer.framing)
            return .head(answer)
        }
        // What speaks another protocol may never send a line: it is told at once.
        if let first = unread.first, first != HeadByte.carriageReturn, first != UInt8(ascii: "H") { throw .malformed }
        return nil
    }
}
