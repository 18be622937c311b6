internal import NIOCore

/// A plain body, part of which may be one letter many times over that is never held in memory.
struct AnswerBody: Sendable {
    private var front: ByteBuffer
    private var filler: Int
    private var back: ByteBuffer

    /// A body held whole.
    init(_ bytes: ByteBuffer) {
        self.init(front: bytes, filler: 0, back: ByteBuffer())
    }

    /// `front`, then `filler` letters, then `back`.
    init(front: ByteBuffer, filler: Int, back: ByteBuffer) {
        self.front = front
        self.filler = filler
        self.back = back
    }

    /// Bytes not yet moved.
    var count: Int { front.readableBytes + filler + back.readableBytes }

    /// Moves at most `limit` bytes to the end of `sink`.
    ///
    /// - Returns: how many were moved; less than `limit` when the body ended.
    mutating func move(upTo limit: Int, into sink: inout ByteSink) -> Int {
        var rest = limit
        rest -= Self.move(&front, upTo: rest, into: &sink)
        let letters = min(rest, filler)
        sink.write(repeating: Self.letter, count: letters)
        filler -= letters
        rest -= letters
        rest -= Self.move(&back, upTo: rest, into: &sink)
        return limit - rest
    }

    /// What ``filler`` repeats.
    static let letter = UInt8(ascii: "a")

    private static func move(_ part: inout ByteBuffer, upTo limit: Int, into sink: inout ByteSink) -> Int {
        guard let slice = part.readSlice(length: min(limit, part.readableBytes)) else { return 0 }
        sink.write(slice)
        return slice.readableBytes
    }
}
