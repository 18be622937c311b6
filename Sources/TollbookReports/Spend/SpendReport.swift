package import SQLite
internal import TollbookCore
internal import TollbookPolicy

/// What was spent in a period, by any dimensions: sums of charges, exact, as of a journal index.
package enum SpendReport {
    /// The stretch that the roll-up table adds up.
    static let quarterMicros: Int64 = 900_000_000

    /// Where the sums come from; both give the same bytes.
    package enum Source: Sendable {
        /// The roll-up where it can answer, else the truth.
        case automatic
        case truth
        /// The roll-up, or nothing.
        case rollup
    }

    /// Runs the report on a connection that only reads.
    ///
    /// Reads are short (a page of requests each), so that the writer's log does not grow while it runs.
    /// - Throws: `time_zone_unknown`, `period_invalid`, `as_of_unknown`, `report_too_large`, `amount_overflow`; with
    ///   `.rollup` also `period_invalid` where the roll-up cannot answer.
    package static func run(
        _ connection: Connection, _ query: SpendQuery, source: Source = .automatic
    ) throws -> SpendResult {
        try validate(query)
        let asOf = try LedgerHead.asOf(query.asOf, connection)
        if source != .truth, let result = try SpendFromRollup.run(connection, query) { return result }
        guard source != .rollup else {
            throw TollbookError(
                .periodInvalid, "the roll-up cannot answer this report",
                hint: "Use whole quarter hours, the newest index and the basis usage.")
        }
        let accumulator = try SpendFromTruth.run(connection, query, asOf: asOf)
        return try SpendLabels.result(accumulator, asOf: asOf, connection: connection)
    }

    private static func validate(_ query: SpendQuery) throws {
        guard BudgetCalendar.isKnown(timeZone: query.timeZone) else {
            throw TollbookError(
                .timeZoneUnknown, "there is no time zone '\(TextTable.printable(String(query.timeZone.prefix(64))))'",
                hint: "Use an IANA name, for example Europe/Berlin or UTC.")
        }
        guard query.fromMicros < query.toMicros else {
            throw TollbookError(
                .periodInvalid, "the period is empty", hint: "Give a --to that is after --from; --to is not included.")
        }
        guard query.basis == .posted else { return }
        let isWholeMonths =
            PostingMonths.isStartOfMonth(query.fromMicros) && PostingMonths.isStartOfMonth(query.toMicros)
        guard isWholeMonths, PostingMonths.zones.contains(query.timeZone), !query.dimensions.contains(.day) else {
            throw TollbookError(
                .periodInvalid, "charges are posted to months of UTC",
                hint: "With --basis posted give whole months, --tz UTC, and do not divide by day.")
        }
    }
}

/// Months as `charge.posting_period` writes them: year x 100 + month, UTC.
enum PostingMonths {
    static let zones: Set<String> = ["UTC", "Etc/UTC", "GMT", "Etc/GMT"]

    static func isStartOfMonth(_ micros: Int64) -> Bool {
        let time = CivilTime(micros: micros)
        return time.day == 1 && time.microsOfDay == 0
    }

    static func number(ofMicros micros: Int64) -> Int64 {
        let time = CivilTime(micros: micros)
        return time.year * 100 + time.month
    }

    static func startMicros(ofNumber number: Int64) -> Int64 {
        CivilTime.startOfMonth(monthsSinceYear0: number / 100 * 12 + number % 100 - 1)
    }
}
