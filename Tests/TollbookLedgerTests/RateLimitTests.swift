import SQLite
import Testing
import TollbookCore
import TollbookLedger
import TollbookPolicy
import TollbookTesting

/// Focus: that rate limits hold under concurrency, count what was used, and count the same after a restart.
@Suite struct RateLimitTests {
    @Test func neverLetsMoreRequestsInThanAMinuteHas() async throws {
        let fixture = try await LedgerFixture()
        defer { fixture.ledger.shutdown() }
        _ = try await fixture.addRateLimit(requests: 40)
        #expect(try await opened(300, in: fixture) == 40)
        let client = CollectingClient()
        guard case .limited(let refusal) = await client.open(try fixture.makeRequest(id: 901), in: fixture.ledger)
        else {
            Issue.record("the limit was passed")
            return
        }
        #expect(refusal.kind == .init(.requests, .minute))
        #expect(refusal.limit == 40)
        #expect(refusal.used == 40)
        #expect(refusal.asked == 1)
        #expect(refusal.scope == "project/ranking")
        #expect(refusal.retryAfterSeconds == 61)
        #expect(try rows(fixture, "SELECT count(*) FROM decision WHERE verdict = 2 AND reason = 14") == 261)
        #expect(try rows(fixture, "SELECT count(*) FROM decision WHERE verdict = 1 AND reason = 15") == 40)
        fixture.clock.advance(byMicros: 61_000_000)
        #expect(try await opened(50, from: 1_000, in: fixture) == 40)
    }

    @Test(arguments: RateSpan.allCases)
    func countsOverEverySpan(span: RateSpan) async throws {
        let fixture = try await LedgerFixture()
        defer { fixture.ledger.shutdown() }
        _ = try await fixture.addRateLimit(more: [RateQuota(.init(.requests, span), limit: 5)])
        #expect(try await opened(8, in: fixture) == 5)
        fixture.clock.advance(byMicros: span.rawValue * 1_000_000 - 1)
        #expect(try await opened(3, from: 100, in: fixture) == 0)
        fixture.clock.advance(byMicros: span.rawValue * 1_000_000 / 20)
        #expect(try await opened(8, from: 200, in: fixture) == 5)
    }

    @Test func countsInputAndOutputApart() async throws {
        let fixture = try await LedgerFixture()
        defer { fixture.ledger.shutdown() }
        _ = try await fixture.addRateLimit(more: [
            RateQuota(.init(.inputTokens, .hour), limit: 250), RateQuota(.init(.outputTokens, .day), limit: 1_000),
        ])
        let client = CollectingClient()
        let first = try fixture.makeRequest(id: 1, inputTokens: 200, maxOutputTokens: 900)
        #expect(Self.isOpened(await client.open(first, in: fixture.ledger)))
        guard
            case .limited(let input) = await client.open(
                try fixture.makeRequest(id: 2, inputTokens: 100, maxOutputTokens: 10), in: fixture.ledger)
        else {
            Issue.record("the limit was passed")
            return
        }
        #expect(input.kind == .init(.inputTokens, .hour))
        guard
            case .limited(let output) = await client.open(
                try fixture.makeRequest(id: 3, inputTokens: 10, maxOutputTokens: 200), in: fixture.ledger)
        else {
            Issue.record("the limit was passed")
            return
        }
        #expect(output.kind == .init(.outputTokens, .day))
    }

