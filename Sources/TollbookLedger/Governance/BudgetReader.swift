internal import SQLite
internal import TollbookCore

/// Open budgets whose scope is open.
enum BudgetReader {
    static func read(
        _ connection: Connection, directory: DirectoryReader, keyNames: [Int64: String]
    ) throws -> [BudgetRecord] {
        let sql: StaticString = """
            SELECT id, log_index, name, scope_kind, scope_id, limit_nano, currency, period, enforcement, time_zone,
              contact
            FROM budget
            WHERE closed = 0
            ORDER BY id
            """
        return try connection.cached(sql).map { row in try record(row, directory, keyNames) }.compactMap { $0 }
    }

    private static func record(
        _ row: borrowing Row, _ directory: DirectoryReader, _ keyNames: [Int64: String]
    ) throws -> BudgetRecord? {
        let id = row.int64(at: 0)
        guard let kind = ScopeKind(rawValue: row.int(at: 3)), let period = BudgetPeriod(rawValue: row.int(at: 7)),
            let enforcement = Enforcement(rawValue: row.int(at: 8))
        else { throw TollbookError.corruptGovernance(table: "budget", column: "scope, period or enforcement", id: id) }
        let scopeID = row.int64(at: 4)
        let text = kind == .key ? keyNames[scopeID] : directory.scopeText(kind, id: scopeID)
        guard let text else { return nil }
        return BudgetRecord(
            id: id, version: row.int64(at: 1), name: row.string(at: 2), scopeKind: kind, scopeID: scopeID,
            scopeText: text, limit: NanoAmount(nano: row.int64(at: 5)), currency: row.string(at: 6), period: period,
            enforcement: enforcement, timeZone: row.string(at: 9), contact: row.optionalString(at: 10))
    }
}
