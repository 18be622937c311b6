package import NIOCore

/// A JSON value where it lies in a text that was validated: looked at when asked, never copied or re-rendered.
///
/// Going through members costs a pass over the value's bytes and no memory; nested values are passed over once a
/// level. Where a name comes twice, `member` gives the first: what is translated is written anew, so that nobody
/// after can read the other.
package struct JSONView: Sendable {
    /// What a value is.
    package enum Kind: Sendable {
        case object, array, string, number, bool, null
    }

    /// The value's bytes, from its first to its last.
    package let bytes: ByteBuffer
    /// Where it begins in the whole text.
    let offset: Int

    /// Validates a whole text.
    ///
    /// - Throws: what `JSONScanner` throws.
    package init(_ text: ByteBuffer) throws(WireError) {
        var scanner = JSONScanner()
        try text.withUnsafeReadableBytes { (bytes) throws(WireError) in try scanner.validate(bytes) }
        try scanner.finish()
        self.init(validated: text)
    }

    /// Looks at a whole text that `JSONScanner` has passed.
    ///
    /// - Precondition: it has; of another text what is read is bounded, and makes no sense.
    package init(validated text: ByteBuffer) {
        let (start, end) = text.withUnsafeReadableBytes { bytes -> (Int, Int) in
            guard let base = bytes.baseAddress else { return (0, 0) }
            // One value and white space around it, as the scanner made sure.
            var end = bytes.count
            while end > 0, bytes[end - 1] <= 0x20 { end -= 1 }
            return (Swift.min(JSONBytes.skipSpace(base, 0, bytes.count), end), end)
        }
        self.init(text, start..<end, offset: start)
    }

    /// - Parameter range: the bytes of one value, relative to the first readable one.
    init(_ text: ByteBuffer, _ range: Range<Int>, offset: Int) {
        bytes = text.getSlice(at: text.readerIndex + range.lowerBound, length: range.count) ?? ByteBuffer()
        self.offset = offset
    }

    package var kind: Kind {
        switch bytes.getInteger(at: bytes.readerIndex, as: UInt8.self) ?? UInt8(ascii: "n") {
        case UInt8(ascii: "{"): .object
        case UInt8(ascii: "["): .array
        case UInt8(ascii: "\""): .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"): .bool
        case UInt8(ascii: "n"): .null
        default: .number
        }
    }

    package var isNull: Bool { kind == .null }

    /// The content, if it is a string.
    package var text: JSONText? {
        guard kind == .string else { return nil }
        return bytes.getSlice(at: bytes.readerIndex + 1, length: bytes.readableBytes - 2).map { JSONText(escaped: $0) }
    }

    /// `true` or `false`, if it is one of them.
    package var bool: Bool? {
        kind == .bool ? bytes.getInteger(at: bytes.readerIndex, as: UInt8.self) == UInt8(ascii: "t") : nil
    }

    /// The number's text, if it is a number.
    package var number: ByteBuffer? { kind == .number ? bytes : nil }

    /// The number, if it is a whole one from 0 on, written in digits alone.
    package var count: Int64? {
        guard kind == .number else { return nil }
        var integer = PlainInteger()
        bytes.withUnsafeReadableBytes { integer.append($0) }
        return integer.value(upTo: .max)
    }

    /// The members, if it is an object; else none.
    package var members: JSONMembers { JSONMembers(self) }

    /// The elements, if it is an array; else none.
    package var elements: JSONElements { JSONElements(self) }

    /// The first member of a name, if it is an object that has one.
    package func member(_ name: StaticString) -> JSONView? {
        for (key, value) in members where key.equals(name) { return value }
        return nil
    }

    /// The same, but nil for null too.
    func value(_ name: StaticString) -> JSONView? {
        member(name).flatMap { $0.isNull ? nil : $0 }
    }
}

