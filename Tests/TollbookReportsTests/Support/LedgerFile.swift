import Foundation
import SQLite
import TollbookLedger
import TollbookReports
import TollbookTesting

/// A copy of a ledger's file that a test may damage.
final class LedgerFile {
    let path: String
    private let directory: TemporaryDirectory
    private let writer: Connection

    /// - Parameter original: of a ledger that is shut down, so that its log is in the file.
    init(copyOf original: String) throws {
        directory = try TemporaryDirectory()
        path = directory.path + "/ledger.db"
        try FileManager.default.copyItem(atPath: original, toPath: path)
        writer = try Connection(path: path, mode: .readWrite)
        try writer.execute("PRAGMA foreign_keys = 0; PRAGMA ignore_check_constraints = 1")
    }

    func query(_ sql: String, _ values: [Value] = []) throws -> [[Value]] {
        try writer.query(sql, values)
    }

    func execute(_ sql: String, _ values: [Value] = []) throws {
        try writer.execute(sql, values)
    }

    func verify() throws -> VerifyResult {
        try Verify.run(try LedgerConnection.openReader(path: path))
    }

    /// Runs `body` while the table's guards are dropped.
    func withoutGuards(of table: String, _ body: () throws -> Void) throws {
        let triggers = try writer.query(
            "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?", [.text(table)])
        for trigger in triggers { try writer.execute("DROP TRIGGER \(trigger[0].text ?? "")") }
        try body()
        for trigger in triggers { try writer.execute(trigger[1].text ?? "") }
    }
}
