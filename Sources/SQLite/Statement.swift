internal import CSQLite

/// A prepared statement.
///
/// Bind by index from 1, step, read columns by index from 0. Bindings stay until they are replaced or cleared. Used by
/// the thread that uses its connection, and by no other at the same time; nothing here takes a lock.
///
/// When `step()` returns false or throws, the statement is reset and can be bound and stepped again. Only a caller that
/// leaves between two rows has to call `reset()`: until then the statement holds the read transaction open, and
/// checkpoints cannot pass it.
/// See https://www.sqlite.org/c3ref/stmt.html
package final class Statement: ColumnReader {
    package let handle: OpaquePointer
    /// Keeps alive what the connection's callbacks point to, for a statement that outlives its connection.
    private let callbacks: ConnectionCallbacks

    init(handle: OpaquePointer, callbacks: ConnectionCallbacks) {
        self.handle = handle
        self.callbacks = callbacks
    }

    deinit {
        sqlite3_finalize(handle)
    }

    /// Advances to the next row.
    ///
    /// - Returns: true if there is a row to read; false at the end, and then the statement is reset.
    /// - Throws: whatever the statement ran into; it is reset first.
    package func step() throws(SQLiteError) -> Bool {
        let code = sqlite3_step(handle)
        if code == SQLITE_ROW { return true }
        try finish(code)
        return false
    }

    /// Runs the statement to its end, passing over any rows, and resets it.
    package func run() throws(SQLiteError) {
        var code = sqlite3_step(handle)
        while code == SQLITE_ROW { code = sqlite3_step(handle) }
        try finish(code)
    }

    /// Calls `body` for each row, from the row the statement stands before; resets the statement whatever happens.
    package func forEachRow(_ body: (borrowing Row) throws -> Void) throws {
        defer { reset() }
        while try step() { try body(Row(handle: handle)) }
    }

    /// What `body` makes of the first row, or nil if there is none; resets the statement.
    package func first<R>(_ body: (borrowing Row) throws -> R) throws -> R? {
        defer { reset() }
        return try step() ? try body(Row(handle: handle)) : nil
    }

    /// What `body` makes of each row, in order.
    ///
    /// The result is as long as the query's: give the query a LIMIT.
    package func map<R>(_ body: (borrowing Row) throws -> R) throws -> [R] {
        var result: [R] = []
        try forEachRow { row in result.append(try body(row)) }
        return result
    }

    /// Goes back before the first row and lets go of the read transaction; bindings stay.
    package func reset() {
        // The code repeats the last step's, which was thrown then.
        sqlite3_reset(handle)
    }

    /// Sets every parameter to NULL.
    package func clearBindings() {
        sqlite3_clear_bindings(handle)
    }

    /// Ends a run: resets, and throws unless `code` says that all rows were seen.
    func finish(_ code: Int32) throws(SQLiteError) {
        guard code != SQLITE_DONE else {
            sqlite3_reset(handle)
            return
        }
        let error = failure(code)
        sqlite3_reset(handle)
        throw error
    }

    func failure(_ code: Int32) -> SQLiteError {
        SQLiteError.last(code, on: sqlite3_db_handle(handle), sql: sql)
    }
}

extension Statement {
    /// The text it was prepared from, with placeholders.
    package var sql: String { sqlite3_sql(handle).map { String(cString: $0) } ?? "" }

    /// The number of parameters, which is the largest index.
    package var parameterCount: Int { Int(sqlite3_bind_parameter_count(handle)) }

    /// The index of a named parameter, written with its sigil (`:name`), or nil.
    package func parameterIndex(of name: String) -> Int? {
        let index = sqlite3_bind_parameter_index(handle, name)
        return index == 0 ? nil : Int(index)
    }

    /// Whether it leaves the database file as it is. See the exceptions at
    /// https://www.sqlite.org/c3ref/stmt_readonly.html
    package var isReadOnly: Bool { sqlite3_stmt_readonly(handle) != 0 }

    /// Whether it is an EXPLAIN or EXPLAIN QUERY PLAN.
    package var isExplain: Bool { sqlite3_stmt_isexplain(handle) != 0 }

    /// Whether it stands on a row: stepped, not at its end, not reset.
    package var isBusy: Bool { sqlite3_stmt_busy(handle) != 0 }
}
