internal import ArgumentParser
internal import TollbookControl

/// `--from`, `--to` and `--tz`.
struct PeriodOptions: ParsableArguments {
    @Option(help: "First day, month or time included: 2026-11-05, 2026-11 or 2026-11-05T10:00:00Z. Default: the month.")
    var from: String?
    @Option(help: "First day, month or time no longer included. Default: the end of the month.")
    var to: String?
    @Option(help: "Time zone of bare dates, days and months; default: the organization's if there is one, else UTC.")
    var tz: String?

    var wish: ReportPeriod.Wish { .init(from: from, to: to, timeZone: tz) }
    /// As query items.
    var items: [(String, String?)] { [("from", from), ("to", to), ("tz", tz)] }
}
