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

    /// The period of `kind` around `micros`. An unknown zone counts as UTC; governance refuses one before.
    package static func period(containing micros: Int64, kind: BudgetPeriod, timeZone: String) -> PeriodBounds {
        switch kind {
        case .total: PeriodBounds(startMicros: 0, endMicros: nil)
        case .day: interval(of: .day, containing: micros, timeZone: timeZone)
        case .month: interval(of: .month, containing: micros, timeZone: timeZone)
        }
    }

    private static func interval(
        of component: Calendar.Component, containing micros: Int64, timeZone: String
    ) -> PeriodBounds {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(identifier: timeZone) ?? .gmt
        // Whole seconds are exact in a Date; periods begin on whole seconds.
        let seconds = micros >= 0 ? micros / 1_000_000 : (micros - 999_999) / 1_000_000
        let date = Date(timeIntervalSince1970: TimeInterval(seconds))
        guard let interval = calendar.dateInterval(of: component, for: date) else {
            return PeriodBounds(startMicros: 0, endMicros: nil)
        }
        return PeriodBounds(
            startMicros: Int64(interval.start.timeIntervalSince1970.rounded()) * 1_000_000,
            endMicros: Int64(interval.end.timeIntervalSince1970.rounded()) * 1_000_000)
    }
}
