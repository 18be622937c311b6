internal import SQLite
internal import TollbookCore

/// Brings the file to this binary's schema: forward only, each migration in a transaction of its own.
///
/// `user_version` holds the number of the last one applied; the table `migration` holds each one's checksum.
enum Migrator {
    /// - Throws: `schema_unknown` for a file of another program, of a newer version, or with a changed migration.
    static func migrate(_ connection: Connection) throws {
        let version = try connection.pragmaInteger("user_version")
        let application = try connection.pragmaInteger("application_id")
        let migrations = EmbeddedMigrations.all
        if application == 0, version == 0, try connection.query("SELECT 1 FROM sqlite_schema LIMIT 1").isEmpty {
            try connection.execute("PRAGMA application_id = \(LedgerConnection.applicationID)")
        } else if application != LedgerConnection.applicationID {
            throw TollbookError(
                .schemaUnknown, "ledger.db is not a Tollbook ledger",
                hint: "Choose an empty data directory, or move the file away.")
        }
        guard version <= migrations.count else {
            throw TollbookError(
                .schemaUnknown, "ledger.db has schema version \(version), this binary knows \(migrations.count)",
                hint: "Start the newer binary that wrote it.")
        }
        try verifyApplied(connection, count: Int(version))
        for migration in migrations.dropFirst(Int(version)) {
            try apply(migration, to: connection)
        }
    }

    private static func apply(_ migration: EmbeddedMigration, to connection: Connection) throws {
        try connection.transaction {
            try connection.execute(migration.sql)
            try connection.execute(
                "INSERT INTO migration (number, name, sha256) VALUES (?, ?, ?)",
                [.integer(Int64(migration.number)), .text(migration.name), .text(migration.sha256)])
            try connection.execute("PRAGMA user_version = \(migration.number)")
        }
    }

    private static func verifyApplied(_ connection: Connection, count: Int) throws {
        guard count > 0 else { return }
        let applied = try connection.query("SELECT number, sha256 FROM migration ORDER BY number")
        guard applied.count == count else {
            throw TollbookError(
                .schemaUnknown, "ledger.db lists \(applied.count) migrations and is at version \(count)",
                hint: "Restore the file from a backup.")
        }
        for (row, migration) in zip(applied, EmbeddedMigrations.all)
        where row[0].integer != Int64(migration.number) || row[1].text != migration.sha256 {
            throw TollbookError(
                .schemaUnknown, "migration \(migration.number) of ledger.db differs from this binary's",
                hint: "Start the binary that wrote it; a landed migration never changes.")
        }
    }
}
