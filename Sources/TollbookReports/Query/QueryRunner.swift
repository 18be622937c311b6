package import SQLite
internal import TollbookCore

/// Runs one SQL text of a person's on a connection that can only read: bounded in time, rows and memory.
package struct QueryRunner: Sendable {
    /// Ends the query after this time.
    package var deadlineSeconds: Int
    /// Rows at most; the result says whether there were more.
    package var rowLimit: Int

    package init(deadlineSeconds: Int = ReportLimits.querySeconds, rowLimit: Int = ReportLimits.queryRows) {
        self.deadlineSeconds = max(1, deadlineSeconds)
        self.rowLimit = min(max(1, rowLimit), ReportLimits.queryRowsMaximum)
    }

    /// Runs the query. The connection keeps the authorizer that only lets it read.
    ///
    /// - Throws: `query_refused` for a change, a PRAGMA, ATTACH or several statements; `query_invalid`;
    ///   `query_timeout`.
    package func run(_ connection: Connection, _ sql: String) throws -> QueryResult {
        do {
            try connection.setAuthorizer { $0.readerVerdict }
            // A misspelled column would otherwise read as a text.
            try connection.databaseConfig(.doubleQuotedTextInQueries, false)
            try connection.limit(.length, ReportLimits.queryBytes)
            let statement = try connection.prepare(sql)
            guard statement.isReadOnly, statement.columnCount > 0 else {
                throw TollbookError(
                    .queryRefused, "only queries run here", hint: "Give one SELECT, VALUES or WITH statement.")
            }
            guard statement.parameterCount == 0 else {
                throw TollbookError(.queryInvalid, "the query has parameters", hint: "Write the values into the text.")
            }
            try connection.setProgressDeadline(.now + .seconds(deadlineSeconds))
            defer { try? connection.setProgressDeadline(nil) }
            return try read(statement)
        } catch let error as SQLiteError {
            throw explain(error)
        }
    }

    private func read(_ statement: Statement) throws(SQLiteError) -> QueryResult {
        defer { statement.reset() }
        let columns = (0..<statement.columnCount).map { statement.columnName(at: $0) }
        var rows: [[Value]] = []
        var bytes = 0
        while try statement.step() {
            guard rows.count < rowLimit, bytes < ReportLimits.queryBytes else {
                return QueryResult(columns: columns, rows: rows, isCut: true)
            }
            let row = statement.values
            bytes += row.reduce(0) { $0 + $1.byteCount }
            rows.append(row)
        }
        return QueryResult(columns: columns, rows: rows, isCut: false)
    }

    /// The SQL text is the caller's own, so that SQLite's words about it may be shown.
    private func explain(_ error: SQLiteError) -> TollbookError {
        // SQLite reports some of the authorizer's refusals under other codes, always in these words.
        guard !error.message.hasPrefix("not authorized") else {
            return TollbookError(
                .queryRefused, "the query is refused", cause: error.message,
                hint: "Queries may read tables and views; no PRAGMA, ATTACH, change or temporary table.")
        }
        return explainFailure(error)
    }

    private func explainFailure(_ error: SQLiteError) -> TollbookError {
        switch error.code.primary {
        case .misuse:
            TollbookError(.queryRefused, error.message, hint: "Give exactly one statement.")
        case .interrupt:
            TollbookError(
                .queryTimeout, "the query ran longer than \(deadlineSeconds) s",
                hint: "Search by a table's key, or narrow the range of request ids.")
        case .busy, .ioError, .corrupt, .cannotOpen, .notADatabase, .noMemory:
            TollbookError(.queryInvalid, "the ledger could not be read", cause: error.description, hint: error.hint)
        default:
            TollbookError(
                .queryInvalid, "the query is not valid", cause: error.message,
                hint: "See schema/DICTIONARY.md for tables and columns.")
        }
    }
}

extension Value {
    /// What it takes in memory, roughly.
    fileprivate var byteCount: Int {
        switch self {
        case .null, .integer, .real: 8
        case .text(let text): text.utf8.count
        case .blob(let bytes): bytes.count
        }
    }
}
