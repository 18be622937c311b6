/// A place in a governance file.
package struct SourceLocation: Codable, Hashable, Sendable, CustomStringConvertible {
    package let file: String
    /// From 1.
    package let line: Int
    /// From 1, in Unicode scalars.
    package let column: Int

    package init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    package var description: String { "\(file):\(line):\(column)" }
}

/// Where an entry of a governance document, and each of its values, was written.
package struct EntryLocation: Codable, Equatable, Sendable {
    package let file: String
    package let line: Int
    package let column: Int
    /// Line and column of each value by its key; `targets/0` is the first value of the list `targets`.
    package var fields: [String: [Int]] = [:]

    package init(_ start: SourceLocation) {
        file = start.file
        line = start.line
        column = start.column
    }

    /// The entry's first line.
    package var start: SourceLocation { SourceLocation(file: file, line: line, column: column) }

    /// The place of a value; the entry's own when the key was not written.
    package func of(_ field: String) -> SourceLocation {
        guard let position = fields[field], position.count == 2 else { return start }
        return SourceLocation(file: file, line: position[0], column: position[1])
    }

    /// Notes where a value was written.
    package mutating func note(_ field: String, line: Int, column: Int) {
        fields[field] = [line, column]
    }
}
