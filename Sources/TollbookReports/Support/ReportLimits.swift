/// Every bound of the reports, with its reason and what happens when it is reached.
package enum ReportLimits {
    /// Requests read between two moments at which the reader lets go of its snapshot: some milliseconds' worth, so
    /// that the writer's log can be checkpointed while a long report runs.
    package static let requestsPerPage = 10_000
    /// Groups of one report, all kept in memory. More: the report is refused.
    package static let groups = 500_000
    /// Days or months of one report. More: the report is refused.
    package static let buckets = 40_000
    /// How far a request's id may be from its time of acceptance: a wall clock that steps further is refused at run
    /// time. Reports look this far beyond a period's ends; `verify` names requests outside.
    package static let clockSlackMicros: Int64 = 3_600_000_000
    /// Findings of one verification. More: it stops, because the rest follows from the first.
    package static let findings = 100
    /// Rows named in one finding's message, enough for all that one call writes; more are counted.
    package static let rowsNamed = 200
    /// Roll-up keys that a verification holds before it compares old quarters with the table.
    package static let rollupKeys = 200_000
    /// Rows of a query when the caller names no number.
    package static let queryRows = 1_000
    /// Rows of a query at most: they are held in memory.
    package static let queryRowsMaximum = 100_000
    /// Bytes of text and blobs in a query's result, which is held in memory. More: it is cut and says so.
    package static let queryBytes = 64 << 20
    /// How long a query may run when the caller names no time.
    package static let querySeconds = 10
    /// Bytes of a CSV collected before they are written.
    package static let exportBufferBytes = 256 << 10
    /// Rows of the journal that one piece of the feed looks at: some 10 ms. More: it says how far it came.
    package static let feedRows = 50_000
    /// Events of one piece of the feed at most, which is held in memory; a command's are never parted.
    package static let feedEvents = 5_000
}
