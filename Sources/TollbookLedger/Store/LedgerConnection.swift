package import SQLite
internal import TollbookCore

/// Opens the ledger's file the way every connection must: pragmas set and read back.
package enum LedgerConnection {
    /// `application_id` of a ledger: the bytes of "TLBK" (sqlite.org/pragma.html#pragma_application_id).
    package static let applicationID: Int64 = 0x544C_424B

    /// The one connection that writes and checkpoints.
    static func openWriter(path: String) throws -> Connection {
        Library.disableMemoryStatistics()
        let connection = try Connection(path: path, mode: .readWriteCreate, gathersWrites: true)
        try connection.setBusyTimeout(milliseconds: LedgerLimits.busyMillis)
        // WAL: readers never block the writer (sqlite.org/wal.html).
        try connection.setPragma("journal_mode", to: .word("wal"))
        // FULL: every commit is synced before it is acknowledged (sqlite.org/pragma.html#pragma_synchronous).
        try connection.setPragma("synchronous", to: 2)
        try connection.setPragma("foreign_keys", to: 1)
        // Without it INSERT OR REPLACE slips past the DELETE guards.
        try connection.setPragma("recursive_triggers", to: 1)
        try connection.setPragma("trusted_schema", to: 0)
        // The writer checkpoints itself: 3.40 corrupts when two connections reset the WAL (sqlite.org/wal.html).
        try connection.setPragma("wal_autocheckpoint", to: 0)
        try connection.setPragma("temp_store", to: 2)
        try connection.execute("PRAGMA cache_size = -\(LedgerLimits.cacheKibibytes)")
        try connection.setPragma("cell_size_check", to: 1)
        try connection.databaseConfig(.defensive, true)
        try verifyPragmas(connection)
        return connection
    }

    /// Refuses to prepare, on the writer's connection, whatever changes or removes a truth row, and any change of the
    /// schema. This takes the place of the guard triggers there, which cost a tenth of every call (the one on `journal`
    /// runs for each row); they stay in the file for every other program. `INSERT OR REPLACE`, which no authorizer
    /// sees, is in none of this project's SQL: a tidy test looks.
    ///
    /// Called once, after the migrations. See https://www.sqlite.org/c3ref/set_authorizer.html
    static func guardTruth(_ connection: Connection) throws {
        let guarded = try connection.query("SELECT DISTINCT tbl_name FROM sqlite_schema WHERE type = 'trigger'")
        let tables = Set(guarded.compactMap { $0.first?.text })
        try connection.setAuthorizer { action in
            switch action.kind {
            case .update(let table, _), .delete(let table): tables.contains(table) ? .deny : .allow
            case .create, .drop, .alterTable: .deny
            default: .allow
            }
        }
        try connection.databaseConfig(.triggers, false)
    }

    /// A connection that can read and nothing else: the file is opened read-only, and an authorizer denies
    /// PRAGMA, ATTACH and every write. Not Sendable; the caller owns it and keeps its reads short.
    package static func openReader(path: String) throws -> Connection {
        let connection = try Connection(path: path, mode: .readOnly)
        try connection.setBusyTimeout(milliseconds: LedgerLimits.busyMillis)
        guard try connection.pragmaInteger("application_id") == applicationID else {
            throw TollbookError(
                .schemaUnknown, "\(path) is not a Tollbook ledger",
                hint: "Give --data the directory that `tollbook serve` uses.")
        }
        try checkVersion(connection, path: path)
        try connection.setPragma("trusted_schema", to: 0)
        return connection
    }

    /// Of another version, tables may be missing or mean more than this binary knows: its sums would be guesses.
    private static func checkVersion(_ connection: Connection, path: String) throws {
        let version = try connection.pragmaInteger("user_version")
        let known = Int64(EmbeddedMigrations.all.count)
        guard version != known else { return }
        let isNewer = version > known
        throw TollbookError(
            .schemaUnknown, "\(path) has schema version \(version), this binary reads \(known)",
            hint: isNewer
                ? "Use the newer binary that wrote it." : "Start `tollbook serve` on it once: that brings it up.")
    }

    /// Denies everything but reading; set after the last PRAGMA that the caller needs.
    package static func confine(_ connection: Connection) throws {
        try connection.setAuthorizer { action in
            switch action.kind {
            case .select, .read, .recursive, .function: .allow
            case .transaction, .savepoint: .allow
            default: .deny
            }
        }
    }

    /// - Throws: `pragma_not_in_force` naming the pragma.
    static func verifyPragmas(_ connection: Connection) throws {
        let wanted: [(StaticString, Value)] = [
            ("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("recursive_triggers", 1),
            ("trusted_schema", 0), ("wal_autocheckpoint", 0),
        ]
        for (name, value) in wanted where try connection.pragma(name) != value {
            throw TollbookError(
                .pragmaNotInForce, "pragma \(name) is not in force",
                hint: "The file system or another tool changed it; the ledger is not opened.")
        }
    }
}
