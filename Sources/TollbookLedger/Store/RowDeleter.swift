internal import SQLite

/// Deletes rows of one derived table by their integer keys, several with one statement, as `RowInserter` inserts.
///
/// Keys wait until there are enough for one statement, or until `flush()`. Used by the writer's thread only.
final class RowDeleter {
    private let table: String
    private let key: String
    private let connection: Connection
    private var waiting: [Int64] = []
    /// One for each power of two up to `LedgerLimits.rowsPerInsert`, prepared on first use.
    private var statements: [Statement?] = Array(repeating: nil, count: LedgerLimits.rowsPerInsert.bitWidth)

    init(table: String, key: String, connection: Connection) {
        self.table = table
        self.key = key
        self.connection = connection
    }

    /// Deletes the row at the next `flush()`.
    func delete(_ key: Int64) {
        waiting.append(key)
    }

    /// Deletes the rows that wait; false when one of them was not there: the caller undoes what was deleted.
    func flush() throws(SQLiteError) -> Bool {
        var first = 0
        defer { waiting.removeAll(keepingCapacity: true) }
        while first < waiting.count {
            let count = min(waiting.count - first, LedgerLimits.rowsPerInsert)
            let exponent = count.bitWidth - 1 - count.leadingZeroBitCount
            let statement = try statement(exponent: exponent)
            for offset in 0..<1 << exponent { try statement.bind(waiting[first + offset], at: offset + 1) }
            try statement.run()
            guard connection.changes == 1 << exponent else { return false }
            first += 1 << exponent
        }
        return true
    }

    /// Forgets the keys that wait: their command is undone.
    func discard() {
        waiting.removeAll(keepingCapacity: true)
    }

    private func statement(exponent: Int) throws(SQLiteError) -> Statement {
        if let statement = statements[exponent] { return statement }
        let keys = Array(repeating: "?", count: 1 << exponent).joined(separator: ", ")
        let statement = try connection.prepare("DELETE FROM \(table) WHERE \(key) IN (\(keys))", persistent: true)
        statements[exponent] = statement
        return statement
    }
}
