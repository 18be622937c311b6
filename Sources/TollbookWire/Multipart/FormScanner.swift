/// Told what a `FormScanner` meets, in the order of the body.
protocol FormVisitor {
    /// - Parameter offset: of the part's first byte of content, from the body's start.
    mutating func beginPart(_ head: FormPartHead, at offset: Int) throws(WireError)
    /// A piece of the part's content; a part has any number of them.
    mutating func partBytes(_ bytes: UnsafeRawBufferPointer)
    /// - Parameter offset: just past the content.
    mutating func endPart(at offset: Int) throws(WireError)
}

/// Cuts a multipart/form-data body into its parts while it arrives, at any split; keeps nothing of their contents.
///
/// Strict where servers differ (RFC 2046 and 7578): nothing stands before the first delimiter, a delimiter is followed
/// by a line end at once, lines end with CR LF. What stands behind the last delimiter is passed over.
struct FormScanner: Sendable {
    private enum State {
        /// Before the first delimiter, whose line end the body does not have.
        case preamble
        /// Behind a delimiter.
        case delimited
        /// The delimiter was followed by the first byte of these two.
        case closing(UInt8)
        case headers
        case content
        case ended
    }

    /// Bytes scanned so far.
    private(set) var offset = 0
    private var state = State.preamble
    private let delimiter: [UInt8]
    /// Bytes of the delimiter that the newest bytes are.
    private var matched = 2
    private var headers: [UInt8] = []
    private var parts = 0
    private var error: WireError?

    init(_ boundary: FormBoundary) {
        delimiter = boundary.delimiter
    }

    /// Scans the next bytes.
    ///
    /// - Throws: `malformed_form`, `form_too_large`, what the visitor throws; the same again once it has thrown.
    mutating func feed(_ bytes: UnsafeRawBufferPointer, to visitor: inout some FormVisitor) throws(WireError) {
        if let error { throw error }
        do throws(WireError) {
            var position = 0
            while position < bytes.count {
                position = try step(bytes, from: position, to: &visitor)
            }
        } catch {
            self.error = error
            throw error
        }
        offset += bytes.count
    }

    /// Ends the body.
    func finish() throws(WireError) {
        if let error { throw error }
        guard case .ended = state else { throw WireError(.malformedForm, at: offset) }
    }

    /// Takes bytes, or changes the state; returns the position behind what it took.
    private mutating func step(
        _ bytes: UnsafeRawBufferPointer, from position: Int, to visitor: inout some FormVisitor
    ) throws(WireError) -> Int {
        switch state {
        case .preamble: return try match(bytes, from: position, to: &visitor)
        case .content: return try content(bytes, from: position, to: &visitor)
        case .delimited:
            state = .closing(bytes[position])
            return position + 1
        case .closing(let first):
            try close(first, bytes[position], at: offset + position)
            return position + 1
        case .headers: return try header(bytes, from: position, to: &visitor)
        case .ended: return bytes.count
        }
    }

    private mutating func close(_ first: UInt8, _ second: UInt8, at offset: Int) throws(WireError) {
        switch (first, second) {
        case (UInt8(ascii: "-"), UInt8(ascii: "-")): state = .ended
        case (0x0D, 0x0A):
            parts += 1
            guard parts <= WireLimits.formParts else { throw WireError(.formTooLarge, at: offset) }
            headers.removeAll(keepingCapacity: true)
            state = .headers
        default: throw WireError(.malformedForm, at: offset)
        }
    }

    /// Collects a part's headers up to their empty line.
    private mutating func header(
        _ bytes: UnsafeRawBufferPointer, from position: Int, to visitor: inout some FormVisitor
    ) throws(WireError) -> Int {
        let byte = bytes[position]
        headers.append(byte)
        let end = offset + position + 1
        guard byte == 0x0A, headers.suffix(4).elementsEqual([0x0D, 0x0A, 0x0D, 0x0A]) else {
            guard headers.count < WireLimits.formHeaderBytes else { throw WireError(.formTooLarge, at: end) }
            return position + 1
        }
        guard let head = FormPartHead(headers.dropLast(4)) else { throw WireError(.malformedForm, at: end) }
        try visitor.beginPart(head, at: end)
        state = .content
        matched = 0
        return position + 1
    }

    /// Passes content on up to the next byte that may begin a delimiter.
    private mutating func content(
        _ bytes: UnsafeRawBufferPointer, from position: Int, to visitor: inout some FormVisitor
    ) throws(WireError) -> Int {
        guard matched == 0, let base = bytes.baseAddress else {
            return try match(bytes, from: position, to: &visitor)
        }
        var end = position
        // Line feeds are content.
        repeat {
            end = ByteSearch.endOfLine(base, from: end, to: bytes.count)
            if end < bytes.count, bytes[end] == 0x0D { break }
            end = min(end + 1, bytes.count)
        } while end < bytes.count
        visitor.partBytes(UnsafeRawBufferPointer(rebasing: bytes[position..<end]))
        guard end < bytes.count else { return end }
        matched = 1
        return end + 1
    }

    /// Compares bytes with the rest of the delimiter.
    private mutating func match(
        _ bytes: UnsafeRawBufferPointer, from position: Int, to visitor: inout some FormVisitor
    ) throws(WireError) -> Int {
        guard bytes[position] == delimiter[matched] else {
            guard case .content = state else { throw WireError(.malformedForm, at: offset + position) }
            // A carriage return stands only at the delimiter's start, so nothing of what matched can begin another.
            delimiter.withUnsafeBytes { visitor.partBytes(UnsafeRawBufferPointer(rebasing: $0[..<matched])) }
            matched = 0
            return position
        }
        matched += 1
        guard matched == delimiter.count else { return position + 1 }
        if case .content = state { try visitor.endPart(at: offset + position + 1 - delimiter.count) }
        state = .delimited
        return position + 1
    }
}
