internal import SQLite
internal import TollbookCore
internal import TollbookPolicy

/// Builds `budget_period` rows of a budget from the truth: for new budgets, and for those whose scope or period
/// changed.
///
/// Spending comes from the quarter-hour roll-up, holds from the open requests: every budget period begins on a
/// quarter hour, so the sums are exact.
enum BudgetRebuild {
    /// Replaces the rows of one budget. Must run after the batch's roll-ups are flushed.
    static func run(_ budget: BudgetRecord, connection: Connection) throws {
        guard let column = scopeColumn(budget.scopeKind) else { return }
        var sums: [Int64: BudgetBook.Sums] = [:]
        func start(_ micros: Int64) -> Int64 {
            BudgetCalendar.period(containing: micros, kind: budget.period, timeZone: budget.timeZone).startMicros
        }
        let spent = try connection.prepare(
            """
            SELECT quarter_start_micros, SUM(amount_nano) FROM rollup_quarter
            WHERE \(column) = ? AND currency = ? GROUP BY quarter_start_micros
            """)
        try spent.bind(budget.scopeID, at: 1)
        try spent.bind(budget.currency, at: 2)
        try spent.forEachRow { sums[start($0.int64(at: 0)), default: .init()].spentNano += $0.int64(at: 1) }
        let held = try connection.prepare(
            """
            SELECT request.accepted_micros, open_hold.amount_nano
            FROM open_hold JOIN request ON request.id = open_hold.request_id
            WHERE request.\(column) = ? AND open_hold.currency = ?
            """)
        try held.bind(budget.scopeID, at: 1)
        try held.bind(budget.currency, at: 2)
        try held.forEachRow { sums[start($0.int64(at: 0)), default: .init()].heldNano += $0.int64(at: 1) }
        try connection.execute("DELETE FROM budget_period WHERE budget_id = ?", [.integer(budget.id)])
        for (periodStart, sum) in sums {
            try connection.execute(
                "INSERT INTO budget_period (budget_id, period_start_micros, spent_nano, held_nano) VALUES (?, ?, ?, ?)",
                [.integer(budget.id), .integer(periodStart), .integer(sum.spentNano), .integer(sum.heldNano)])
        }
    }

    private static func scopeColumn(_ kind: ScopeKind) -> String? {
        switch kind {
        case .organization: "organization_id"
        case .team: "team_id"
        case .project: "project_id"
        case .application: "application_id"
        case .key: "api_key_id"
        case .user, .endUser, .tag, .model: nil
        }
    }
}
