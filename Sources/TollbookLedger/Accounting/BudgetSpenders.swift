package import SQLite
internal import TollbookCore

/// What one key spent of a budget.
package struct BudgetSpender: Sendable, Equatable {
    package let projectID: Int64
    package let keyID: Int64
    /// In the budget's unit.
    package let spent: Int64

    /// Those who spent most of a budget since the start of a quarter hour, most first.
    ///
    /// Comes from the quarter-hour roll-up; nil: the budget is on tags or end users, which are not in it.
    /// Runs on the connection's thread.
    package static func read(
        _ budget: BudgetRecord, sinceMicros: Int64, limit: Int, _ connection: Connection
    ) throws -> [BudgetSpender]? {
        guard !budget.isOutsideRollups else { return nil }
        let statement = try connection.prepare(
            """
            SELECT project_id, api_key_id, SUM(\(budget.rollupColumn)) AS spent FROM rollup_quarter
            WHERE \(budget.rollupCondition) AND quarter_start_micros >= ?2
            GROUP BY project_id, api_key_id HAVING spent > 0
            ORDER BY spent DESC, project_id, api_key_id LIMIT ?3
            """)
        try statement.bind(budget.currency, at: 1)
        try statement.bind(sinceMicros, at: 2)
        try statement.bind(Int64(limit), at: 3)
        return try statement.map {
            BudgetSpender(projectID: $0.int64(at: 0), keyID: $0.int64(at: 1), spent: $0.int64(at: 2))
        }
    }
}
