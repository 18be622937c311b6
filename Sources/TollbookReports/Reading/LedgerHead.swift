package import SQLite
internal import TollbookCore

/// Which journal index a report is read at.
package enum LedgerHead {
    private static let newest: StaticString = "SELECT max(log_index) FROM journal WHERE log_id = ?"
    private static let newestLog: StaticString = "SELECT max(log_id) FROM journal"

    /// The newest journal index; -1 for a ledger without a row.
    package static func index(_ connection: Connection) throws -> Int64 {
        guard let log = try logID(connection) else { return -1 }
        let statement = try connection.cached(newest)
        try statement.bind(log, at: 1)
        return try statement.first { $0.int64(at: 0) } ?? -1
    }

    /// The log that is written now; nil for a ledger without a row.
    package static func logID(_ connection: Connection) throws -> Int64? {
        try connection.cached(newestLog).first { $0.optionalInt64(at: 0) } ?? nil
    }

    /// The index that a report is as of: the one asked for, or the newest.
    ///
    /// - Throws: `as_of_unknown` if the ledger has not come so far.
    package static func asOf(_ wanted: Int64?, _ connection: Connection) throws -> Int64 {
        let head = try index(connection)
        guard let wanted else { return head }
        guard wanted >= 0, wanted <= head else {
            throw TollbookError(
                .asOfUnknown, "log index \(wanted) is not in the ledger", cause: "the newest is \(head)",
                hint: "Name an index from 0 to \(max(head, 0)), or none for the newest.")
        }
        return wanted
    }
}
