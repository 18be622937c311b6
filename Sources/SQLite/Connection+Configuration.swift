internal import CSQLite

extension Connection {
    /// An on/off option. See https://www.sqlite.org/c3ref/c_dbconfig_defensive.html
    package struct Option: Hashable, Sendable {
        let code: Int32

        /// No SQL can corrupt the file: no writable_schema, no writes to shadow tables, no journal_mode=OFF.
        package static let defensive = Option(code: SQLITE_DBCONFIG_DEFENSIVE)
        /// Views and triggers may use functions that are not marked innocuous.
        package static let trustedSchema = Option(code: SQLITE_DBCONFIG_TRUSTED_SCHEMA)
        package static let foreignKeys = Option(code: SQLITE_DBCONFIG_ENABLE_FKEY)
        package static let triggers = Option(code: SQLITE_DBCONFIG_ENABLE_TRIGGER)
        package static let views = Option(code: SQLITE_DBCONFIG_ENABLE_VIEW)
        /// A double-quoted name that is no column is taken for a text, in queries.
        package static let doubleQuotedTextInQueries = Option(code: SQLITE_DBCONFIG_DQS_DML)
        /// A double-quoted name that is no column is taken for a text, in the schema.
        package static let doubleQuotedTextInSchema = Option(code: SQLITE_DBCONFIG_DQS_DDL)
        /// The last connection to close leaves the log as it is.
        package static let noCheckpointOnClose = Option(code: SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE)
        package static let loadExtension = Option(code: SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION)
    }

    /// A run-time limit. See https://www.sqlite.org/c3ref/c_limit_attached.html
    package struct Limit: Hashable, Sendable {
        let code: Int32

        /// Bytes of a text, a blob or a row.
        package static let length = Limit(code: SQLITE_LIMIT_LENGTH)
        /// Bytes of an SQL text.
        package static let sqlLength = Limit(code: SQLITE_LIMIT_SQL_LENGTH)
        package static let columns = Limit(code: SQLITE_LIMIT_COLUMN)
        package static let expressionDepth = Limit(code: SQLITE_LIMIT_EXPR_DEPTH)
        package static let compoundSelect = Limit(code: SQLITE_LIMIT_COMPOUND_SELECT)
        package static let virtualMachineInstructions = Limit(code: SQLITE_LIMIT_VDBE_OP)
        package static let functionArguments = Limit(code: SQLITE_LIMIT_FUNCTION_ARG)
        package static let attached = Limit(code: SQLITE_LIMIT_ATTACHED)
        package static let likePatternLength = Limit(code: SQLITE_LIMIT_LIKE_PATTERN_LENGTH)
        package static let parameters = Limit(code: SQLITE_LIMIT_VARIABLE_NUMBER)
        package static let triggerDepth = Limit(code: SQLITE_LIMIT_TRIGGER_DEPTH)
    }

    /// A counter. See https://www.sqlite.org/c3ref/c_dbstatus_options.html
    package struct Counter: Hashable, Sendable {
        let code: Int32

        /// Bytes of the page cache.
        package static let cacheBytes = Counter(code: SQLITE_DBSTATUS_CACHE_USED)
        package static let cacheHits = Counter(code: SQLITE_DBSTATUS_CACHE_HIT)
        package static let cacheMisses = Counter(code: SQLITE_DBSTATUS_CACHE_MISS)
        /// Pages written.
        package static let cacheWrites = Counter(code: SQLITE_DBSTATUS_CACHE_WRITE)
        /// Pages written in mid-transaction because the cache was full.
        package static let cacheSpills = Counter(code: SQLITE_DBSTATUS_CACHE_SPILL)
        /// Bytes of all prepared statements.
        package static let statementBytes = Counter(code: SQLITE_DBSTATUS_STMT_USED)
        /// Bytes of the parsed schema.
        package static let schemaBytes = Counter(code: SQLITE_DBSTATUS_SCHEMA_USED)
    }

    /// Switches an option.
    ///
    /// - Throws: `.mismatch` if it is not in force afterwards.
    package func databaseConfig(_ option: Option, _ isOn: Bool) throws(SQLiteError) {
        var state: Int32 = -1
        try check(tollbook_sqlite_db_config(try database(), option.code, isOn ? 1 : 0, &state))
        guard state == (isOn ? 1 : 0) else {
            throw SQLiteError(code: .mismatch, message: "connection option \(option.code) is \(state)")
        }
    }

    /// Whether an option is in force.
    package func databaseConfig(_ option: Option) throws(SQLiteError) -> Bool {
        var state: Int32 = -1
        try check(tollbook_sqlite_db_config(try database(), option.code, -1, &state))
        return state == 1
    }

    /// Lowers a limit (it cannot pass the one compiled in) and returns what it was; nil only asks.
    @discardableResult
    package func limit(_ limit: Limit, _ value: Int? = nil) throws(SQLiteError) -> Int {
        Int(sqlite3_limit(try database(), limit.code, value.map { Int32(clamping: $0) } ?? -1))
    }

    /// Reads a counter; `resetting` starts it anew where SQLite allows that.
    package func status(_ counter: Counter, resetting: Bool = false) throws(SQLiteError) -> Int {
        var current: Int32 = 0
        var highest: Int32 = 0
        try check(sqlite3_db_status(try database(), counter.code, &current, &highest, resetting ? 1 : 0))
        return Int(current)
    }

    /// How long a statement waits for another connection's lock before it throws `.busy`; 0 does not wait.
    ///
    /// See https://www.sqlite.org/c3ref/busy_timeout.html
    package func setBusyTimeout(milliseconds: Int) throws(SQLiteError) {
        try check(sqlite3_busy_timeout(try database(), Int32(clamping: milliseconds)))
    }

    /// Keeps the `-wal` and `-shm` files when the last connection closes, so that a reader without the right to write
    /// the directory can still open the database.
    ///
    /// See https://www.sqlite.org/c3ref/c_fcntl_begin_atomic_write.html#sqlitefcntlpersistwal
    package func setPersistentLog(_ isOn: Bool) throws(SQLiteError) {
        var value: Int32 = isOn ? 1 : 0
        try check(sqlite3_file_control(try database(), "main", SQLITE_FCNTL_PERSIST_WAL, &value))
    }
}
