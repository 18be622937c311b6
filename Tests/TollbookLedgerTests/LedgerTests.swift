import SQLite
import Testing
import TollbookCore
import TollbookLedger
import TollbookPolicy
import TollbookTesting

/// Focus: what open and settle write, and that budgets hold under concurrency.
@Suite struct LedgerTests {
    private func integer(_ fixture: LedgerFixture, _ sql: String) throws -> Int64? {
        try fixture.ledger.makeReader().query(sql).first?.first?.integer
    }

    @Test func settlesWhatItOpened() async throws {
        let fixture = try await LedgerFixture()
        defer { fixture.ledger.shutdown() }
        let client = CollectingClient()
        let request = try fixture.makeRequest(id: 1)
        guard case .opened = await client.open(request, in: fixture.ledger) else {
            Issue.record("the open was refused")
            return
        }
        // 100 x 150,000 pico + 1,000 x 600,000 pico
        #expect(try integer(fixture, "SELECT amount_nano FROM open_hold") == 615_000)
        guard case .settled(let receipt) = await client.settle(try fixture.makeSettlement(request), in: fixture.ledger)
        else {
            Issue.record("the settlement failed")
            return
        }
        // 80 x 150,000 pico + 20 x 600,000 pico
        #expect(receipt.total == NanoAmount(nano: 24_000))
        #expect(try integer(fixture, "SELECT count(*) FROM open_hold") == 0)
        #expect(try integer(fixture, "SELECT sum(amount_nano) FROM charge") == 24_000)
        #expect(
            try integer(fixture, "SELECT sum(debits_posted_nano) - sum(credits_posted_nano) FROM account_balance") == 0)
        #expect(try integer(fixture, "SELECT sum(debits_pending_nano) FROM account_balance") == 0)
        #expect(try integer(fixture, "SELECT sum(amount_nano) FROM rollup_quarter") == 24_000)
    }

    /// What no row can hold fails alone, is tried again under load, and is closed as a crash would close it.
    @Test func closesFromItsHoldWhatCannotBeSettled() async throws {
        let fixture = try await LedgerFixture()
        defer { fixture.ledger.shutdown() }
        _ = try await fixture.addBudget(limitNano: 1_000_000_000)
        let client = CollectingClient()
        let requests = try (1...8).map { try fixture.makeRequest(id: Int64($0)) }
        for request in requests { _ = await client.open(request, in: fixture.ledger) }
        let results = await withTaskGroup(of: (Int64, LedgerResult).self) { group in
            for request in requests {
                group.addTask {
                    let id = request.id.rawValue
                    guard let good = try? fixture.makeSettlement(request) else { return (id, .unavailable) }
                    return (id, await client.settle(id == 3 ? Self.impossible(good) : good, in: fixture.ledger))
                }
            }
            return await group.reduce(into: [Int64: LedgerResult]()) { $0[$1.0] = $1.1 }
        }
        for (id, result) in results {
            if id == 3, case .settlementDeferred = result { continue }
            guard case .settled = result else {
                Issue.record("\(id) was answered with \(result)")
                continue
            }
        }
        var next: Int64 = 9
        while fixture.ledger.metrics().deferredSettlements > 0, next < 20_000 {
            let request = try fixture.makeRequest(id: next)
            _ = await client.open(request, in: fixture.ledger)
            _ = await client.settle(try fixture.makeSettlement(request), in: fixture.ledger)
            next += 1
        }
        #expect(try integer(fixture, "SELECT end_reason FROM outcome WHERE request_id = 3") == 6)
        #expect(try integer(fixture, "SELECT sum(amount_nano) FROM charge WHERE request_id = 3") == 615_000)
        #expect(try integer(fixture, "SELECT count(*) FROM outcome") == next - 1)
        #expect(try integer(fixture, "SELECT count(*) FROM open_hold") == 0)
        #expect(try integer(fixture, "SELECT held FROM budget_period") == 0)
        #expect(fixture.ledger.metrics().openHolds == 0)
    }

    /// A status that the table's CHECK refuses.
    private static func impossible(_ settlement: Settlement) -> Settlement {
        Settlement(
            request: settlement.request, attempts: settlement.attempts, endedMicros: settlement.endedMicros,
            status: 999, endReason: settlement.endReason, caveat: nil, openedAfterMicros: 300)
    }

    @Test func neverPassesABudgetUnderConcurrency() async throws {
        let fixture = try await LedgerFixture()
        defer { fixture.ledger.shutdown() }
        // Room for exactly forty holds.
        _ = try await fixture.addBudget(limitNano: 615_000 * 40)
        let client = CollectingClient()
        let requests = try (1...300).map { try fixture.makeRequest(id: Int64($0)) }
        let opened = await withTaskGroup(of: Bool.self) { group in
            for request in requests {
                group.addTask {
                    if case .opened = await client.open(request, in: fixture.ledger) { return true }
                    return false
                }
            }
            return await group.reduce(0) { $1 ? $0 + 1 : $0 }
        }
        #expect(opened == 40)
        #expect(try integer(fixture, "SELECT held FROM budget_period") == 615_000 * 40)
        #expect(try integer(fixture, "SELECT count(*) FROM outcome WHERE end_reason = 4") == 260)
        #expect(try integer(fixture, "SELECT count(*) FROM decision WHERE verdict = 2 AND reason = 6") == 260)
    }
}
