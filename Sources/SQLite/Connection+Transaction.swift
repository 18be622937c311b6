/// Transactions: the primitives, and closures over them.
///
/// See https://www.sqlite.org/lang_transaction.html and https://www.sqlite.org/lang_savepoint.html
extension Connection {
    /// When a transaction takes its locks.
    package enum TransactionKind: Sendable {
        /// At the first read or write: for readers. A later write can fail with `.busySnapshot`.
        case deferred
        /// The write lock at once: for writers.
        case immediate
    }

    /// Opens a transaction.
    ///
    /// - Throws: `.busy` if another connection holds the write lock past the busy timeout; `.error` if one is open.
    package func begin(_ kind: TransactionKind = .immediate) throws(SQLiteError) {
        switch kind {
        case .deferred: try cached("BEGIN DEFERRED").run()
        case .immediate: try cached("BEGIN IMMEDIATE").run()
        }
    }

    /// Makes the transaction durable (as far as `PRAGMA synchronous` promises) and ends it.
    ///
    /// - Throws: `.busy` leaves the transaction open, to be tried again or rolled back; after `.full` or an I/O error
    ///   ask `isInTransaction`, then call `rollback()`.
    package func commit() throws(SQLiteError) {
        try cached("COMMIT").run()
    }

    /// Undoes the transaction; does nothing when none is open, since an error can have rolled it back already.
    package func rollback() throws(SQLiteError) {
        guard isInTransaction else { return }
        try cached("ROLLBACK").run()
    }

    /// Opens a savepoint inside the transaction. They nest: `release()` and `rollbackToSavepoint()` mean the innermost.
    ///
    /// Outside a transaction this opens a deferred one, which the outermost `release()` commits.
    package func savepoint() throws(SQLiteError) {
        try cached("SAVEPOINT innermost").run()
    }

    /// Ends the innermost savepoint and keeps what was done since.
    package func release() throws(SQLiteError) {
        try cached("RELEASE innermost").run()
    }

    /// Undoes what was done since the innermost savepoint, which stays open: `release()` ends it.
    package func rollbackToSavepoint() throws(SQLiteError) {
        try cached("ROLLBACK TO innermost").run()
    }

    /// Runs `body` in a transaction: commits when it returns, rolls back and throws on when it throws.
    package func transaction<R>(_ kind: TransactionKind = .immediate, _ body: () throws -> R) throws -> R {
        try begin(kind)
        do {
            let result = try body()
            try commit()
            return result
        } catch {
            // The first error is the one that explains; a rollback that fails too leaves `isInTransaction` true.
            try? rollback()
            throw error
        }
    }

    /// Runs `body` in a savepoint: keeps its work when it returns, undoes it and throws on when it throws.
    ///
    /// An error that rolled the whole transaction back leaves no savepoint: ask `isInTransaction` after a throw.
    package func withSavepoint<R>(_ body: () throws -> R) throws -> R {
        try savepoint()
        do {
            let result = try body()
            try release()
            return result
        } catch {
            if isInTransaction {
                try? rollbackToSavepoint()
                try? release()
            }
            throw error
        }
    }
}
