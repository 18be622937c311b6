internal import SQLite
package import TollbookCore
package import TollbookLedger
package import TollbookPolicy

/// A ledger in a temporary directory with one organization, team, project, application, key, provider, deployment,
/// route and price, and the budgets a test asks for.
///
/// Ids are 1 for each of them. Prices: input 150,000 pico, output 600,000 pico a token (0.15 and 0.60 USD a million).
package final class LedgerFixture: Sendable {
    package let directory: TemporaryDirectory
    package let ledger: Ledger
    package let clock: ManualClock

    package init(clock: ManualClock = ManualClock(), priced: Bool = true) async throws {
        self.clock = clock
        directory = try TemporaryDirectory()
        ledger = try Ledger.open(directory: directory.path, clock: clock, options: Self.options)
        let hash = Self.secretHash(ledger)
        try await ledger.administer(.governance, organizationID: nil) { transaction in
            try Self.install(transaction, secretHash: hash, priced: priced)
        }
    }

    /// Opens the directory's ledger anew, after `ledger.shutdown()` or a simulated crash.
    package static func reopen(_ directory: TemporaryDirectory, clock: ManualClock) throws -> Ledger {
        try Ledger.open(directory: directory.path, clock: clock, options: options)
    }

    /// The key that the fixture made.
    package var key: KeyRecord? { ledger.snapshot.keys.values.first { $0.id == 1 } }

    /// Adds a budget; returns its id.
    package func addBudget(
        scope: ScopeKind = .project, scopeID: Int64 = 1, value: String? = nil, unit: BudgetUnit = .money,
        limitNano limit: Int64, period: BudgetPeriod = .total, rollingSeconds: Int64? = nil,
        enforcement: Enforcement = .hard, timeZone: String = "UTC"
    ) async throws -> Int64 {
        try await ledger.administer(.governance, organizationID: 1) { transaction in
            let id = try transaction.nextID(.budgetVersion)
            let isMoney = unit == .money
            try Self.insert(
                transaction, .budgetVersion, current: "budget", id: id,
                [
                    .text("budget-\(id)"), .integer(Int64(scope.rawValue)), .integer(scopeID),
                    value.map(Value.text) ?? .null, nil, .integer(Int64(unit.rawValue)),
                    .integer(isMoney ? limit : 0), isMoney ? .null : .integer(limit), isMoney ? "USD" : "",
                    .integer(Int64(period.rawValue)), rollingSeconds.map(Value.integer) ?? .null,
                    .integer(Int64(enforcement.rawValue)), nil, nil, .text(timeZone), 0, nil, nil,
                ])
            return id
        }
    }

    /// Adds a rate limit; returns its id.
    package func addRateLimit(
        scope: ScopeKind = .project, requests: Int64? = nil, tokens: Int64? = nil, concurrent: Int64? = nil,
        more: [RateQuota] = []
    ) async throws -> Int64 {
        try await ledger.administer(.governance, organizationID: 1) { transaction in
            let id = try transaction.nextID(.rateLimitVersion)
            var quotas = Dictionary(more.map { ($0.kind, $0.limit) }, uniquingKeysWith: { first, _ in first })
            quotas[.init(.requests, .minute)] = requests ?? quotas[.init(.requests, .minute)]
            quotas[.init(.tokens, .minute)] = tokens ?? quotas[.init(.tokens, .minute)]
            try Self.insert(
                transaction, .rateLimitVersion, current: "rate_limit", id: id,
                [.text("limit-\(id)"), .integer(Int64(scope.rawValue)), 1, nil, nil]
                    + RateQuota.Kind.all.map { quotas[$0].map(Value.integer) ?? .null }
                    + [concurrent.map(Value.integer) ?? .null])
            return id
        }
    }

    /// A request as the gateway would open it, planned on the newest snapshot.
    package func makeRequest(
        id: Int64, inputTokens: Int64 = 100, maxOutputTokens: Int64 = 1_000, endUser: String? = nil,
        tags: String? = nil, snapshot newest: GovernanceSnapshot? = nil
    ) throws -> OpenRequest {
        let snapshot = newest ?? ledger.snapshot
        guard let key = snapshot.keys.values.first(where: { $0.id == 1 }) else {
            throw TollbookError(.init(rawValue: "fixture"), "the fixture's key is closed")
        }
        let facts = CallFacts(
            routeName: "small", estimatedInputTokens: inputTokens, maxOutputTokens: maxOutputTokens, choices: 1,
            acceptedMicros: clock.nowMicros())
        guard case .planned(let plan) = Planner.admit(facts, key: key, snapshot: snapshot) else {
            throw TollbookError(.init(rawValue: "fixture"), "the fixture's call cannot be planned")
        }
        return OpenRequest(
            id: RequestID(rawValue: id), acceptedMicros: facts.acceptedMicros, key: key, endUser: endUser,
            address: "192.0.2.1", interaction: nil, tags: tags, endpoint: .chatCompletions, dialect: .openaiChat,
            route: plan.route, isStream: false, bodyBytes: 200, bodyHash: Array(repeating: 7, count: 16),
            estimatedInputTokens: inputTokens, heldOutputTokens: plan.heldOutputTokens, revision: snapshot.revision,
            traceID: nil, decisions: plan.decisions, target: plan.targets.first, hold: plan.hold,
            currency: plan.currency)
    }

    /// A settlement with provider-reported usage.
    package func makeSettlement(
        _ request: OpenRequest, inputTokens: Int64 = 80, outputTokens: Int64 = 20
    ) throws -> Settlement {
        guard let target = request.target else {
            throw TollbookError(.init(rawValue: "fixture"), "the request has no target")
        }
        let usage = Usage([.input: inputTokens, .output: outputTokens])
        let attempt = AttemptRecord(
            target: target, startedMicros: clock.nowMicros(), headAfterMicros: 900, firstTokenAfterMicros: 1_000,
            endedAfterMicros: 2_000, status: 200, wasDispatched: true, upstreamRequestID: "chatcmpl-1",
            rawUsage: #"{"prompt_tokens":80,"completion_tokens":20}"#,
            charges: Charging.lines(for: usage, prices: target.prices, source: .provider))
        return Settlement(
            request: request, attempts: [attempt], endedMicros: clock.nowMicros() + 2_000, status: 200,
            endReason: .completed, caveat: nil, openedAfterMicros: 300)
    }

    private static var options: LedgerOptions {
        var options = LedgerOptions()
        options.ballastBytes = 0
        return options
    }

    private static func secretHash(_ ledger: Ledger) -> [UInt8] {
        // Any 32 bytes will do: the fixture's calls name the key record, not its secret.
        Array(repeating: 1, count: 32)
    }

    private static func install(_ transaction: LedgerTransaction, secretHash: [UInt8], priced: Bool) throws {
        try insert(transaction, .organizationVersion, current: "organization", id: 1, ["acme", "UTC"])
        try insert(transaction, .teamVersion, current: "team", id: 1, [1, "search"])
        try insert(transaction, .projectVersion, current: "project", id: 1, [1, 1, "ranking", nil, nil])
        try insert(transaction, .applicationVersion, current: "application", id: 1, [1, "web"])
        try insert(
            transaction, .providerVersion, current: "provider", id: 1,
            ["openai-eu", "openai", "http://127.0.0.1:9/v1"])
        try insert(transaction, .credentialVersion, current: "credential", id: 1, [1, "default", "env:KEY", nil])
        try insert(
            transaction, .deploymentVersion, current: "deployment", id: 1,
            ["small-eu", 1, "small-1", "eu", 128_000, 16_384])
        try insert(transaction, .routeVersion, current: "route", id: 1, ["small", "priority", "[1]"])
        try insert(
            transaction, .apiKeyVersion, current: "api_key", id: 1,
            [1, 1, nil, "key-1", "hmac", .blob(secretHash), "wxyz", nil])
        guard priced else { return }
        for (id, meter, pico) in [(1, Meter.input, 150_000), (2, Meter.output, 600_000)] {
            try transaction.insert(
                .price,
                [
                    .integer(Int64(id)), .integer(transaction.logIndex), 1, "small-1",
                    .integer(Int64(meter.rawValue)), .integer(Int64(pico)), "USD", 0, nil, "list", nil, 1, nil,
                ])
        }
    }

    private static func insert(
        _ transaction: LedgerTransaction, _ table: TruthTable, current: String, id: Int64, _ columns: [Value]
    ) throws {
        let index = Value.integer(transaction.logIndex)
        try transaction.insert(table, [.integer(id), index] + columns + [nil, 0, 1, nil, nil])
        let values: [Value] = [.integer(id), index] + columns + [nil, 0]
        let marks = Array(repeating: "?", count: values.count).joined(separator: ", ")
        try transaction.execute("INSERT INTO \(current) VALUES (\(marks))", values)
    }
}
