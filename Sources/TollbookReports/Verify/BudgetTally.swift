internal import SQLite
internal import TollbookCore
internal import TollbookPolicy

/// Adds up spending and holds by budget and period and compares the sums with `budget_period`.
struct BudgetTally {
    private struct Scope: Hashable {
        let kind: ScopeKind
        let id: Int64
    }

    private struct Sums: Equatable {
        var spent: Int64? = 0
        var held: Int64? = 0
    }

    private struct Budget {
        let id: Int64
        let period: BudgetPeriod
        let timeZone: String
        let currency: String
        var lastBounds = PeriodBounds(startMicros: 0, endMicros: 0)
        var periods: [Int64: Sums] = [:]
    }

    private var budgets: [Budget] = []
    private var byScope: [Scope: [Int]] = [:]

    /// Reads the open budgets from their versions.
    init(_ connection: Connection) throws {
        let row = try connection.prepare(
            """
            SELECT id, scope_kind, scope_id, period, time_zone, currency, closed
            FROM budget_version ORDER BY id, log_index DESC
            """)
        var last: Int64?
        while try row.step() {
            let id = row.int64(at: 0)
            // The first row of each id is its newest version.
            guard id != last else { continue }
            last = id
            guard row.int64(at: 6) == 0, let kind = ScopeKind(rawValue: row.int(at: 1)),
                let period = BudgetPeriod(rawValue: row.int(at: 3))
            else { continue }
            byScope[Scope(kind: kind, id: row.int64(at: 2)), default: []].append(budgets.count)
            budgets.append(
                Budget(id: id, period: period, timeZone: row.string(at: 4), currency: row.string(at: 5)))
        }
    }

    mutating func add(_ call: StoredCall, _ request: StoredCall.Request) {
        guard !budgets.isEmpty else { return }
        let held = call.outcome == nil ? call.hold : nil
        for scope in scopes(request) {
            for position in byScope[scope] ?? [] {
                add(call.charges, held, to: position, atMicros: request.acceptedMicros)
            }
        }
    }

    private func scopes(_ request: StoredCall.Request) -> [Scope] {
        var scopes = [
            Scope(kind: .organization, id: request.organizationID), Scope(kind: .team, id: request.teamID),
            Scope(kind: .project, id: request.projectID), Scope(kind: .key, id: request.keyID),
        ]
        if let id = request.applicationID { scopes.append(Scope(kind: .application, id: id)) }
        if let id = request.userSubjectID { scopes.append(Scope(kind: .user, id: id)) }
        return scopes
    }

    private mutating func add(
        _ charges: [StoredCall.Charge], _ held: StoredCall.Hold?, to position: Int, atMicros micros: Int64
    ) {
        let budget = budgets[position]
        if !budget.lastBounds.contains(micros) {
            budgets[position].lastBounds = BudgetCalendar.period(
                containing: micros, kind: budget.period, timeZone: budget.timeZone)
        }
        let start = budgets[position].lastBounds.startMicros
        var sums = budget.periods[start] ?? Sums()
        for charge in charges where charge.currency == budget.currency {
            sums.spent = CheckedSum.adding(sums.spent, charge.amountNano)
        }
        if let held, held.currency == budget.currency { sums.held = CheckedSum.adding(sums.held, held.amountNano) }
        budgets[position].periods[start] = sums
    }

    /// A row that is missing counts as zeros: a period without spending needs none.
    mutating func compare(_ connection: Connection, _ log: FindingLog) throws {
        var positions: [Int64: Int] = [:]
        for (position, budget) in budgets.enumerated() { positions[budget.id] = position }
        let row = try connection.prepare(
            """
            SELECT budget_id, period_start_micros, spent_nano, held_nano
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
            for (start, sums) in budget.periods.sorted(by: { $0.key < $1.key }) where sums != Sums() {
                let key = "\(budget.id)/\(start)"
                log.add(.derived, "budget_period", key, "the period has charges or holds and no row")
            }
        }
    }
}
