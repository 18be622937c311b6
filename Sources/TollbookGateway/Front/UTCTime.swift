/// A point in time as calendar fields in UTC, for the two formats that answers need.
package struct UTCTime: Sendable {
    private let year: Int
    private let month: Int
    private let day: Int
    private let weekday: Int
    private let secondOfDay: Int

    /// - Parameter micros: microseconds since 1970, whole seconds are kept.
    package init(micros: Int64) {
        let seconds = Int(micros.dividingFloor(by: 1_000_000))
        let days = Int(Int64(seconds).dividingFloor(by: 86_400))
        secondOfDay = seconds - days * 86_400
        weekday = ((days + 4) % 7 + 7) % 7
        // Days to civil date with years that begin in March, so that the leap day ends one.
        let shifted = days + 719_468
        let era = Int(Int64(shifted).dividingFloor(by: 146_097))
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// `2026-01-31T23:59:59Z`.
    package var iso8601: String { "\(year)-\(two(month))-\(two(day))T\(time)Z" }

    /// `20260131T235959Z`, for years of four digits.
    var basicISO8601: String {
        "\(year)\(two(month))\(two(day))T\(two(secondOfDay / 3_600))\(two(secondOfDay / 60 % 60))"
            + "\(two(secondOfDay % 60))Z"
    }

    /// `Sat, 31 Jan 2026 23:59:59 GMT` (RFC 9110, section 5.6.7).
    package var httpDate: String {
        "\(Self.weekdays[weekday]), \(two(day)) \(Self.months[month - 1]) \(year) \(time) GMT"
    }

    private var time: String {
        "\(two(secondOfDay / 3_600)):\(two(secondOfDay / 60 % 60)):\(two(secondOfDay % 60))"
    }

    private func two(_ number: Int) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}

extension Int64 {
    /// The quotient rounded down, also for negative numbers.
    fileprivate func dividingFloor(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
