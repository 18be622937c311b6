internal import Foundation
package import SQLite
package import TollbookCore
internal import TollbookPolicy
internal import TollbookReports

/// The period that a report or an export covers: from inclusive, to exclusive, in a named time zone.
package struct ReportPeriod: Sendable, Equatable {
    package let fromMicros: Int64
    package let toMicros: Int64
    /// IANA name.
    package let timeZone: String

    /// What a caller wrote; nil where nothing was.
    package struct Wish: Sendable {
        /// `2026-11-05`, `2026-11`, or an RFC 3339 time.
        package var from: String?
        package var to: String?
        package var timeZone: String?

        package init(from: String?, to: String?, timeZone: String?) {
            self.from = from
            self.to = to
            self.timeZone = timeZone
        }
    }

    /// Settles what was written: the current month when nothing was, from the start of the month before `to` when
    /// only the end was, to the end of the current month when only the start was.
    ///
    /// - Throws: `time_zone_unknown`, `time_malformed`, `period_invalid`.
    package init(_ wish: Wish, nowMicros: Int64, connection: Connection) throws {
        timeZone = try wish.timeZone ?? Self.defaultTimeZone(connection)
        guard BudgetCalendar.isKnown(timeZone: timeZone) else {
            throw TollbookError(
                .timeZoneUnknown, "there is no time zone of this name", hint: "for example Europe/Berlin, or UTC")
        }
        let from = try wish.from.map { [timeZone] in try Self.micros($0, timeZone) }
        let to = try wish.to.map { [timeZone] in try Self.micros($0, timeZone) }
        let month = BudgetCalendar.period(containing: (to ?? nowMicros + 1) - 1, kind: .month, timeZone: timeZone)
        fromMicros = from ?? month.startMicros
        toMicros = to ?? month.endMicros ?? .max
        guard fromMicros < toMicros else {
            throw TollbookError(
                .periodInvalid, "the period ends before it begins", hint: "--from is inclusive, --to exclusive")
        }
    }

    /// The zone of the organization if exactly one is open, else UTC.
    private static func defaultTimeZone(_ connection: Connection) throws -> String {
        let zones = try connection.prepare("SELECT time_zone FROM organization WHERE closed = 0 LIMIT 2")
            .map { $0.string(at: 0) }
        return zones.count == 1 ? zones[0] : "UTC"
    }

    private static func micros(_ text: String, _ timeZone: String) throws -> Int64 {
        guard let micros = CalendarText.micros(text, timeZone: timeZone) else {
            throw TollbookError(
                .timeMalformed, "`\(TextTable.printable(String(text.prefix(64))))` is no date or time",
                hint: "write 2026-11-05, 2026-11, or 2026-11-05T10:00:00Z")
        }
        return micros
    }
}

extension TollbookError.Code {
    /// A text is neither a date nor an RFC 3339 time.
    package static let timeMalformed = Self(rawValue: "time_malformed")
}

/// Dates and times as people write them on a command line.
enum CalendarText {
    /// Microseconds since 1970 UTC of `2026-11-05` or `2026-11` (its first instant in the zone) or of an RFC 3339
    /// time; nil for anything else.
    static func micros(_ text: String, timeZone: String) -> Int64? {
        let pattern =
            /(\d{4})-(\d{2})(?:-(\d{2})(?:[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,6}))?([Zz]|[+-]\d{2}:\d{2}))?)?/
        guard let match = text.wholeMatch(of: pattern)?.output, let year = Int64(match.1), let month = Int64(match.2),
            let day = Int64(match.3 ?? "01"), isDate(year, month, day)
        else { return nil }
        guard let zone = match.8 else { return startOfDay(year, month, day, timeZone) }
        guard let hour = match.4.flatMap({ Int64($0) }), let minute = match.5.flatMap({ Int64($0) }),
            let second = match.6.flatMap({ Int64($0) }), hour < 24, minute < 60, second < 60,
            let offset = offsetSeconds(zone)
        else { return nil }
        let fraction = (match.7.map(String.init) ?? "").padding(toLength: 6, withPad: "0", startingAt: 0)
        let days = CivilTime.daysSince1970(year: year, month: month, day: day)
        let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second - offset
        return seconds * 1_000_000 + (Int64(fraction) ?? 0)
    }

    private static func isDate(_ year: Int64, _ month: Int64, _ day: Int64) -> Bool {
        guard (1970...9999).contains(year), (1...12).contains(month), day >= 1 else { return false }
        let days = CivilTime.daysSince1970(year: year, month: month, day: day)
        let civil = CivilTime(micros: days * CivilTime.dayMicros)
        return civil.month == month && civil.day == day
    }

    /// The first instant of a date in a zone: local noon is within the date whatever the clocks do, and the calendar
    /// finds the day around it, which does not begin at midnight where clocks jump there.
    private static func startOfDay(_ year: Int64, _ month: Int64, _ day: Int64, _ timeZone: String) -> Int64? {
        guard let zone = TimeZone(identifier: timeZone) else { return nil }
        let noon = CivilTime.daysSince1970(year: year, month: month, day: day) * 86_400 + 43_200
        let offset = zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(noon)))
        let localNoon = (noon - Int64(offset)) * 1_000_000
        return BudgetCalendar.period(containing: localNoon, kind: .day, timeZone: timeZone).startMicros
    }

    private static func offsetSeconds(_ text: Substring) -> Int64? {
        guard text.uppercased() != "Z" else { return 0 }
        let parts = text.dropFirst().split(separator: ":").compactMap { Int64($0) }
        guard parts.count == 2, parts[0] < 24, parts[1] < 60 else { return nil }
        let seconds = parts[0] * 3_600 + parts[1] * 60
        return text.hasPrefix("-") ? -seconds : seconds
    }
}
