internal import CSQLite

/// A connection to one database file.
///
/// It is not Sendable: SQLite is opened without its mutexes (https://www.sqlite.org/threadsafe.html), so one thread
/// uses it, and its statements, at a time. A new one can be sent to the thread that is to own it. Only the
/// `interrupter` may be used from elsewhere.
package final class Connection {
    /// What the connection may do to the file.
    package enum Mode: Sendable {
        /// Read, write, and make the file if there is none.
        case readWriteCreate
        /// Read and write a file that exists.
        case readWrite
        /// Read a file that exists. A WAL database still needs its `-shm` file, or a directory that may be written.
        case readOnly
    }

    /// The name that opens a database in memory, for tests and scratch work.
    package static let inMemory = ":memory:"

    /// Ends a running statement from another thread.
    package let interrupter: Interrupter
    let callbacks = ConnectionCallbacks()
    private var handle: OpaquePointer?
    private var cache = StatementCache()

    /// Opens a database file; SQLite itself reads it only when the first statement does.
    ///
    /// Extended result codes are on. A name that begins with `file:` is a file name here, never a URI.
    /// See https://www.sqlite.org/c3ref/open.html
    ///
    /// - Parameter gathersWrites: one write a commit to the WAL instead of two a page. Only for a connection under
    ///   `PRAGMA synchronous = FULL`, which must stay in force: other settings leave commits in memory.
    /// - Throws: `.cannotOpen` and its kinds; `.misuse` for a path that holds a NUL.
    package init(
        path: String, mode: Mode = .readWriteCreate, gathersWrites: Bool = false
    ) throws(SQLiteError) {
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw .misuse("a database path is not empty and has no NUL")
        }
        var opened: OpaquePointer?
        let name = path.hasPrefix("file:") ? "./" + path : path
        let code = sqlite3_open_v2(
            name, &opened, mode.flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
            gathersWrites ? GatheringVFS.name : nil)
        guard code == SQLITE_OK, let opened else {
            let error = SQLiteError.last(code, on: opened)
            sqlite3_close_v2(opened)
            throw error
        }
        handle = opened
        interrupter = Interrupter(opened)
    }

    deinit {
        interrupter.invalidate()
        // Statements that outlive this object keep what they need: the file is closed with the last of them.
        sqlite3_close_v2(handle)
    }

    /// Closes the file and lets go of its locks; a second call does nothing.
    ///
    /// - Throws: `.busy` while the caller still holds a `Statement` of this connection; it then stays open.
    package func close() throws(SQLiteError) {
        guard let handle else { return }
        cache.removeAll()
        interrupter.invalidate()
        let code = sqlite3_close(handle)
        guard code == SQLITE_OK else { throw .last(code, on: handle) }
        self.handle = nil
    }

    /// The open handle.
    ///
    /// - Throws: `.misuse` after `close()`.
    func database() throws(SQLiteError) -> OpaquePointer {
        guard let handle else { throw .misuse("the connection is closed") }
        return handle
    }

    /// Throws what `code` means on this connection, unless it is OK.
    func check(_ code: Int32) throws(SQLiteError) {
        guard code == SQLITE_OK else { throw .last(code, on: handle) }
    }

    /// The statement for a literal, prepared on first use and kept: the way for every statement that runs often.
    ///
    /// Two literals with the same text may share one or not. While the kept statement stands on a row (a caller is
    /// inside its rows), a fresh one is prepared and not kept, so that neither disturbs the other. Bindings of an
    /// earlier use are still in place: bind every parameter.
    package func cached(_ sql: StaticString) throws(SQLiteError) -> Statement {
        guard let statement = cache.statement(for: sql) else {
            let statement = try prepare(sql.description, persistent: true)
            cache.insert(statement, for: sql)
            return statement
        }
        return sqlite3_stmt_busy(statement.handle) == 0 ? statement : try prepare(sql.description)
    }
}

extension Connection {
    /// The rowid of the last INSERT that succeeded here; 0 before the first.
    package var lastInsertRowID: Int64 { withHandle(0) { sqlite3_last_insert_rowid($0) } }

    /// Rows that the last INSERT, UPDATE or DELETE changed, without those of triggers.
    package var changes: Int { withHandle(0) { Int(sqlite3_changes64($0)) } }

    /// Rows changed since the connection was opened, with those of triggers.
    package var totalChanges: Int { withHandle(0) { Int(sqlite3_total_changes64($0)) } }

    /// Whether a transaction is open. An error can have rolled it back.
    ///
    /// See https://www.sqlite.org/c3ref/get_autocommit.html
    package var isInTransaction: Bool { withHandle(false) { sqlite3_get_autocommit($0) == 0 } }

    /// The SQL of every statement that stands on a row: those a caller left without a reset hold the log back.
    package var busyStatements: [String] {
        withHandle([]) { database in
            var found: [String] = []
            var next = sqlite3_next_stmt(database, nil)
            while let statement = next {
                if sqlite3_stmt_busy(statement) != 0 { found.append(String(cString: sqlite3_sql(statement))) }
                next = sqlite3_next_stmt(database, statement)
            }
            return found
        }
    }

    private func withHandle<R>(_ closed: R, _ body: (OpaquePointer) -> R) -> R {
        guard let database = try? database() else { return closed }
        return body(database)
    }
}

extension Connection.Mode {
    fileprivate var flags: Int32 {
        switch self {
        case .readWriteCreate: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        case .readWrite: SQLITE_OPEN_READWRITE
        case .readOnly: SQLITE_OPEN_READONLY
        }
    }
}
