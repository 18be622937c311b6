/// Times as governance files write them: a date (midnight UTC) or an RFC 3339 time in UTC.
package enum UTCTime {
    private static let microsPerDay: Int64 = 86_400_000_000
    private static let years = 1970...9999

    /// Microseconds since 1970 UTC of `2026-01-01` or `2026-01-01T08:30:00Z` (RFC 3339, section 5.6); nil otherwise.
    ///
    /// A fraction of a second has at most six digits; a leap second is refused, as the ledger's clock has none.
    package static func parse(_ text: String) -> Int64? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 10, let date = dayMicros(bytes[0..<10]) else { return nil }
        if bytes.count == 10 { return date }
        guard let time = timeMicros(bytes[10...]) else { return nil }
        return date + time
    }

    /// The shortest text that `parse` reads back: a bare date at midnight.
    package static func text(micros: Int64) -> String {
        let day = micros >= 0 ? micros / microsPerDay : (micros - microsPerDay + 1) / microsPerDay
        let rest = micros - day * microsPerDay
        let date = dateText(day: day)
        guard rest != 0 else { return date }
        let seconds = rest / 1_000_000
        let fraction = rest % 1_000_000
        let time = [seconds / 3_600, seconds / 60 % 60, seconds % 60].map { padded($0, 2) }.joined(separator: ":")
        return date + "T" + time + (fraction == 0 ? "" : "." + padded(fraction, 6)) + "Z"
    }

    /// An RFC 3339 time, at midnight too.
    package static func timeText(micros: Int64) -> String {
        let text = text(micros: micros)
        return text.utf8.count == 10 ? text + "T00:00:00Z" : text
    }

    private static func dayMicros(_ bytes: ArraySlice<UInt8>) -> Int64? {
        let fields = bytes.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard fields.count == 3, let year = number(fields[0], digits: 4), let month = number(fields[1], digits: 2),
            let day = number(fields[2], digits: 2), years.contains(year), (1...12).contains(month),
            (1...monthLength(year, month)).contains(day)
        else { return nil }
        let before = (1..<month).reduce(0) { $0 + monthLength(year, $1) }
        return Int64(daysBefore(year: year) + before + day - 1) * microsPerDay
    }

    /// `T08:30:00Z`, `T08:30:00.25Z`, `T08:30:00+00:00`.
    private static func timeMicros(_ bytes: ArraySlice<UInt8>) -> Int64? {
        guard let first = bytes.first, [UInt8(ascii: "T"), UInt8(ascii: "t"), UInt8(ascii: " ")].contains(first),
            let clock = withoutZone(bytes.dropFirst())
        else { return nil }
        let parts = clock.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        let fields = parts[0].split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard fields.count == 3, let hour = number(fields[0], digits: 2), let minute = number(fields[1], digits: 2),
            let second = number(fields[2], digits: 2), hour < 24, minute < 60, second < 60
        else { return nil }
        var micros = 0
        if parts.count == 2 {
            guard (1...6).contains(parts[1].count), let value = number(parts[1], digits: parts[1].count) else {
                return nil
            }
            micros = (parts[1].count..<6).reduce(value) { scaled, _ in scaled * 10 }
        }
        return Int64(((hour * 60 + minute) * 60 + second) * 1_000_000 + micros)
    }

    private static func withoutZone(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        for zone in ["Z", "z", "+00:00", "-00:00"] where bytes.suffix(zone.utf8.count).elementsEqual(zone.utf8) {
            return bytes.dropLast(zone.utf8.count)
        }
        return nil
    }

    private static func number(_ bytes: ArraySlice<UInt8>, digits: Int) -> Int? {
        guard bytes.count == digits, bytes.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        return bytes.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    private static func dateText(day: Int64) -> String {
        var year = 1970 + Int(day / 366)
        while Int64(daysBefore(year: year + 1)) <= day { year += 1 }
        var rest = Int(day) - daysBefore(year: year)
        var month = 1
        while rest >= monthLength(year, month), month < 12 {
            rest -= monthLength(year, month)
            month += 1
        }
        return "\(padded(Int64(year), 4))-\(padded(Int64(month), 2))-\(padded(Int64(rest + 1), 2))"
    }

    /// Days from 1970-01-01 to the year's first.
    private static func daysBefore(year: Int) -> Int {
        func leapDays(before year: Int) -> Int { (year - 1) / 4 - (year - 1) / 100 + (year - 1) / 400 }
        return (year - 1970) * 365 + leapDays(before: year) - leapDays(before: 1970)
    }

    private static func monthLength(_ year: Int, _ month: Int) -> Int {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func padded(_ value: Int64, _ digits: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }
}
