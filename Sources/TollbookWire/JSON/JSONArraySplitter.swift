package import NIOCore

/// Splits a byte stream that is one JSON array of objects into its elements, at any split of the reads.
///
/// The array is validated as it comes. Bytes between elements belong to the element behind them, the bracket that opens
/// the array to the first: the raw bytes of all elements and of the tail together are the stream.
package struct JSONArraySplitter: Sendable {
    /// An element as it stands in the stream.
    package struct Element: Sendable {
        /// With what stands before it.
        package let raw: ByteBuffer
        /// The object's own bytes.
        package let value: ByteBuffer
    }

    private let elementLimit: Int
    private var scanner = JSONScanner()
    private var visitor = Visitor()
    /// Bytes that were not handed out yet, and the absolute offset of the first.
    private var held = ByteBuffer()
    private var heldStart = 0
    /// Told once the elements before it are handed out.
    private var failure: WireError?

    /// - Parameter elementLimit: bytes one element may have, with those before it.
    package init(elementLimit: Int = WireLimits.sseEventBytes) {
        self.elementLimit = elementLimit
    }

    /// Whether the array has been closed.
    package var isClosed: Bool { visitor.isClosed }

    /// Bytes held that are not part of an element handed out.
    package var pendingBytes: Int { held.readableBytes }

    /// Takes the next read.
    package mutating func append(_ read: ByteBuffer) {
        guard failure == nil else { return }
        do throws(WireError) {
            try read.withUnsafeReadableBytes { (bytes) throws(WireError) in try scanner.feed(bytes, to: &visitor) }
        } catch {
            failure = error
        }
        if held.readableBytes == 0 { held = read } else { held.writeImmutableBuffer(read) }
    }

    /// The next whole element; nil when more bytes are needed.
    ///
    /// - Throws: what is wrong with the array, once the elements before the fault were handed out, and ever after.
    package mutating func next() throws(WireError) -> Element? {
        guard let (start, end) = visitor.elements.popFirst() else {
            if let failure { throw failure }
            if held.readableBytes > elementLimit {
                let tooLarge = WireError(.eventTooLarge, at: heldStart)
                failure = tooLarge
                throw tooLarge
            }
            return nil
        }
        guard end - heldStart <= elementLimit, let raw = held.readSlice(length: end - heldStart),
            let value = raw.getSlice(at: raw.readerIndex + start - heldStart, length: end - start)
        else {
            let tooLarge = WireError(.eventTooLarge, at: heldStart)
            failure = tooLarge
            visitor.elements = []
            throw tooLarge
        }
        heldStart = end
        // What is left of a read must not pin it whole, nor grow behind what was read of it.
        if visitor.elements.isEmpty { held = ByteBuffer(bytes: held.readableBytesView) }
        return Element(raw: raw, value: value)
    }

    /// Ends the stream: the bytes behind the last element.
    package mutating func finish() -> ByteBuffer {
        defer { held = ByteBuffer() }
        return held
    }

    /// Where the elements stand: depth 1 is the array, 2 an element.
    private struct Visitor: JSONVisitor, Sendable {
        /// Absolute bytes of whole elements that were not handed out yet; as many as one read has.
        var elements: ArraySlice<(start: Int, end: Int)> = []
        private(set) var isClosed = false
        private var start = 0

        mutating func begin(_ container: JSONContainer, at offset: Int, depth: Int) throws(WireError) {
            if depth == 1, container == .object { throw WireError(.jsonSyntax, at: offset) }
            if depth == 2, container == .array { throw WireError(.jsonSyntax, at: offset) }
            if depth == 2 { start = offset }
        }

        mutating func end(_ container: JSONContainer, at offset: Int, depth: Int) throws(WireError) {
            if depth == 2 { elements.append((start, offset)) }
            if depth == 1 { isClosed = true }
        }

        mutating func beginString(at offset: Int, depth: Int) throws(WireError) {
            if depth < 2 { throw WireError(.jsonSyntax, at: offset) }
        }

        mutating func beginNumber(at offset: Int, depth: Int) throws(WireError) {
            if depth < 2 { throw WireError(.jsonSyntax, at: offset) }
        }

        mutating func literal(_ literal: JSONLiteral, range: Range<Int>, depth: Int) throws(WireError) {
            if depth < 2 { throw WireError(.jsonSyntax, at: range.lowerBound) }
        }
    }
}
