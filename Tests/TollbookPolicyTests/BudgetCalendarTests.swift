import Testing
import TollbookCore
import TollbookPolicy

/// Focus: where periods begin and end: daylight saving, leap days, ends of months, weeks over the year's end.
@Suite struct BudgetCalendarTests {
    private struct Case: CustomTestStringConvertible, Sendable {
        let at: String
        let period: BudgetPeriod
        let zone: String
        let start: String
        let end: String

        init(_ at: String, _ period: BudgetPeriod, _ zone: String, _ start: String, _ end: String) {
            (self.at, self.period, self.zone, self.start, self.end) = (at, period, zone, start, end)
        }

        var testDescription: String { "\(period.name) around \(at) in \(zone)" }
    }

    private static let cases = [
        // Berlin: 23 hours on 2026-03-29, 25 on 2026-10-25.
        Case("2026-03-29T12:00:00Z", .day, "Europe/Berlin", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
        Case("2026-10-25T12:00:00Z", .day, "Europe/Berlin", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"),
        Case("2026-03-15T00:00:00Z", .month, "Europe/Berlin", "2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z"),
        Case("2026-10-31T23:30:00Z", .month, "Europe/Berlin", "2026-10-31T23:00:00Z", "2026-11-30T23:00:00Z"),
        // The hour that comes twice is two hours.
        Case("2026-10-25T00:30:00Z", .hour, "Europe/Berlin", "2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z"),
        Case("2026-10-25T01:30:00Z", .hour, "Europe/Berlin", "2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z"),
        // Half and quarter hours off.
        Case("2026-06-01T00:10:00Z", .hour, "Asia/Kolkata", "2026-05-31T23:30:00Z", "2026-06-01T00:30:00Z"),
        Case("2026-06-01T00:10:00Z", .day, "Asia/Kathmandu", "2026-05-31T18:15:00Z", "2026-06-01T18:15:00Z"),
        // Midnight that does not exist: Cairo's clocks go forward at 00:00 on 2026-04-24.
        Case("2026-04-24T06:00:00Z", .day, "Africa/Cairo", "2026-04-23T22:00:00Z", "2026-04-24T21:00:00Z"),
        // Leap days.
        Case("2028-02-29T23:59:59Z", .day, "UTC", "2028-02-29T00:00:00Z", "2028-03-01T00:00:00Z"),
        Case("2028-02-10T00:00:00Z", .month, "UTC", "2028-02-01T00:00:00Z", "2028-03-01T00:00:00Z"),
        Case("2100-02-28T12:00:00Z", .month, "UTC", "2100-02-01T00:00:00Z", "2100-03-01T00:00:00Z"),
        Case("2028-02-29T12:00:00Z", .year, "America/New_York", "2028-01-01T05:00:00Z", "2029-01-01T05:00:00Z"),
        // The last and the first microsecond of a month.
        Case("2026-01-31T23:59:59Z", .month, "UTC", "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"),
        Case("2026-02-01T00:00:00Z", .month, "UTC", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"),
        Case("2026-12-31T23:30:00Z", .month, "Asia/Tokyo", "2026-12-31T15:00:00Z", "2027-01-31T15:00:00Z"),
        // Weeks begin on Monday, over the year's end and in a week of a clock's change.
        Case("2027-01-01T12:00:00Z", .week, "UTC", "2026-12-28T00:00:00Z", "2027-01-04T00:00:00Z"),
        Case("2026-03-29T21:59:59Z", .week, "Europe/Berlin", "2026-03-22T23:00:00Z", "2026-03-29T22:00:00Z"),
        Case("2026-11-29T23:59:59Z", .week, "UTC", "2026-11-23T00:00:00Z", "2026-11-30T00:00:00Z"),
        // Quarters.
        Case("2026-05-31T12:00:00Z", .quarter, "UTC", "2026-04-01T00:00:00Z", "2026-07-01T00:00:00Z"),
        Case("2026-12-31T23:59:59Z", .quarter, "UTC", "2026-10-01T00:00:00Z", "2027-01-01T00:00:00Z"),
        Case("2026-10-30T12:00:00Z", .quarter, "Europe/Berlin", "2026-09-30T22:00:00Z", "2026-12-31T23:00:00Z"),
        Case("2026-06-01T00:00:59Z", .minute, "Asia/Kathmandu", "2026-06-01T00:00:00Z", "2026-06-01T00:01:00Z"),
    ]

    @Test(arguments: cases)
    private func knowsWherePeriodsBeginAndEnd(example: Case) throws {
        let at = try #require(UTCTime.parse(example.at))
        let bounds = BudgetCalendar.period(containing: at, kind: example.period, timeZone: example.zone)
        #expect(UTCTime.timeText(micros: bounds.startMicros) == example.start)
        #expect(bounds.endMicros.map { UTCTime.timeText(micros: $0) } == example.end)
    }

    /// Periods follow each other without a gap, whatever the zone does in between.
    @Test(arguments: ["Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia"])
    func leavesNoGap(zone: String) throws {
        let end = try #require(UTCTime.parse("2028-03-05T00:00:00Z"))
        for kind in BudgetPeriod.allCases where ![.total, .minute, .rolling].contains(kind) {
            var at = try #require(UTCTime.parse("2026-02-27T13:37:00Z"))
            var seen = 0
            while at < end, seen < 2_000 {
                let bounds = BudgetCalendar.period(containing: at, kind: kind, timeZone: zone)
                let next = try #require(bounds.endMicros)
                #expect(bounds.startMicros <= at && at < next)
                #expect(bounds.startMicros % 900_000_000 == 0, "\(kind) begins off a quarter hour")
                #expect(BudgetCalendar.period(containing: next - 1, kind: kind, timeZone: zone) == bounds)
                #expect(BudgetCalendar.period(containing: next, kind: kind, timeZone: zone).startMicros == next)
                at = next
                seen += 1
            }
        }
    }
}
