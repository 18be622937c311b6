enum JSONContainer: Sendable {
    case object
    case array
}

enum JSONLiteral: UInt8, Sendable {
    case null
    case `true`
    case `false`
}

/// Told what a `JSONScanner` meets, in the order of the text.
///
/// Offsets are absolute bytes of the whole text. `depth` is the number of containers that enclose what is
/// told: 0 at the top; for `begin` and `end` it counts the container itself. Strings and numbers come in
/// any number of pieces, because a chunk may end anywhere; string pieces are unescaped UTF-8 and may split a
/// character. A visitor refuses a text by throwing.
protocol JSONVisitor {
    mutating func begin(_ container: JSONContainer, at offset: Int, depth: Int) throws(WireError)
    /// - Parameter offset: just past the closing bracket.
    mutating func end(_ container: JSONContainer, at offset: Int, depth: Int) throws(WireError)
    /// - Parameter offset: just past the name's closing quote.
    mutating func name(_ name: JSONName, at offset: Int, depth: Int) throws(WireError)
    mutating func beginString(at offset: Int, depth: Int) throws(WireError)
    mutating func stringPiece(_ bytes: UnsafeRawBufferPointer)
    /// - Parameter offset: just past the closing quote.
    mutating func endString(at offset: Int, depth: Int) throws(WireError)
    mutating func beginNumber(at offset: Int, depth: Int) throws(WireError)
    mutating func numberPiece(_ bytes: UnsafeRawBufferPointer)
    /// - Parameter offset: just past the last digit.
    mutating func endNumber(at offset: Int, depth: Int) throws(WireError)
    /// - Parameter range: the literal's bytes.
    mutating func literal(_ literal: JSONLiteral, range: Range<Int>, depth: Int) throws(WireError)
}

extension JSONVisitor {
    mutating func begin(_ container: JSONContainer, at offset: Int, depth: Int) throws(WireError) {}
    mutating func end(_ container: JSONContainer, at offset: Int, depth: Int) throws(WireError) {}
    mutating func name(_ name: JSONName, at offset: Int, depth: Int) throws(WireError) {}
    mutating func beginString(at offset: Int, depth: Int) throws(WireError) {}
    mutating func stringPiece(_ bytes: UnsafeRawBufferPointer) {}
    mutating func endString(at offset: Int, depth: Int) throws(WireError) {}
    mutating func beginNumber(at offset: Int, depth: Int) throws(WireError) {}
    mutating func numberPiece(_ bytes: UnsafeRawBufferPointer) {}
    mutating func endNumber(at offset: Int, depth: Int) throws(WireError) {}
    mutating func literal(_ literal: JSONLiteral, range: Range<Int>, depth: Int) throws(WireError) {}
}

/// Looks at nothing: scanning with it only validates.
struct JSONValidation: JSONVisitor {}
