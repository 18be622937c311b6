internal import NIOCore

/// A message's body while it is taken off its connection (RFC 9112, sections 6 and 7).
struct MessageBody {
    /// How the end of a body is told.
    enum Framing: Equatable {
        /// So many bytes; 0: there is no body.
        case length(Int)
        case chunked
        /// The connection's end, which only an answer may use.
        case untilClose
    }

    /// What comes next of a body.
    enum Step {
        case bytes(ByteBuffer)
        case end
        /// Nothing until more is received.
        case waits
    }

    private enum State {
        /// Within content of which so many bytes are left.
        case content(Int)
        /// Within a chunk of which so many bytes are left.
        case chunk(Int)
        case chunkEnd
        case chunkSize
        case trailers
        case untilClose
        case done
    }

    private var state: State

    init(_ framing: Framing) {
        switch framing {
        case .length(let length): state = .content(length)
        case .chunked: state = .chunkSize
        case .untilClose: state = .untilClose
        }
    }

    /// Whether the connection's end is the body's.
    var endsWithConnection: Bool {
        if case .untilClose = state { true } else { false }
    }

    mutating func next(_ unread: inout UnreadBytes) throws(MessageFault) -> Step {
        while true {
            switch state {
            case .content(0), .done:
                state = .done
                return .end
            case .content(let left):
                guard let bytes = unread.take(atMost: left) else { return .waits }
                state = .content(left - bytes.readableBytes)
                return .bytes(bytes)
            case .untilClose: return unread.take(atMost: .max).map { .bytes($0) } ?? .waits
            case .chunk(let left):
                guard let bytes = unread.take(atMost: left) else { return .waits }
                state = bytes.readableBytes < left ? .chunk(left - bytes.readableBytes) : .chunkEnd
                return .bytes(bytes)
            case .chunkEnd, .chunkSize, .trailers: guard try frame(&unread) else { return .waits }
            }
        }
    }

    /// Reads what stands between chunks; false: it has not come yet.
    private mutating func frame(_ unread: inout UnreadBytes) throws(MessageFault) -> Bool {
        if case .trailers = state {
            guard let trailers = try unread.takeTrailers() else { return false }
            try Self.check(trailers)
            state = .done
            return true
        }
        // Chunks are small for the most part: a long line here is no use but to make others read it.
        guard let line = try unread.takeLine(limit: GatewayLimits.chunkLineBytes) else { return false }
        if case .chunkEnd = state {
            guard line.readableBytes == 2 else { throw .malformed }
            state = .chunkSize
            return true
        }
        let size = try line.withUnsafeReadableBytes { (bytes) throws(MessageFault) in try Self.size(bytes) }
        state = size == 0 ? .trailers : .chunk(size)
        return true
    }

    /// The size that a chunk's line begins with; extensions behind it are ignored.
    private static func size(_ line: UnsafeRawBufferPointer) throws(MessageFault) -> Int {
        var size = 0
        var position = 0
        while let digit = PercentText.hexValue(line[position]) {
            // 15 digits fit, and are more than any memory.
            guard position < 15 else { throw .malformed }
            size = size << 4 | Int(digit)
            position += 1
        }
        guard position > 0 else { throw .malformed }
        // Blanks before the semicolon are bad form that some senders have (RFC 9112, section 7.1.1).
        while line[position] == HeadByte.space || line[position] == HeadByte.tab { position += 1 }
        guard line[position] == HeadByte.carriageReturn || line[position] == UInt8(ascii: ";") else {
            throw .malformed
        }
        return size
    }

    /// Trailers say nothing that Tollbook reads, but they must be fields.
    private static func check(_ trailers: ByteBuffer) throws(MessageFault) {
        try trailers.withUnsafeReadableBytes { (bytes) throws(MessageFault) in
            var cursor = HeadCursor(bytes)
            while try cursor.field() != nil {}
        }
    }
}
