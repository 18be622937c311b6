internal import SQLite
internal import TollbookCore
internal import TollbookLedger
internal import TollbookPolicy
internal import TollbookReports

/// Reads every open budget with the sums of its running period.
enum BudgetStandings {
    static func read(_ connection: Connection, nowMicros: Int64) throws -> BudgetList {
        // The revision only labels the snapshot, which is not used here.
        let state = try GovernanceLoader.load(connection: connection, revision: 0)
        let standings = try state.budgets.map { try standing($0, connection, nowMicros: nowMicros) }
        return BudgetList(budgets: standings.sorted { ($0.scope, $0.name) < ($1.scope, $1.name) })
    }

    private static func standing(
        _ budget: BudgetRecord, _ connection: Connection, nowMicros: Int64
    ) throws -> BudgetStanding {
        let bounds = BudgetCalendar.period(containing: nowMicros, kind: budget.period, timeZone: budget.timeZone)
        let sums = try sums(budgetID: budget.id, startMicros: bounds.startMicros, connection)
        let left = budget.limit.nano &- sums.spent.nano &- sums.held.nano
        let isEndless = bounds.endMicros == nil
        return BudgetStanding(
            id: budget.id, name: budget.name, scope: budget.scopeText, period: budget.period.name,
            periodStart: isEndless ? nil : CivilTime.text(micros: bounds.startMicros, offsetSeconds: 0),
            periodEnd: bounds.endMicros.map { CivilTime.text(micros: $0, offsetSeconds: 0) },
            timeZone: budget.timeZone, limit: budget.limit.decimalText, spent: sums.spent.decimalText,
            held: sums.held.decimalText, left: NanoAmount(nano: left).decimalText, currency: budget.currency,
            enforcement: budget.enforcement.name, contact: budget.contact)
    }

    private static func sums(
        budgetID: Int64, startMicros: Int64, _ connection: Connection
    ) throws -> (spent: NanoAmount, held: NanoAmount) {
        let statement = try connection.cached(
            "SELECT spent_nano, held_nano FROM budget_period WHERE budget_id = ? AND period_start_micros = ?")
        try statement.bind(budgetID, at: 1)
        try statement.bind(startMicros, at: 2)
        return try statement.first { (NanoAmount(nano: $0.int64(at: 0)), NanoAmount(nano: $0.int64(at: 1))) }
            ?? (.zero, .zero)
    }
}
