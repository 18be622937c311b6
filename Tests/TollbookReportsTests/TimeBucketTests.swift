import Testing
import TollbookCore
import TollbookLedger
import TollbookReports
import TollbookTesting

/// Focus: days and months begin in the report's zone, when clocks change too.
@Suite struct TimeBucketTests {
    /// The days of a zone that calls at these times (microseconds since 1970) fall into.
    private func days(_ micros: [Int64], zone: String, by dimension: SpendDimension = .day) async throws -> [String?] {
        let clock = try #require(micros.first)
        let books = try await BooksFixture(clock: .init(micros: clock))
        defer { books.ledger.shutdown() }
        for time in micros {
            books.clock.advance(byMicros: time - books.clock.nowMicros())
            try await books.complete(try books.call(route: "small", key: BooksFixture.Key.plain))
        }
        var query = SpendQuery(fromMicros: clock, toMicros: (micros.last ?? 0) + 1, dimensions: [dimension])
        query.timeZone = zone
        return try SpendReport.run(try books.makeReader(), query).rows.map { $0.labels[0] }
    }

    /// Berlin goes to summer time on 2026-03-29: that day has 23 hours, 2026-03-28T23:00Z to 2026-03-29T22:00Z.
    @Test func aDayHasTwentyThreeHoursInSpring() async throws {
        let start: Int64 = 1_774_738_800_000_000
        let hour: Int64 = 3_600_000_000
        #expect(
            try await days([start - 1, start, start + 23 * hour - 1, start + 23 * hour], zone: "Europe/Berlin")
                == ["2026-03-28", "2026-03-29", "2026-03-30"])
    }

    /// And back on 2026-10-25: 25 hours, 2026-10-24T22:00Z to 2026-10-25T23:00Z.
    @Test func aDayHasTwentyFiveHoursInAutumn() async throws {
        let start: Int64 = 1_792_879_200_000_000
        let hour: Int64 = 3_600_000_000
        #expect(
            try await days([start, start + 25 * hour - 1, start + 25 * hour], zone: "Europe/Berlin")
                == ["2026-10-25", "2026-10-26"])
    }

    @Test func aMonthEndsInItsZone() async throws {
        // 2026-03-31T22:00:00Z is April in Berlin.
        let start: Int64 = 1_774_994_400_000_000
        #expect(
            try await days([start - 1, start], zone: "Europe/Berlin", by: .month) == ["2026-03", "2026-04"])
        #expect(try await days([start - 1, start], zone: "UTC", by: .month) == ["2026-03"])
    }
}
