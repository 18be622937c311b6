package import NIOCore

/// Takes requests off a client's connection, one after the other and no further than asked.
package struct RequestReader {
    /// What comes next of a request.
    package enum Part {
        case head(RequestHead)
        case body(ByteBuffer)
        case end
    }

    private var unread = UnreadBytes()
    /// nil: a head comes next.
    private var body: MessageBody?
    /// The last request's header lines, whose storage is used again once its call is over.
    private var lines = ByteBuffer()

    package init() {}

    /// Whether everything received has been taken.
    package var isEmpty: Bool { unread.isEmpty }

    /// Adds what was received.
    package mutating func append(_ bytes: ByteBuffer) {
        unread.append(bytes)
    }

    /// Forgets what was received.
    mutating func removeAll() {
        unread.removeAll()
    }

    /// The next part; nil until more is received. Body parts are never empty.
    ///
    /// - Throws: once; nothing can be read behind what is no request.
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

    private mutating func nextHead() throws(MessageFault) -> Part? {
        guard let bytes = try unread.takeHead() else {
            // What speaks another protocol may never send a line: it is told at once.
            if let first = unread.first, first != HeadByte.carriageReturn, !HeadByte.isToken(first) {
                throw .malformed
            }
            return nil
        }
        let storage = lines
        lines = ByteBuffer()
        let head = try RequestHead(bytes, lines: storage)
        lines = head.headers.forwarded
        body = MessageBody(head.framing)
        return .head(head)
    }
}
