internal import Foundation
package import TollbookCore

/// The half-open period that a time falls into.
package struct PeriodBounds: Sendable, Equatable {
    /// Inclusive; 0 for a period without end.
    package let startMicros: Int64
    /// Exclusive; nil for a period without end.
    package let endMicros: Int64?

    package init(startMicros: Int64, endMicros: Int64?) {
        self.startMicros = startMicros
        self.endMicros = endMicros
    }

    /// Whether a time, in microseconds UTC, lies in the period.
    package func contains(_ micros: Int64) -> Bool {
        micros >= startMicros && micros < (endMicros ?? .max)
    }
}

/// Calendar arithmetic of budget periods: days and months begin in a named time zone, daylight saving included.
package enum BudgetCalendar {
    /// Whether the zone is an IANA name that the calendar knows.
    package static func isKnown(timeZone: String) -> Bool {
        TimeZone(identifier: timeZone) != nil
    }

    /// The period of `kind` around `micros`.
    package static func period(containing micros: Int64, kind: BudgetPeriod, timeZone: String) -> PeriodBounds {
        period(containing: micros, span: BudgetSpan(kind), timeZone: timeZone)
    }

    /// The part of the span around `micros` that has a row of its own: the period, or a quarter hour of a rolling one.
    /// An unknown zone counts as UTC; governance refuses one before.
    package static func period(containing micros: Int64, span: BudgetSpan, timeZone: String) -> PeriodBounds {
        switch span.period {
        case .total: PeriodBounds(startMicros: 0, endMicros: nil)
        case .minute: slice(of: 60, containing: micros)
        case .rolling: slice(of: BudgetSpan.rollingStepSeconds, containing: micros)
        case .hour: hour(containing: micros, timeZone: timeZone)
        case .day: interval(of: .day, containing: micros, timeZone: timeZone)
        case .week: interval(of: .weekOfYear, containing: micros, timeZone: timeZone)
        case .month: interval(of: .month, containing: micros, timeZone: timeZone)
        case .quarter: quarter(containing: micros, timeZone: timeZone)
        case .year: interval(of: .year, containing: micros, timeZone: timeZone)
        }
    }

    /// Minutes and quarter hours begin at the same moment in every zone.
    private static func slice(of seconds: Int64, containing micros: Int64) -> PeriodBounds {
        let length = seconds * 1_000_000
        let start = (micros >= 0 ? micros / length : (micros - length + 1) / length) * length
        return PeriodBounds(startMicros: start, endMicros: start + length)
    }

    /// Hours of the zone's clock; a change of the clock that is no whole hour ends one and begins another.
    private static func hour(containing micros: Int64, timeZone: String) -> PeriodBounds {
        let zone = TimeZone(identifier: timeZone) ?? .gmt
        let now = date(micros)
        let seconds = Int64(now.timeIntervalSince1970)
        let offset = Int64(zone.secondsFromGMT(for: now))
        let intoHour = ((seconds + offset) % 3_600 + 3_600) % 3_600
        var start = seconds - intoHour
        var end = start + 3_600
        func change(after second: Int64) -> Int64? {
            zone.nextDaylightSavingTimeTransition(after: Date(timeIntervalSince1970: TimeInterval(second)))
                .map { Int64($0.timeIntervalSince1970) }
        }
        if let change = change(after: start), change <= seconds { start = change }
        if let change = change(after: seconds), change < end { end = change }
        return PeriodBounds(startMicros: start * 1_000_000, endMicros: end * 1_000_000)
    }

    private static func interval(
        of component: Calendar.Component, containing micros: Int64, timeZone: String
    ) -> PeriodBounds {
        guard let interval = calendar(timeZone).dateInterval(of: component, for: date(micros)) else {
            return PeriodBounds(startMicros: 0, endMicros: nil)
        }
        return PeriodBounds(startMicros: Self.micros(interval.start), endMicros: Self.micros(interval.end))
    }

    /// Foundation has no intervals of quarters on every platform: the months are counted instead.
    private static func quarter(containing micros: Int64, timeZone: String) -> PeriodBounds {
        let calendar = calendar(timeZone)
        var parts = calendar.dateComponents([.year, .month], from: date(micros))
        parts.month = ((parts.month ?? 1) - 1) / 3 * 3 + 1
        guard let first = calendar.date(from: parts), let start = calendar.dateInterval(of: .month, for: first)?.start,
            let end = calendar.date(byAdding: .month, value: 3, to: start)
        else { return PeriodBounds(startMicros: 0, endMicros: nil) }
        return PeriodBounds(startMicros: Self.micros(start), endMicros: Self.micros(end))
    }

    /// Weeks begin on Monday, as ISO 8601 has them.
    private static func calendar(_ timeZone: String) -> Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(identifier: timeZone) ?? .gmt
        calendar.firstWeekday = 2
        calendar.minimumDaysInFirstWeek = 4
        return calendar
    }

    /// Whole seconds are exact in a Date; periods begin on whole seconds.
    private static func date(_ micros: Int64) -> Date {
        let seconds = micros >= 0 ? micros / 1_000_000 : (micros - 999_999) / 1_000_000
        return Date(timeIntervalSince1970: TimeInterval(seconds))
    }

    private static func micros(_ date: Date) -> Int64 {
        Int64(date.timeIntervalSince1970.rounded()) * 1_000_000
    }
}
