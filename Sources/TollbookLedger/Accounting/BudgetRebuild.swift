internal import SQLite
internal import TollbookCore
internal import TollbookPolicy

/// Builds `budget_period` rows of a budget from the truth: for new budgets, and for those that count other calls, or
/// otherwise.
///
/// What the quarter-hour roll-up can tell comes from there, over all time. Minutes, tags and end users are not in it:
/// such budgets are counted call by call, from the start of the period under way, or of the oldest call in flight if
/// that is earlier, so that no row is half of a period.
enum BudgetRebuild {
    /// Replaces the rows of one budget. Must run after the batch's roll-ups are flushed.
    static func run(_ budget: BudgetRecord, nowMicros: Int64, connection: Connection) throws {
        var tally = Tally(budget: budget, connection: connection)
        if budget.isCountedByCall {
            try tally.addCalls(since: try start(budget, nowMicros: nowMicros, connection))
        } else {
            try tally.addRollups()
        }
        try tally.addHolds()
        try connection.execute("DELETE FROM budget_period WHERE budget_id = ?", [.integer(budget.id)])
        for (periodStart, amounts) in tally.sums {
            try connection.execute(
                "INSERT INTO budget_period (budget_id, period_start_micros, spent, held) VALUES (?, ?, ?, ?)",
                [.integer(budget.id), .integer(periodStart), .integer(amounts.spent), .integer(amounts.held)])
        }
    }

    private static func start(_ budget: BudgetRecord, nowMicros: Int64, _ connection: Connection) throws -> Int64 {
        let oldest = try connection.query(
            "SELECT min(request.accepted_micros) FROM open_hold JOIN request ON request.id = open_hold.request_id"
        ).first?.first?.integer
        let first = min(nowMicros, oldest ?? nowMicros)
        let start = BudgetCalendar.period(containing: first, span: budget.span, timeZone: budget.timeZone).startMicros
        return start - (budget.span.rollingSeconds ?? 0) * 1_000_000
    }
}

extension BudgetRecord {
    /// Whether the roll-up cannot tell what it counts.
    var isCountedByCall: Bool {
        span.period == .minute || isOutsideRollups
    }

    /// Whether a scope is in no column of the roll-up.
    var isOutsideRollups: Bool {
        reach.scopes.contains { $0.kind == .tag || $0.kind == .endUser }
    }

    /// What of `rollup_quarter` is summed up.
    var rollupColumn: String {
        switch unit {
        case .money: "amount_nano"
        case .tokens: "input_tokens + output_tokens"
        case .requests: "requests - denied"
        }
    }

    /// Which rows of `rollup_quarter` count; its first parameter is the currency.
    var rollupCondition: String {
        var conditions = unit == .money ? ["currency = ?1"] : ["?1 IS NOT NULL"]
        for scope in reach.scopes {
            guard let column = Self.rollupColumn(scope.kind) else { continue }
            conditions.append("\(column) = \(scope.id)")
        }
        if let deployments = reach.deployments {
            let list = deployments.sorted().map(String.init).joined(separator: ", ")
            conditions.append("deployment_id IN (\(list))")
        }
        return conditions.joined(separator: " AND ")
    }

    private static func rollupColumn(_ kind: ScopeKind) -> String? {
        switch kind {
        case .organization: "organization_id"
        case .team: "team_id"
        case .project: "project_id"
        case .application: "application_id"
        case .user: "user_subject_id"
        case .key: "api_key_id"
        case .route: "route_id"
        case .endUser, .tag, .model, .provider: nil
        }
    }
}

/// Adds up what a budget counts, by period.
private struct Tally {
    let budget: BudgetRecord
    let connection: Connection
    private(set) var sums: [Int64: BudgetSums.Amounts] = [:]
    private var bounds = PeriodBounds(startMicros: 0, endMicros: 0)

    init(budget: BudgetRecord, connection: Connection) {
        self.budget = budget
        self.connection = connection
    }

