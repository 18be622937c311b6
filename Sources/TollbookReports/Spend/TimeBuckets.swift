internal import Foundation
internal import TollbookCore
internal import TollbookPolicy

/// The days or months of a period in a time zone, daylight saving included; computed once a report.
struct TimeBuckets {
    private(set) var starts: [Int64] = []
    private(set) var labels: [String] = []
    /// The bucket that the last time fell into: requests come nearly in order of time.
    private var last = 0

    /// - Throws: `report_too_large`.
    init(_ dimension: SpendDimension, fromMicros: Int64, toMicros: Int64, timeZone: String) throws {
        let kind: BudgetPeriod = dimension == .month ? .month : .day
        let zone = ReportTimeZone(timeZone)
        var micros = fromMicros
        while micros < toMicros {
            guard starts.count < ReportLimits.buckets else {
                throw TollbookError(
                    .reportTooLarge, "the period has more than \(ReportLimits.buckets) \(dimension.rawValue)s",
                    hint: "Ask for a shorter period, or by month.")
            }
            let bounds = BudgetCalendar.period(containing: micros, kind: kind, timeZone: timeZone)
            let local = CivilTime(micros: micros, offsetSeconds: zone.offsetSeconds(atMicros: micros))
            starts.append(micros)
            labels.append(dimension == .month ? local.monthText : local.dayText)
            guard let end = bounds.endMicros, end > micros else { return }
            micros = end
        }
    }

    /// The bucket of a time inside the period.
    mutating func index(ofMicros micros: Int64) -> Int {
        if micros >= starts[last], last + 1 == starts.count || micros < starts[last + 1] { return last }
        var low = 0
        var high = starts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= micros { low = middle } else { high = middle }
        }
        last = low
        return low
    }

    /// Whether every bucket begins on a quarter of an hour UTC, so that roll-ups fall into one each.
    var areOnQuarterHours: Bool { starts.allSatisfy { $0 % SpendReport.quarterMicros == 0 } }
}

/// A time zone's offsets.
struct ReportTimeZone {
    private let zone: TimeZone

    /// - Precondition: the name is known (`BudgetCalendar.isKnown`); an unknown one counts as UTC.
    init(_ name: String) {
        zone = TimeZone(identifier: name) ?? .gmt
    }

    /// Seconds east of UTC at a time.
    func offsetSeconds(atMicros micros: Int64) -> Int64 {
        let seconds = CivilTime.floorDivision(micros, 1_000_000)
        return Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(seconds))))
    }
}