/// The members of an object, in order.
package struct JSONMembers: Sequence, IteratorProtocol, Sendable {
    private let view: JSONView
    private var position: Int

    init(_ view: JSONView) {
        self.view = view
        position = view.kind == .object ? 1 : view.bytes.readableBytes
    }

    package mutating func next() -> (name: JSONText, value: JSONView)? {
        let found = view.bytes.withUnsafeReadableBytes { bytes -> (name: Range<Int>, value: Range<Int>)? in
            guard let base = bytes.baseAddress else { return nil }
            let name = JSONBytes.skipSeparator(base, position, bytes.count)
            guard name < bytes.count, bytes[name] == UInt8(ascii: "\"") else { return nil }
            let nameEnd = JSONBytes.endOfValue(base, name, bytes.count)
            let colon = JSONBytes.skipSpace(base, nameEnd, bytes.count)
            let value = JSONBytes.skipSpace(base, colon + 1, bytes.count)
            guard value < bytes.count else { return nil }
            return (name + 1..<nameEnd - 1, value..<JSONBytes.endOfValue(base, value, bytes.count))
        }
        guard let found,
            let name = view.bytes.getSlice(
                at: view.bytes.readerIndex + found.name.lowerBound, length: found.name.count)
        else { return nil }
        position = found.value.upperBound
        let value = JSONView(view.bytes, found.value, offset: view.offset + found.value.lowerBound)
        return (JSONText(escaped: name), value)
    }
}

/// The elements of an array, in order.
package struct JSONElements: Sequence, IteratorProtocol, Sendable {
    private let view: JSONView
    private var position: Int

    init(_ view: JSONView) {
        self.view = view
        position = view.kind == .array ? 1 : view.bytes.readableBytes
    }

    package mutating func next() -> JSONView? {
        let found = view.bytes.withUnsafeReadableBytes { bytes -> Range<Int>? in
            guard let base = bytes.baseAddress else { return nil }
            let start = JSONBytes.skipSeparator(base, position, bytes.count)
            guard start < bytes.count, bytes[start] != UInt8(ascii: "]") else { return nil }
            return start..<JSONBytes.endOfValue(base, start, bytes.count)
        }
        guard let found else { return nil }
        position = found.upperBound
        return JSONView(view.bytes, found, offset: view.offset + found.lowerBound)
    }
}

/// Passes over the parts of JSON known to be valid; never past the end, should it not be.
enum JSONBytes {
    static func skipSpace(_ base: UnsafeRawPointer, _ start: Int, _ end: Int) -> Int {
        var position = start
        while position < end, base.load(fromByteOffset: position, as: UInt8.self) <= 0x20 { position &+= 1 }
        return position
    }

    /// White space and the comma before the next member or element.
    static func skipSeparator(_ base: UnsafeRawPointer, _ start: Int, _ end: Int) -> Int {
        let position = skipSpace(base, start, end)
        guard position < end, base.load(fromByteOffset: position, as: UInt8.self) == UInt8(ascii: ",") else {
            return position
        }
        return skipSpace(base, position &+ 1, end)
    }

    /// Just past the value that begins at `start`.
    static func endOfValue(_ base: UnsafeRawPointer, _ start: Int, _ end: Int) -> Int {
        var position = start
        var depth = 0
        while position < end {
            switch base.load(fromByteOffset: position, as: UInt8.self) {
            case UInt8(ascii: "\""):
                position = endOfString(base, position &+ 1, end)
                if depth == 0 { return position }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth &+= 1
                position &+= 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                position &+= 1
                depth &-= 1
                if depth <= 0 { return position }
            default:
                if depth == 0 { return endOfScalar(base, position, end) }
                position &+= 1
            }
        }
        return end
    }

    private static func endOfString(_ base: UnsafeRawPointer, _ start: Int, _ end: Int) -> Int {
        var position = start
        while true {
            position = ByteSearch.endOfPlainText(base, from: position, to: end)
            guard position < end else { return end }
            switch base.load(fromByteOffset: position, as: UInt8.self) {
            case UInt8(ascii: "\""): return position &+ 1
            case UInt8(ascii: "\\"): position = Swift.min(position &+ 2, end)
            default: position &+= 1
            }
        }
    }

    private static func endOfScalar(_ base: UnsafeRawPointer, _ start: Int, _ end: Int) -> Int {
        var position = start
        while position < end {
            switch base.load(fromByteOffset: position, as: UInt8.self) {
            case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"), 0...0x20: return position
            default: position &+= 1
            }
        }
        return end
    }
}
