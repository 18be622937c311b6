internal import SQLite
internal import TollbookCore
internal import TollbookLedger
internal import TollbookPolicy

/// Adds up spending and holds by budget and period and compares the sums with `budget_period`.
struct BudgetTally {
    private struct Sums: Equatable {
        var spent: Int64? = 0
        var held: Int64? = 0
    }

    private struct Budget {
        let scope: TalliedBudget
        var lastBounds = PeriodBounds(startMicros: 0, endMicros: 0)
        var periods: [Int64: Sums] = [:]
    }

    private var budgets: [Budget] = []

    /// Reads the open budgets from their versions.
    init(_ connection: Connection) throws {
        budgets = try TalliedBudget.read(connection).map { Budget(scope: $0) }
    }

    mutating func add(_ call: StoredCall, _ request: StoredCall.Request) {
        for position in budgets.indices {
            let budget = budgets[position].scope
            guard budget.matches(request) else { continue }
            let spent = budget.spent(call)
            let held = call.outcome == nil ? budget.held(call, request) : 0
            guard spent != 0 || held != 0 else { continue }
            add(spent, held, to: position, atMicros: request.acceptedMicros)
        }
    }

    private mutating func add(_ spent: Int64?, _ held: Int64, to position: Int, atMicros micros: Int64) {
        let budget = budgets[position].scope
        if !budgets[position].lastBounds.contains(micros) {
            budgets[position].lastBounds = BudgetCalendar.period(
                containing: micros, span: budget.span, timeZone: budget.timeZone)
        }
        let start = budgets[position].lastBounds.startMicros
        var sums = budgets[position].periods[start] ?? Sums()
        sums.spent = spent.flatMap { CheckedSum.adding(sums.spent, $0) }
        sums.held = CheckedSum.adding(sums.held, held)
        budgets[position].periods[start] = sums
    }

    /// A row that is missing counts as zeros: a period without spending needs none.
    mutating func compare(_ connection: Connection, _ log: FindingLog) throws {
        var positions: [Int64: Int] = [:]
        for (position, budget) in budgets.enumerated() { positions[budget.scope.id] = position }
        let row = try connection.prepare(
            """
            SELECT budget_id, period_start_micros, spent, held
            FROM budget_period ORDER BY budget_id, period_start_micros
            """)
        while !log.isFull, try row.step() {
            let key = "\(row.int64(at: 0))/\(row.int64(at: 1))"
            guard let position = positions[row.int64(at: 0)] else {
                log.add(.derived, "budget_period", key, "its budget is not open")
                continue
            }
            let found = Sums(spent: row.int64(at: 2), held: row.int64(at: 3))
            let sums = budgets[position].periods.removeValue(forKey: row.int64(at: 1)) ?? Sums()
            if sums != found {
                log.add(.derived, "budget_period", key, "it is not the sum of the period's charges and holds")
            }
        }
        for budget in budgets {
            for (start, sums) in budget.periods.sorted(by: { $0.key < $1.key })
            where sums != Sums() && !budget.scope.mayLack(start) {
                let key = "\(budget.scope.id)/\(start)"
                log.add(.derived, "budget_period", key, "the period has charges or holds and no row")
            }
        }
    }
}