    mutating func addRollups() throws {
        let statement = try connection.prepare(
            """
            SELECT quarter_start_micros, SUM(\(budget.rollupColumn)) FROM rollup_quarter
            WHERE \(budget.rollupCondition) GROUP BY quarter_start_micros
            """)
        try statement.bind(budget.currency, at: 1)
        try statement.forEachRow { add(spent: $0.int64(at: 1), atMicros: $0.int64(at: 0)) }
    }

    /// Settled calls since a time, one by one.
    mutating func addCalls(since micros: Int64) throws {
        let statement = try connection.prepare(budget.unit == .requests ? Self.requests : Self.charges)
        try statement.bind(RequestID.first(atMillis: micros / 1_000).rawValue, at: 1)
        let parts = budget.reach.parts
        try statement.forEachRow { row in
            var scopes = RequestScopes(row, at: 5, parts: parts)
            // What was spent belongs to the deployment that served it.
            if parts.contains(.deployment) { scopes.deploymentID = row.optionalInt64(at: 1) ?? 0 }
            guard budget.reach.matches(scopes) else { return }
            add(spent: spent(row), atMicros: row.int64(at: 0))
        }
    }

    private func spent(_ row: borrowing Row) -> Int64 {
        switch budget.unit {
        case .requests: 1
        case .money: row.optionalString(at: 3) == budget.currency ? row.optionalInt64(at: 2) ?? 0 : 0
        case .tokens: row.int64(at: 4)
        }
    }

    mutating func addHolds() throws {
        let parts = budget.reach.parts
        try connection.prepare(Self.holds).forEachRow { row in
            guard budget.reach.matches(RequestScopes(row, at: 5, parts: parts)) else { return }
            let held: Int64 =
                switch budget.unit {
                case .requests: 1
                case .money: row.optionalString(at: 2) == budget.currency ? row.optionalInt64(at: 1) ?? 0 : 0
                case .tokens: TokenCounts(input: row.int64(at: 3), output: row.int64(at: 4)).total
                }
            add(held: held, atMicros: row.int64(at: 0))
        }
    }

    private mutating func add(spent: Int64 = 0, held: Int64 = 0, atMicros micros: Int64) {
        if !bounds.contains(micros) {
            bounds = BudgetCalendar.period(containing: micros, span: budget.span, timeZone: budget.timeZone)
        }
        sums[bounds.startMicros, default: .init()].spent += spent
        sums[bounds.startMicros, default: .init()].held += held
    }

    /// Calls that were let through, with the deployment that was tried last; end reason 4 is `denied`.
    private static let requests = """
        SELECT request.accepted_micros,
          (SELECT attempt.deployment_id FROM attempt
           WHERE attempt.request_id = request.id ORDER BY attempt.ordinal DESC LIMIT 1),
          NULL, NULL, NULL, \(RequestScopes.columns)
        FROM request JOIN outcome ON outcome.request_id = request.id
        WHERE request.id >= ? AND outcome.end_reason <> 4
        """
    /// Charges with the deployment of their attempts; meters 1 to 11 are tokens.
    private static let charges = """
        SELECT request.accepted_micros, attempt.deployment_id, charge.amount_nano, charge.currency,
          iif(charge.meter BETWEEN 1 AND 11, charge.quantity, 0), \(RequestScopes.columns)
        FROM request
          JOIN charge ON charge.request_id = request.id
          LEFT JOIN attempt ON attempt.request_id = charge.request_id AND attempt.ordinal = charge.attempt_ordinal
        WHERE request.id >= ?
        """
    private static let holds = """
        SELECT request.accepted_micros, open_hold.amount_nano, open_hold.currency, request.estimated_input_tokens,
          request.held_output_tokens, \(RequestScopes.columns)
        FROM open_hold JOIN request ON request.id = open_hold.request_id
        """
}
