internal import NIOCore
internal import TollbookWire

/// Takes in a stream that has a JSON value on each line, passes the lines on, and keeps back the one that calls itself
/// the last: it waits for the one behind it, or for the commit.
struct LineStreamIntake {
    private(set) var reader = MediaStreamReader(.passed, imagesAsked: 1)
    private var splitter = LineSplitter()
    /// Lines to pass on.
    private var released = ByteBuffer()
    private var keptBack: ByteBuffer?
    /// Whether a line came.
    private(set) var hasContent = false
    /// What ends the stream; nil until it has ended, or where nothing of it was kept back.
    private(set) var terminalEvent: ByteBuffer?

    /// Reads bytes of the stream.
    mutating func read(_ bytes: ByteBuffer) {
        splitter.append(bytes)
        while let line = splitter.next() {
            let kind = line.isWhole ? reader.read(line: line.raw) : .content
            pass(on: line.raw, isLast: kind == .done)
        }
    }

    private mutating func pass(on raw: ByteBuffer, isLast: Bool) {
        hasContent = true
        if let keptBack { release(keptBack) }
        keptBack = nil
        if isLast { keptBack = raw } else { release(raw) }
    }

    private mutating func release(_ raw: ByteBuffer) {
        if released.readableBytes == 0 { released = raw } else { released.writeImmutableBuffer(raw) }
    }

    /// Ends the stream; a last line without its line end is one all the same.
    mutating func finish() {
        if let rest = splitter.finish() {
            _ = reader.read(line: rest)
            pass(on: rest, isLast: true)
        }
        terminalEvent = keptBack
        keptBack = nil
    }

    /// Bytes to pass on; nil when there are none left.
    mutating func takeRun() -> ByteBuffer? {
        guard released.readableBytes > 0 else { return nil }
        defer { released = ByteBuffer() }
        return released
    }
}
