import SQLite
import Testing
import TollbookCore
import TollbookLedger
import TollbookPolicy
import TollbookTesting

/// Focus: random streams of calls against an oracle that adds everything up anew, after every operation.
@Suite struct BudgetOracleTests {
    /// A budget as the oracle knows it; what matches is decided here, apart from the ledger's own code.
    private struct Budget {
        let id: Int64
        let unit: BudgetUnit
        let limit: Int64
        let period: BudgetPeriod
        let rollingSeconds: Int64?
        let isHard: Bool
        let matches: @Sendable (Call) -> Bool

        /// A call counts in the period of its acceptance: the same one as `now`'s, or for a rolling budget, in a
        /// quarter hour that is not yet wholly older than the length.
        func counts(_ call: Call, nowMicros: Int64) -> Bool {
            guard matches(call) else { return false }
            guard let rollingSeconds else {
                return BudgetCalendar.period(containing: nowMicros, kind: period, timeZone: "UTC")
                    .contains(call.acceptedMicros)
            }
            let quarter = call.acceptedMicros / 900_000_000 * 900_000_000
            return quarter + 900_000_000 > nowMicros - rollingSeconds * 1_000_000
        }
    }

    private struct Call {
        let request: OpenRequest
        let endUser: String
        let tag: String
        let acceptedMicros: Int64
        var spent: (money: Int64, tokens: Int64)?

        func spent(_ unit: BudgetUnit) -> Int64 {
            guard let spent else { return 0 }
            return unit == .money ? spent.money : unit == .tokens ? spent.tokens : 1
        }

        func asked(_ unit: BudgetUnit) -> Int64 {
            switch unit {
            case .money: request.hold?.nano ?? 0
            case .tokens: request.estimatedInputTokens + request.heldOutputTokens
            case .requests: 1
            }
        }
    }

    private struct Steps {
        var state: UInt64

