internal import SQLite
internal import TollbookCore
internal import TollbookLedger
internal import TollbookPolicy

/// An open budget as its newest version has it, with what decides which calls count, and how much.
struct TalliedBudget {
    let id: Int64
    let span: BudgetSpan
    let timeZone: String
    private let scopes: [LimitScope]
    private let unit: BudgetUnit
    private let currency: String
    /// Of the models and providers among the scopes; nil: none is among them.
    private let deployments: Set<Int64>?
    /// When its newest version was made.
    private let versionMicros: Int64

    static func read(_ connection: Connection) throws -> [TalliedBudget] {
        let deployments = try Self.deployments(connection)
        let row = try connection.prepare(
            """
            SELECT v.id, v.closed, v.scope_kind, v.scope_id, v.scope_value, v.scope_also, v.unit, v.currency, v.period,
              v.rolling_seconds, v.time_zone, j.time_micros
            FROM budget_version v
              LEFT JOIN journal j ON j.log_id = (SELECT min(log_id) FROM journal) AND j.log_index = v.log_index
            ORDER BY v.id, v.log_index DESC
            """)
        var budgets: [TalliedBudget] = []
        var last: Int64?
        while try row.step() {
            let id = row.int64(at: 0)
            // The first row of each id is its newest version.
            guard id != last else { continue }
            last = id
            guard row.int64(at: 1) == 0, let budget = TalliedBudget(row, id: id, deployments) else { continue }
            budgets.append(budget)
        }
        return budgets
    }

    private struct Deployment {
        let id: Int64
        let providerID: Int64
        let model: String
    }

    /// Every deployment in its newest version, closed ones too.
    private static func deployments(_ connection: Connection) throws -> [Deployment] {
        let row = try connection.prepare(
            "SELECT id, provider_id, model FROM deployment_version ORDER BY id, log_index DESC")
        var found: [Deployment] = []
        while try row.step() {
            // The first row of each id is its newest version.
            guard found.last?.id != row.int64(at: 0) else { continue }
            found.append(
                Deployment(id: row.int64(at: 0), providerID: row.int64(at: 1), model: row.string(at: 2)))
        }
        return found
    }

    private init?(_ row: Statement, id: Int64, _ known: [Deployment]) {
        let also = row.optionalString(at: 5)
        guard let kind = ScopeKind(rawValue: row.int(at: 2)),
            let others = also == nil ? [] : also.flatMap(LimitScope.list),
            let unit = BudgetUnit(rawValue: row.int(at: 6)), let period = BudgetPeriod(rawValue: row.int(at: 8))
        else { return nil }
        self.id = id
        scopes = [LimitScope(kind, id: row.int64(at: 3), value: row.optionalString(at: 4))] + others
        self.unit = unit
        currency = row.string(at: 7)
        span = BudgetSpan(period, rollingSeconds: row.optionalInt64(at: 9))
        timeZone = row.string(at: 10)
        versionMicros = row.optionalInt64(at: 11) ?? 0
        var served: Set<Int64>?
        for scope in scopes where scope.kind == .model || scope.kind == .provider {
            let matching = known.filter { scope.kind == .model ? $0.model == scope.value : $0.providerID == scope.id }
            let ids = Set(matching.map(\.id))
            served = served?.intersection(ids) ?? ids
        }
        deployments = served
    }

    /// Whether a call is within the scopes, but for what serves it.
    func matches(_ request: StoredCall.Request) -> Bool {
        scopes.allSatisfy { scope in
            switch scope.kind {
            case .organization: scope.id == request.organizationID
            case .team: scope.id == request.teamID
            case .project: scope.id == request.projectID
            case .application: scope.id == request.applicationID
            case .user: scope.id == request.userSubjectID
            case .key: scope.id == request.keyID
            case .endUser: scope.id == request.endUserSubjectID
            case .tag: request.tags?.split(separator: ",").contains { $0 == scope.value ?? "" } ?? false
            case .route: scope.id == request.routeID
            case .model, .provider: true
            }
        }
    }

    private func serves(_ deployment: Int64?) -> Bool {
        deployments?.contains(deployment ?? 0) ?? true
    }

    /// nil: it does not fit.
    func spent(_ call: StoredCall) -> Int64? {
        guard unit != .requests else {
            guard let outcome = call.outcome, outcome.endReason != Int64(EndReason.denied.rawValue) else { return 0 }
            return serves(call.attempts.last?.deploymentID) ? 1 : 0
        }
        return call.charges.reduce(Int64?.some(0)) { sum, charge in
            guard serves(call.attempt(charge.attemptOrdinal)?.deploymentID) else { return sum }
            let isToken = charge.isInput || charge.isOutput
            let amount =
                unit == .tokens
                ? (isToken ? charge.quantity : 0) : (charge.currency == currency ? charge.amountNano ?? 0 : 0)
            return CheckedSum.adding(sum, amount)
        }
    }

    /// What an open call holds, for the target that was planned first.
    func held(_ call: StoredCall, _ request: StoredCall.Request) -> Int64 {
        guard let hold = call.hold else { return 0 }
        let planned = call.decisions.first { $0.verdict == Int64(Verdict.route.rawValue) }
        guard serves(planned?.deploymentID) else { return 0 }
        switch unit {
        case .requests: return 1
        case .money: return hold.currency == currency ? hold.amountNano ?? 0 : 0
        case .tokens:
            let (sum, overflow) = request.estimatedInputTokens.addingReportingOverflow(request.heldOutputTokens)
            return overflow ? LedgerLimits.heldTokens : min(sum, LedgerLimits.heldTokens)
        }
    }

    /// Whether a period may have no row: those that are counted call by call have none from before the budget.
    func mayLack(_ startMicros: Int64) -> Bool {
        let isCountedByCall = span.period == .minute || scopes.contains { $0.kind == .tag || $0.kind == .endUser }
        return isCountedByCall && startMicros < versionMicros
    }
}
