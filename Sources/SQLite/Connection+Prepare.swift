internal import CSQLite

extension Connection {
    /// Prepares one statement. See https://www.sqlite.org/c3ref/prepare.html
    ///
    /// - Parameter persistent: it will be kept and run many times; SQLite then spends other memory on it.
    /// - Throws: `.error` with an offset for SQL that does not parse or names what is not there; `.authorization`;
    ///   `.misuse` if the text holds no statement, more than one, or a NUL.
    package func prepare(_ sql: String, persistent: Bool = false) throws(SQLiteError) -> Statement {
        try checkText(sql)
        let (handle, end) = try compile(sql, from: 0, persistent: persistent)
        guard let handle else { throw .misuse("the SQL text holds no statement", sql: sql) }
        let statement = Statement(handle: handle, callbacks: callbacks)
        // SQLite would silently pass over what follows the first statement.
        guard try isBlank(sql, from: end) else {
            throw .misuse("the SQL text holds more than one statement", sql: sql)
        }
        return statement
    }

    /// Runs a script: any number of statements, rows passed over, no parameters.
    ///
    /// The statements before one that fails stay in force unless the script or the caller opened a transaction.
    package func execute(_ sql: String) throws(SQLiteError) {
        try checkText(sql)
        var position = 0
        while position < sql.utf8.count {
            let (handle, end) = try compile(sql, from: position, persistent: false)
            position = end
            if let handle { try Statement(handle: handle, callbacks: callbacks).run() }
        }
    }

    /// Prepares one statement, binds `values` in order, and runs it to its end. For statements that run rarely.
    package func execute(_ sql: String, _ values: [Value]) throws(SQLiteError) {
        let statement = try prepare(sql)
        try statement.bindAll(values)
        try statement.run()
    }

    /// All rows of a query that runs rarely. The result is as long as the query's: give the query a LIMIT.
    package func query(_ sql: String, _ values: [Value] = []) throws(SQLiteError) -> [[Value]] {
        let statement = try prepare(sql)
        try statement.bindAll(values)
        var rows: [[Value]] = []
        while try statement.step() { rows.append(statement.values) }
        return rows
    }

    /// Refuses text that SQLite would cut short.
    private func checkText(_ sql: String) throws(SQLiteError) {
        guard !sql.utf8.contains(0) else { throw .misuse("SQL text holds no NUL", sql: sql) }
        guard sql.utf8.count < Int(Int32.max) else { throw SQLiteError(code: .tooBig, message: "SQL text too long") }
    }

    private func isBlank(_ sql: String, from position: Int) throws(SQLiteError) -> Bool {
        var position = position
        while position < sql.utf8.count {
            let (handle, end) = try compile(sql, from: position, persistent: false)
            if handle != nil {
                sqlite3_finalize(handle)
                return false
            }
            position = end
        }
        return true
    }

    /// Compiles the statement that begins at a byte offset.
    ///
    /// - Returns: the statement, nil for blanks and comments alone, and the offset of what follows it.
    private func compile(
        _ sql: String, from position: Int, persistent: Bool
    ) throws(SQLiteError) -> (handle: OpaquePointer?, end: Int) {
        let database = try database()
        var statement: OpaquePointer?
        var end = position
        let flags = persistent ? UInt32(SQLITE_PREPARE_PERSISTENT) : 0
        let code = sql.withCString { start in
            var tail: UnsafePointer<CChar>?
            let code = sqlite3_prepare_v3(
                database, start + position, Int32(sql.utf8.count - position + 1), flags, &statement, &tail)
            end = tail.map { $0 - start } ?? sql.utf8.count
            return code
        }
        guard code == SQLITE_OK else { throw .last(code, on: database, sql: sql, shift: position) }
        return (statement, end)
    }
}
