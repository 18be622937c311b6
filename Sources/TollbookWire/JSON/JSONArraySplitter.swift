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

    /// A piece of an element that is too large to be held.
    package struct Part: Sendable {
        /// With what stands before the element, in its first part.
        package let raw: ByteBuffer
        /// The object's own bytes in it.
        package let value: ByteBuffer
        /// Whether the element ends with it.
        package let isLast: Bool
    }

    private let elementLimit: Int
    private let partsLargeElements: Bool
    /// Whether an element past the limit is handed out in parts, by `nextPart()`.
    package private(set) var isInLargeElement = false
    private var scanner = JSONScanner()
    private var visitor = Visitor()
    /// Bytes that were not handed out yet, and the absolute offset of the first.
    private var held = ByteBuffer()
    private var heldStart = 0
    /// Told once the elements before it are handed out.
    private var failure: WireError?

    /// - Parameters:
    ///   - elementLimit: bytes one element may have, with those before it.
    ///   - partsLargeElements: whether larger ones are handed out in parts, rather than refused.
    package init(elementLimit: Int = WireLimits.sseEventBytes, partsLargeElements: Bool = false) {
        self.elementLimit = elementLimit
        self.partsLargeElements = partsLargeElements
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
                if partsLargeElements, visitor.openStart != nil {
                    isInLargeElement = true
                    return nil
                }
                let tooLarge = WireError(.eventTooLarge, at: heldStart)
                failure = tooLarge
                throw tooLarge
            }
            return nil
        }
        // One that is whole now has at most a read more than the limit.
        guard end - heldStart <= elementLimit || partsLargeElements, let raw = held.readSlice(length: end - heldStart),
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

    /// The next part of an element that is too large to be held; nil when more bytes are needed.
    ///
    /// - Precondition: `isInLargeElement`, which is false behind its last part.
    /// - Throws: what is wrong with the array, once the bytes before the fault's read were handed out, and ever after.
    package mutating func nextPart() throws(WireError) -> Part? {
        if let (start, end) = visitor.elements.popFirst() {
            isInLargeElement = false
            return part(from: start, to: end, isLast: true)
        }
        if let failure { throw failure }
        guard held.readableBytes > 0, let start = visitor.openStart else { return nil }
        return part(from: start, to: heldStart + held.readableBytes, isLast: false)
    }

    private mutating func part(from start: Int, to end: Int, isLast: Bool) -> Part? {
        let first = heldStart
        guard let raw = held.readSlice(length: end - first) else { return nil }
        heldStart = end
        let before = max(0, start - first)
        let value = raw.getSlice(at: raw.readerIndex + before, length: raw.readableBytes - before) ?? ByteBuffer()
        if held.readableBytes == 0 || visitor.elements.isEmpty { held = ByteBuffer(bytes: held.readableBytesView) }
        return Part(raw: raw, value: value, isLast: isLast)
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
        /// Where the element begins that has not ended.
        private(set) var openStart: Int?

        mutating func begin(_ container: JSONContainer, at offset: Int, depth: Int) throws(WireError) {
            if depth == 1, container == .object { throw WireError(.jsonSyntax, at: offset) }
            if depth == 2, container == .array { throw WireError(.jsonSyntax, at: offset) }
            if depth == 2 { openStart = offset }
        }

        mutating func end(_ container: JSONContainer, at offset: Int, depth: Int) throws(WireError) {
            if depth == 2, let start = openStart {
                elements.append((start, offset))
                openStart = nil
            }
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
