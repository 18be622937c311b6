internal import SQLite
internal import TollbookCore
internal import TollbookPolicy

extension BudgetBook {
    /// The open budgets in force.
    var records: [BudgetRecord] { entries.map(\.record) }

    /// Builds the sums of budgets that are new, or whose scopes, period, zone, unit or currency changed; removes those
    /// of closed ones; then reads all again.
    func rebuildChanged(since before: [BudgetRecord], nowMicros: Int64, connection: Connection) throws {
        let old = Dictionary(before.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let current = records
        for budget in current {
            if let previous = old[budget.id], previous.countsTheSame(as: budget) { continue }
            try BudgetRebuild.run(budget, nowMicros: nowMicros, connection: connection)
        }
        let open = Set(current.map(\.id))
        for budget in before where !open.contains(budget.id) {
            try connection.execute("DELETE FROM budget_period WHERE budget_id = ?", [.integer(budget.id)])
        }
        try load(current, nowMicros: nowMicros, connection: connection)
    }
}

extension BudgetRecord {
    /// Whether the same requests count as much in the same periods.
    fileprivate func countsTheSame(as other: BudgetRecord) -> Bool {
        reach.matchesTheSame(as: other.reach) && span == other.span && timeZone == other.timeZone
            && unit == other.unit && currency == other.currency
    }
}
