internal import SQLite

/// SQLite's own checks of the file.
struct FileCheck {
    let connection: Connection
    let log: FindingLog

    /// Rows that violate a declared foreign key (sqlite.org/pragma.html#pragma_foreign_key_check).
    func checkForeignKeys() throws {
        let row = try connection.prepare("PRAGMA foreign_key_check")
        while !log.isFull, try row.step() {
            let table = row.string(at: 0)
            let rowID = row.optionalInt64(at: 1).map(String.init) ?? ""
            log.add(.reference, table, rowID, "it points at a row of \(row.string(at: 2)) that is not there")
        }
    }

    /// Structure, indexes and constraints of the whole file (sqlite.org/pragma.html#pragma_integrity_check).
    func checkIntegrity() throws {
        let row = try connection.prepare("PRAGMA integrity_check(\(ReportLimits.findings))")
        while !log.isFull, try row.step() {
            let message = row.string(at: 0)
            if message != "ok" { log.add(.integrity, "ledger.db", "", message) }
        }
    }
}
