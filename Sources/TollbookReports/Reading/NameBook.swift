package import SQLite

/// The names of one kind of object as of a journal index, so that a report prints the same whenever it runs.
package struct NameBook: Sendable {
    /// An object's name, and the object that it is unique in.
    package struct Entry: Sendable, Equatable {
        package let name: String
        /// nil: unique in the ledger.
        package let parentID: Int64?
    }

    private let entries: [Int64: Entry]

    /// - Parameter sql: one of `NameQueries`.
    package init(_ sql: StaticString, asOf: Int64, connection: Connection) throws {
        let statement = try connection.cached(sql)
        try statement.bind(asOf, at: 1)
        var entries: [Int64: Entry] = [:]
        // In order of version: the last one up to the index stays.
        try statement.forEachRow { row in
            entries[row.int64(at: 0)] = Entry(name: row.string(at: 1), parentID: row.optionalInt64(at: 2))
        }
        self.entries = entries
    }

    /// The object as of the index; nil if there was none with this id.
    package subscript(id: Int64) -> Entry? { entries[id] }

    /// The object's name; nil if there was none with this id.
    package func name(_ id: Int64?) -> String? {
        id.flatMap { entries[$0]?.name }
    }
}
