internal import SQLite
internal import TollbookCore
internal import TollbookPolicy

/// Every open budget with its periods' sums, mirrored in memory so that a check costs no query.
///
/// The mirror is the writer's alone: it is changed when a command succeeds, written to `budget_period` before the
/// batch's COMMIT, and read again from the file after a failed one. Used by the writer's thread only.
final class BudgetBook {
    /// A percentage of a budget's limit that spending has passed.
    struct Crossing {
        let sums: BudgetSums
        let percent: Int64
        let limit: Int64
        let spent: Int64
        let atMicros: Int64
    }

    private(set) var entries: [BudgetSums] = []
    private var index = ScopeIndex<BudgetSums>([])
    /// Entries that the batch changed, each once.
    private var dirty: [BudgetSums] = []
    /// What the batch crossed, in the order of its commands.
    private var crossings: [Crossing] = []

    /// What of a request decides which budgets it counts under.
    var parts: RequestParts { index.parts }

    /// Takes over a new governance state: sums are read from the file.
    func load(_ records: [BudgetRecord], nowMicros: Int64, connection: Connection) throws {
        entries = records.map(BudgetSums.init)
        index = ScopeIndex(entries)
        dirty.removeAll()
        crossings.removeAll()
        let statement = try connection.cached(
            """
            SELECT period_start_micros, spent, held
            FROM budget_period
            WHERE budget_id = ? AND period_start_micros >= ?
            ORDER BY period_start_micros
            """)
        for entry in entries {
            try statement.bind(entry.record.id, at: 1)
            try statement.bind(entry.oldestNeeded(atMicros: nowMicros), at: 2)
            try statement.forEachRow { row in
                entry.restore(
                    startMicros: row.int64(at: 0), .init(spent: row.int64(at: 1), held: row.int64(at: 2)))
            }
        }
        try ThrottleRecount.run(entries, nowMicros: nowMicros, connection: connection)
    }

    /// The open budgets that a call counts under, from the widest scope to the narrowest.
    func applicable(to scopes: @autoclosure () -> RequestScopes) -> [BudgetSums] {
        entries.isEmpty ? [] : index.entries(of: scopes())
    }

    /// Adds to the period of one of this book's entries.
    func add(_ amounts: BudgetSums.Amounts, to entry: BudgetSums, atMicros micros: Int64) {
        let before = amounts.spent > 0 && !entry.record.alerts.isEmpty ? entry.amounts(atMicros: micros).spent : 0
        if !entry.isDirty { dirty.append(entry) }
        entry.add(amounts, atMicros: micros)
        if amounts.spent > 0 { noteCrossings(of: entry, from: before, atMicros: micros) }
    }

    private func noteCrossings(of entry: BudgetSums, from before: Int64, atMicros micros: Int64) {
        let limit = entry.record.limit(atMicros: micros)
        guard limit > 0 else { return }
        let spent = entry.amounts(atMicros: micros).spent
        for percent in entry.record.alerts
        where !Self.reaches(before, percent, of: limit) && Self.reaches(spent, percent, of: limit) {
            crossings.append(
                Crossing(sums: entry, percent: percent, limit: limit, spent: spent, atMicros: micros))
        }
    }

    /// Whether an amount is at least a percentage of a limit; full width, so that nothing overflows.
    private static func reaches(_ amount: Int64, _ percent: Int64, of limit: Int64) -> Bool {
        let hundredfold = amount.multipliedFullWidth(by: 100)
        let bar = limit.multipliedFullWidth(by: percent)
        return (hundredfold.high, hundredfold.low) >= (bar.high, bar.low)
    }

    /// What was crossed since the last call.
    func takeCrossings() -> [Crossing] {
        guard !crossings.isEmpty else { return [] }
        defer { crossings.removeAll() }
        return crossings
    }

    /// Writes what the batch changed.
    func flush(_ connection: Connection) throws {
        guard !dirty.isEmpty else { return }
        let statement = try connection.cached(
            """
            INSERT INTO budget_period (budget_id, period_start_micros, spent, held)
            VALUES (?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET spent = spent + excluded.spent, held = held + excluded.held
            """)
        for entry in dirty { try entry.flush(statement) }
        dirty.removeAll(keepingCapacity: true)
    }
}
