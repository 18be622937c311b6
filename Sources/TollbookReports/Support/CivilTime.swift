/// A time of the proleptic Gregorian calendar at a fixed offset from UTC.
///
/// Arithmetic only: no formatter, no locale, no lookup, so that a million rows can be printed.
package struct CivilTime: Sendable, Equatable {
    package let year: Int64
    package let month: Int64
    package let day: Int64
    /// Microseconds since the day began.
    package let microsOfDay: Int64

    /// - Parameters:
    ///   - micros: since 1970 UTC.
    ///   - offsetSeconds: east of UTC.
    package init(micros: Int64, offsetSeconds: Int64 = 0) {
        let (shifted, overflow) = micros.addingReportingOverflow(offsetSeconds * 1_000_000)
        let local = overflow ? micros : shifted
        let days = Self.floorDivision(local, Self.dayMicros)
        let remainder = local % Self.dayMicros
        microsOfDay = remainder < 0 ? remainder + Self.dayMicros : remainder
        (year, month, day) = Self.date(daysSince1970: days)
    }

    /// Microseconds of a day without a leap second.
    package static let dayMicros: Int64 = 86_400_000_000

    /// Microseconds since 1970 UTC of the first instant of a month, counted from January of the year 0.
    package static func startOfMonth(monthsSinceYear0 months: Int64) -> Int64 {
        let year = floorDivision(months, 12)
        let month = months - year * 12 + 1
        return daysSince1970(year: year, month: month, day: 1) * dayMicros
    }

    /// Days from 1970-01-01: eras of 400 years that begin on 1 March, so that the leap day comes last.
    package static func daysSince1970(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = floorDivision(shifted, 400)
        let yearOfEra = shifted - era * 400
        let marchMonth = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * marchMonth + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// The quotient rounded down.
    package static func floorDivision(_ value: Int64, _ divisor: Int64) -> Int64 {
        let quotient = value / divisor
        return value % divisor < 0 ? quotient - 1 : quotient
    }

    /// The multiple of `step` at or before a value; the smallest integer where there is none.
    package static func floor(_ value: Int64, toMultipleOf step: Int64) -> Int64 {
        let remainder = value % step
        let (floor, overflow) = value.subtractingReportingOverflow(remainder < 0 ? remainder + step : remainder)
        return overflow ? .min : floor
    }

    private static func date(daysSince1970 days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = floorDivision(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }
}

extension CivilTime {
    /// `2026-11-05`.
    package var dayText: String {
        var bytes: [UInt8] = []
        appendDay(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `2026-11`.
    package var monthText: String { String(dayText.prefix(7)) }

    /// RFC 3339 in UTC with six decimals: `2026-11-05T10:00:00.000001Z`.
    package static func text(micros: Int64) -> String {
        var bytes: [UInt8] = []
        append(micros: micros, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends what `text(micros:)` returns.
    package static func append(micros: Int64, to bytes: inout [UInt8]) {
        let time = CivilTime(micros: micros)
        time.appendDay(to: &bytes)
        bytes.append(UInt8(ascii: "T"))
        time.appendClock(to: &bytes)
        bytes.append(UInt8(ascii: "."))
        append(time.microsOfDay % 1_000_000, digits: 6, to: &bytes)
        bytes.append(UInt8(ascii: "Z"))
    }

    /// RFC 3339 with whole seconds and the offset: `2026-11-05T00:00:00+01:00`, `…Z` for UTC.
    package static func text(micros: Int64, offsetSeconds: Int64) -> String {
        let time = CivilTime(micros: micros, offsetSeconds: offsetSeconds)
        var bytes: [UInt8] = []
        time.appendDay(to: &bytes)
        bytes.append(UInt8(ascii: "T"))
        time.appendClock(to: &bytes)
        let fraction = time.microsOfDay % 1_000_000
        if fraction != 0 {
            bytes.append(UInt8(ascii: "."))
            append(fraction, digits: 6, to: &bytes)
        }
        if offsetSeconds == 0 {
            bytes.append(UInt8(ascii: "Z"))
        } else {
            bytes.append(UInt8(ascii: offsetSeconds < 0 ? "-" : "+"))
            append(abs(offsetSeconds) / 3_600, digits: 2, to: &bytes)
            bytes.append(UInt8(ascii: ":"))
            append(abs(offsetSeconds) % 3_600 / 60, digits: 2, to: &bytes)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func appendDay(to bytes: inout [UInt8]) {
        Self.append(year, digits: 4, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        Self.append(month, digits: 2, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        Self.append(day, digits: 2, to: &bytes)
    }

    private func appendClock(to bytes: inout [UInt8]) {
        let seconds = microsOfDay / 1_000_000
        Self.append(seconds / 3_600, digits: 2, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        Self.append(seconds % 3_600 / 60, digits: 2, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        Self.append(seconds % 60, digits: 2, to: &bytes)
    }

    private static func append(_ value: Int64, digits: Int, to bytes: inout [UInt8]) {
        guard value >= 0, digits < 10 else {
            bytes.append(contentsOf: String(value).utf8)
            return
        }
        var divisor: Int64 = 1
        for _ in 1..<digits { divisor *= 10 }
        while value / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
            divisor /= 10
        }
    }
}