        mutating func next(below bound: Int64) -> Int64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int64(state >> 33) % bound
        }
    }

    @Test("seeded streams agree with an oracle", arguments: [11, 222, 3_333, 44_444] as [UInt64])
    func agreesWithAnOracle(seed: UInt64) async throws {
        let fixture = try await LedgerFixture()
        var ledger = fixture.ledger
        let budgets = try await Self.budgets(fixture)
        let client = CollectingClient()
        var random = Steps(state: seed)
        var calls: [Call] = []
        var refused = 0
        for step in 0..<400 {
            switch random.next(below: 20) {
            case 0..<10:
                let (call, isOpen) = try await Self.open(
                    step, fixture, ledger, client, &random, expecting: budgets, known: calls)
                if isOpen { calls.append(call) } else { refused += 1 }
            case 10..<17:
                let open = calls.indices.filter { calls[$0].spent == nil }
                guard let index = open.isEmpty ? nil : open[Int(random.next(below: Int64(open.count)))] else { break }
                let input = random.next(below: 300)
                let output = random.next(below: 1_500)
                let settlement = try fixture.makeSettlement(
                    calls[index].request, inputTokens: input, outputTokens: output)
                _ = await client.settle(settlement, in: ledger)
                calls[index].spent = (input * 150 + output * 600, input + output)
            case 17..<19: fixture.clock.advance(byMicros: random.next(below: 40) * 60_000_000)
            default:
                guard random.next(below: 6) == 0 else { break }
                // What a stop leaves open is closed at its worst case.
                ledger.shutdown()
                ledger = try LedgerFixture.reopen(fixture.directory, clock: fixture.clock)
                for index in calls.indices where calls[index].spent == nil {
                    calls[index].spent = (calls[index].asked(.money), calls[index].asked(.tokens))
                }
            }
            try Self.compare(budgets, calls, ledger, nowMicros: fixture.clock.nowMicros(), seed: seed, step: step)
        }
        #expect(refused > 20, "seed \(seed) never met a limit")
        ledger.shutdown()
    }

    /// One of every unit, of several scopes, periods and enforcements.
    private static func budgets(_ fixture: LedgerFixture) async throws -> [Budget] {
        let user = try await fixture.ledger.administer(.event, organizationID: nil) { transaction in
            try transaction.subjectID(kind: .endUser, value: "customer-1")
        }
        var budgets: [Budget] = []
        func add(
            _ scope: ScopeKind, id: Int64 = 1, value: String? = nil, _ unit: BudgetUnit, _ limit: Int64,
            _ period: BudgetPeriod, rolling: Int64? = nil, hard: Bool = true,
            _ matches: @escaping @Sendable (Call) -> Bool = { _ in true }
        ) async throws {
            let made = try await fixture.addBudget(
                scope: scope, scopeID: id, value: value, unit: unit, limitNano: limit, period: period,
                rollingSeconds: rolling, enforcement: hard ? .hard : .soft)
            budgets.append(
                Budget(
                    id: made, unit: unit, limit: limit, period: period, rollingSeconds: rolling, isHard: hard,
                    matches: matches))
        }
        try await add(.organization, .money, 60_000_000, .total)
        try await add(.project, .money, 4_000_000, .hour)
        try await add(.key, .tokens, 30_000, .day, hard: false)
        try await add(.team, .tokens, 40_000, .rolling, rolling: 7_200)
        try await add(.endUser, id: user, .requests, 6, .day) { $0.endUser == "customer-1" }
        try await add(.tag, id: 0, value: "run=2", .tokens, 9_000, .minute) { $0.tag == "run=2" }
        try await add(.model, id: 0, value: "small-1", .requests, 12, .hour)
        try await add(.route, .requests, 200, .month)
        try await add(.provider, .money, 50_000_000, .rolling, rolling: 86_400)
        return budgets
    }

    /// Opens a call, and checks that it was refused exactly when the oracle finds no room.
    private static func open(
        _ step: Int, _ fixture: LedgerFixture, _ ledger: Ledger, _ client: CollectingClient, _ random: inout Steps,
        expecting budgets: [Budget], known: [Call]
    ) async throws -> (Call, isOpen: Bool) {
        let now = fixture.clock.nowMicros()
        let endUser = "customer-\(random.next(below: 3))"
        let tag = "run=\(random.next(below: 4))"
        let id = RequestID.first(atMillis: now / 1_000).rawValue + Int64(step)
        let request = try fixture.makeRequest(
            id: id, inputTokens: random.next(below: 400) + 1, maxOutputTokens: random.next(below: 2_000) + 1,
            endUser: endUser, tags: "env=test," + tag, snapshot: ledger.snapshot)
        let call = Call(request: request, endUser: endUser, tag: tag, acceptedMicros: now)
        let blocking = budgets.first { budget in
            guard budget.isHard, budget.matches(call) else { return false }
            let sums = Self.sums(budget, known, nowMicros: now)
            return sums.spent + sums.held + call.asked(budget.unit) > budget.limit
        }
        switch await client.open(request, in: ledger) {
        case .opened:
            #expect(blocking == nil, "step \(step): budget \(blocking?.id ?? 0) was passed")
            return (call, true)
        case .refused(let refusal):
            #expect(blocking != nil, "step \(step): \(refusal.budgetName) refused what has room")
            return (call, false)
        case let other:
            Issue.record("step \(step): \(other)")
            return (call, false)
        }
    }

    private static func sums(_ budget: Budget, _ calls: [Call], nowMicros: Int64) -> (spent: Int64, held: Int64) {
        calls.filter { budget.counts($0, nowMicros: nowMicros) }.reduce((0, 0)) { sums, call in
            (sums.0 + call.spent(budget.unit), sums.1 + (call.spent == nil ? call.asked(budget.unit) : 0))
        }
    }

    /// The stored sums are the oracle's, in every period.
    private static func compare(
        _ budgets: [Budget], _ calls: [Call], _ ledger: Ledger, nowMicros: Int64, seed: UInt64, step: Int
    ) throws {
        let rows = try ledger.makeReader().query(
            "SELECT budget_id, sum(spent), sum(held) FROM budget_period GROUP BY budget_id")
        let stored = Dictionary(
            rows.map { ($0[0].integer ?? 0, [$0[1].integer ?? 0, $0[2].integer ?? 0]) },
            uniquingKeysWith: { first, _ in first })
        for budget in budgets {
            let mine = calls.filter(budget.matches)
            let spent = mine.reduce(Int64(0)) { $0 + $1.spent(budget.unit) }
            let held = mine.reduce(Int64(0)) { $0 + ($1.spent == nil ? $1.asked(budget.unit) : 0) }
            #expect(
                stored[budget.id] ?? [0, 0] == [spent, held], "seed \(seed), step \(step), budget \(budget.id)")
        }
    }
}
