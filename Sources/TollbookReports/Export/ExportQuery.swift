internal import TollbookCore

/// What an export is asked for.
package struct ExportQuery: Sendable {
    /// Which export. The raw value is the word in commands and the file's name.
    package enum Name: String, CaseIterable, Sendable {
        /// One row for each request.
        case requestTrail = "request_trail"
        /// One row for each charge of these requests.
        case charges
        /// One row for each decision on these requests.
        case decisions
    }

    package var name: Name
    /// Requests accepted from here on, microseconds since 1970 UTC.
    package var fromMicros: Int64
    /// And before here.
    package var toMicros: Int64
    /// The zone that the caller gave the period in; stated in the manifest, times in the rows are UTC.
    package var timeZone: String
    /// Only rows up to this journal index; nil: the newest.
    package var asOf: Int64?

    package init(name: Name, fromMicros: Int64, toMicros: Int64, timeZone: String = "UTC", asOf: Int64? = nil) {
        self.name = name
        self.fromMicros = fromMicros
        self.toMicros = toMicros
        self.timeZone = timeZone
        self.asOf = asOf
    }
}