    @Test func letsOnlySoManyCallsInAtATime() async throws {
        let fixture = try await LedgerFixture()
        defer { fixture.ledger.shutdown() }
        _ = try await fixture.addRateLimit(scope: .key, concurrent: 3)
        let client = CollectingClient()
        let requests = try (1...4).map { try fixture.makeRequest(id: Int64($0)) }
        for request in requests.prefix(3) { #expect(Self.isOpened(await client.open(request, in: fixture.ledger))) }
        #expect(!Self.isOpened(await client.open(requests[3], in: fixture.ledger)))
        _ = await client.settle(try fixture.makeSettlement(requests[0]), in: fixture.ledger)
        let next = try fixture.makeRequest(id: 5)
        #expect(Self.isOpened(await client.open(next, in: fixture.ledger)))
        #expect(!Self.isOpened(await client.open(try fixture.makeRequest(id: 6), in: fixture.ledger)))
    }

    @Test func countsUsedTokensInPlaceOfReservedOnes() async throws {
        let fixture = try await LedgerFixture()
        defer { fixture.ledger.shutdown() }
        _ = try await fixture.addRateLimit(tokens: 1_200)
        let client = CollectingClient()
        let first = try fixture.makeRequest(id: 1, inputTokens: 100, maxOutputTokens: 1_000)
        guard case .opened(_, let standing) = await client.open(first, in: fixture.ledger) else {
            Issue.record("the open was refused")
            return
        }
        #expect(standing?.tokens?.limit == 1_200)
        #expect(standing?.tokens?.remaining == 100)
        #expect(standing?.tokens?.resetSeconds == 61)
        #expect(standing?.requests == nil)
        let second = try fixture.makeRequest(id: 2, inputTokens: 100, maxOutputTokens: 100)
        #expect(!Self.isOpened(await client.open(second, in: fixture.ledger)))
        let settlement = try fixture.makeSettlement(first, inputTokens: 80, outputTokens: 20)
        _ = await client.settle(settlement, in: fixture.ledger)
        let third = try fixture.makeRequest(id: 3, inputTokens: 100, maxOutputTokens: 1_000)
        #expect(Self.isOpened(await client.open(third, in: fixture.ledger)))
    }

    /// What can never pass is told apart, so that nobody tries it again.
    @Test func tellsACallThatIsOverTheLimitAlone() async throws {
        let fixture = try await LedgerFixture()
        defer { fixture.ledger.shutdown() }
        _ = try await fixture.addRateLimit(tokens: 500)
        let client = CollectingClient()
        guard case .limited(let refusal) = await client.open(try fixture.makeRequest(id: 1), in: fixture.ledger)
        else {
            Issue.record("the limit was passed")
            return
        }
        #expect(refusal.retryAfterSeconds == nil)
        #expect(refusal.asked == 1_100)
        #expect(refusal.used == 0)
    }

    @Test func refusesByABudgetWithoutTakingOfTheLimit() async throws {
        let fixture = try await LedgerFixture()
        defer { fixture.ledger.shutdown() }
        _ = try await fixture.addRateLimit(requests: 1)
        _ = try await fixture.addBudget(limitNano: 1_000)
        let client = CollectingClient()
        guard case .refused = await client.open(try fixture.makeRequest(id: 1), in: fixture.ledger) else {
            Issue.record("the budget was passed")
            return
        }
        // 150 + 600 nano
        let small = try fixture.makeRequest(id: 2, inputTokens: 1, maxOutputTokens: 1)
        #expect(Self.isOpened(await client.open(small, in: fixture.ledger)))
    }

    @Test func countsTheSameAfterARestart() async throws {
        let clock = ManualClock()
        let fixture = try await LedgerFixture(clock: clock)
        _ = try await fixture.addRateLimit(requests: 10, tokens: 5_000)
        let client = CollectingClient()
        let millis = clock.nowMicros() / 1_000
        for offset: Int64 in 0..<7 {
            let request = try fixture.makeRequest(
                id: RequestID.first(atMillis: millis + offset * 5_000).rawValue, inputTokens: 100, maxOutputTokens: 200)
            #expect(Self.isOpened(await client.open(request, in: fixture.ledger)))
            if offset < 6 {
                _ = await client.settle(
                    try fixture.makeSettlement(request, inputTokens: 90, outputTokens: 10), in: fixture.ledger)
            }
            clock.advance(byMicros: 5_000_000)
        }
        let before = try await refusal(fixture.ledger, fixture, tokens: 6_000)
        fixture.ledger.shutdown()
        let again = try LedgerFixture.reopen(fixture.directory, clock: clock)
        defer { again.shutdown() }
        let after = try await refusal(again, fixture, tokens: 6_000)
        // The seventh was in flight: its reservation counts before, and after the start what recovery posted for it.
        let expected: Int64 = 900
        #expect(before.used == expected)
        #expect(after.used == expected)
        var admitted = 0
        for id in 1...10 {
            let first: Int64 = RequestID.first(atMillis: clock.nowMicros() / 1_000).rawValue
            let request = try fixture.makeRequest(id: first + 100 + Int64(id), inputTokens: 1, maxOutputTokens: 1)
            if Self.isOpened(await client.open(request, in: again)) { admitted += 1 }
        }
        #expect(admitted == 3)
    }

    // MARK: Help

    /// What a call that asks for too much is told.
    private func refusal(_ ledger: Ledger, _ fixture: LedgerFixture, tokens: Int64) async throws -> RateRefusal {
        let id = RequestID.first(atMillis: fixture.clock.nowMicros() / 1_000).rawValue + Int64.random(in: 1_000..<2_000)
        let request = try fixture.makeRequest(id: id, inputTokens: tokens, maxOutputTokens: 1)
        guard case .limited(let refusal) = await CollectingClient().open(request, in: ledger) else {
            throw TollbookError(.init(rawValue: "test"), "the limit was passed")
        }
        return refusal
    }

    private func opened(_ count: Int, from first: Int64 = 1, in fixture: LedgerFixture) async throws -> Int {
        let client = CollectingClient()
        let requests = try (0..<count).map { try fixture.makeRequest(id: first + Int64($0)) }
        return await withTaskGroup(of: Bool.self) { group in
            for request in requests {
                group.addTask { Self.isOpened(await client.open(request, in: fixture.ledger)) }
            }
            return await group.reduce(0) { $1 ? $0 + 1 : $0 }
        }
    }

    private static func isOpened(_ result: LedgerResult) -> Bool {
        if case .opened = result { true } else { false }
    }

    private func rows(_ fixture: LedgerFixture, _ sql: String) throws -> Int64? {
        try fixture.ledger.makeReader().query(sql).first?.first?.integer
    }
}
