package import SQLite
internal import TollbookCore
internal import TollbookLedger
internal import TollbookPolicy
internal import TollbookReports

/// Reads every open budget with the sums of its running period.
package enum BudgetStandings {
    /// Every open budget, by scope and name. Runs on the connection's thread; some milliseconds.
    package static func read(_ connection: Connection, nowMicros: Int64) throws -> BudgetList {
        let standings = try budgets(connection).map { try standing($0, connection, nowMicros: nowMicros) }
        return BudgetList(budgets: standings.sorted { ($0.scope, $0.name) < ($1.scope, $1.name) })
    }

    /// The open budget with an id or a name, with who spent it; nil: there is none.
    static func detail(_ reference: String, _ connection: Connection, nowMicros: Int64) throws -> BudgetDetail? {
        let budgets = try budgets(connection)
        let named = budgets.first { $0.name == reference } ?? budgets.first { String($0.id) == reference }
        guard let budget = named else { return nil }
        let raises = budget.raises.filter { $0.toMicros > nowMicros }.sorted { $0.fromMicros < $1.fromMicros }
        return BudgetDetail(
            budget: try standing(budget, connection, nowMicros: nowMicros),
            raises: raises.map { raise in
                .init(
                    amount: budget.text(raise.amount), from: text(raise.fromMicros), to: text(raise.toMicros))
            },
            spenders: try spenders(budget, connection, nowMicros: nowMicros), periods: try periods(budget, connection))
    }

    private static func budgets(_ connection: Connection) throws -> [BudgetRecord] {
        // The revision only labels the snapshot, which is not used here.
        try GovernanceLoader.load(connection: connection, revision: 0).budgets
    }

    private static func standing(
        _ budget: BudgetRecord, _ connection: Connection, nowMicros: Int64
    ) throws -> BudgetStanding {
        let window = Window(budget, nowMicros: nowMicros)
        let sums = try sums(budget, window, connection)
        let limit = budget.limit(atMicros: nowMicros)
        return BudgetStanding(
            id: budget.id, name: budget.name, scope: budget.reach.text, period: budget.span.text,
            periodStart: window.startMicros.map(text), periodEnd: window.endMicros.map(text), timeZone: budget.timeZone,
            unit: budget.unit.name, limit: budget.text(limit), spent: budget.text(sums.spent),
            held: budget.text(sums.held), left: budget.text(limit &- sums.spent &- sums.held),
            forecast: window.forecast(sums.spent, nowMicros: nowMicros).map(budget.text),
            currency: budget.unit == .money ? budget.currency : nil, enforcement: budget.enforcement.name,
            contact: budget.contact)
    }

    private static func sums(
        _ budget: BudgetRecord, _ window: Window, _ connection: Connection
    ) throws -> (spent: Int64, held: Int64) {
        let statement = try connection.cached(
            """
            SELECT SUM(spent), SUM(held) FROM budget_period
            WHERE budget_id = ? AND period_start_micros >= ? AND period_start_micros <= ?
            """)
        try statement.bind(budget.id, at: 1)
        try statement.bind(window.firstRowMicros, at: 2)
        try statement.bind(window.lastRowMicros, at: 3)
        return try statement.first { ($0.optionalInt64(at: 0) ?? 0, $0.optionalInt64(at: 1) ?? 0) } ?? (0, 0)
    }

    private static func spenders(
        _ budget: BudgetRecord, _ connection: Connection, nowMicros: Int64
    ) throws -> [BudgetDetail.Spender]? {
        let since = Window(budget, nowMicros: nowMicros).firstRowMicros
        let spenders = try BudgetSpender.read(budget, sinceMicros: since, limit: spendersShown, connection)
        return try spenders?.map { spender in
            .init(
                project: try name("project", spender.projectID, connection),
                key: try name("api_key", spender.keyID, connection), spent: budget.text(spender.spent))
        }
    }

    private static func name(_ table: String, _ id: Int64, _ connection: Connection) throws -> String {
        try connection.query("SELECT name FROM \(table) WHERE id = ?", [.integer(id)]).first?.first?.text ?? "#\(id)"
    }

    private static func periods(_ budget: BudgetRecord, _ connection: Connection) throws -> [BudgetDetail.Period] {
        guard budget.span.period != .rolling else { return [] }
        let rows = try connection.query(
            """
            SELECT period_start_micros, spent, held FROM budget_period
            WHERE budget_id = ? ORDER BY period_start_micros DESC LIMIT \(periodsShown)
            """, [.integer(budget.id)])
        return rows.map { row in
            .init(
                start: budget.span.period == .total ? nil : row[0].integer.map(text),
                spent: budget.text(row[1].integer ?? 0), held: budget.text(row[2].integer ?? 0))
        }
    }

    private static let spendersShown = 20
    private static let periodsShown = 24

    private static func text(_ micros: Int64) -> String {
        CivilTime.text(micros: micros, offsetSeconds: 0)
    }
}

/// The time that a budget counts in now.
private struct Window {
    /// nil for a period without end.
    let startMicros: Int64?
    /// nil for a period without end, and for a rolling one.
    let endMicros: Int64?
    /// Rows of `budget_period` from here …
    let firstRowMicros: Int64
    /// … to here, inclusive.
    let lastRowMicros: Int64

    init(_ budget: BudgetRecord, nowMicros: Int64) {
        let bounds = BudgetCalendar.period(containing: nowMicros, span: budget.span, timeZone: budget.timeZone)
        lastRowMicros = bounds.startMicros
        guard let seconds = budget.span.rollingSeconds else {
            startMicros = bounds.endMicros == nil ? nil : bounds.startMicros
            endMicros = bounds.endMicros
            firstRowMicros = bounds.startMicros
            return
        }
        let start = nowMicros - seconds * 1_000_000
        startMicros = start
        endMicros = nil
        // A quarter hour counts until all of it is too old.
        firstRowMicros = start - BudgetSpan.rollingStepSeconds * 1_000_000 + 1
    }

    /// Spending in proportion to the time; rounded down.
    func forecast(_ spent: Int64, nowMicros: Int64) -> Int64? {
        guard let startMicros, let endMicros else { return nil }
        let length = endMicros - startMicros
        let passed = nowMicros - startMicros
        guard passed >= length / 100, passed > 0, spent >= 0 else { return nil }
        let product = spent.multipliedFullWidth(by: length)
        guard product.high < passed else { return nil }
        return passed.dividingFullWidth(product).quotient
    }
}

extension BudgetRecord {
    /// An amount in its unit: money as a decimal, a count as it is.
    fileprivate func text(_ amount: Int64) -> String {
        unit == .money ? NanoAmount(nano: amount).decimalText : String(amount)
    }
}
