/// Finds members of a value that has already been scanned as well-formed.
enum JSONLookup {
    /// Visits the members of the object in `range`; does nothing if the value is no object.
    static func members(
        _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, visit: (_ key: Range<Int>, _ value: Range<Int>) -> Void
    ) {
        var scanner = JSONScanner(bytes)
        _ = scanner.members(in: range, visit: visit)
    }

    /// The elements of the array in `range`; none if the value is no array.
    static func elements(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var scanner = JSONScanner(bytes)
        _ = scanner.elements(in: range) { found.append($0) }
        return found
    }

    /// The value of the last member called `name` of the object in `range`.
    static func value(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, _ name: StaticString) -> Range<Int>? {
        var found: Range<Int>?
        members(bytes, range) { key, value in
            if JSONText.matches(bytes, key, name) { found = value }
        }
        return found
    }
}
