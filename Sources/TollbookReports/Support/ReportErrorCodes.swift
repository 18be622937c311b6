package import TollbookCore

extension TollbookError.Code {
    /// The log index asked for is above the newest, or negative.
    package static let asOfUnknown = Self(rawValue: "as_of_unknown")
    /// The period is empty, or does not fit the report's basis.
    package static let periodInvalid = Self(rawValue: "period_invalid")
    /// The time zone is not a known IANA name.
    package static let timeZoneUnknown = Self(rawValue: "time_zone_unknown")
    /// The report has more groups, days or months than it may hold in memory.
    package static let reportTooLarge = Self(rawValue: "report_too_large")
    /// A dimension is unknown, or named twice.
    package static let dimensionInvalid = Self(rawValue: "dimension_invalid")
    /// No request has this id.
    package static let requestUnknown = Self(rawValue: "request_unknown")
    /// The output directory holds something.
    package static let directoryNotEmpty = Self(rawValue: "directory_not_empty")
    /// A file could not be written.
    package static let outputFailed = Self(rawValue: "output_failed")
    /// An SQL text may not run: it changes something, reaches outside, or is more than one statement.
    package static let queryRefused = Self(rawValue: "query_refused")
    /// An SQL text is not valid.
    package static let queryInvalid = Self(rawValue: "query_invalid")
    /// A query ran past its deadline.
    package static let queryTimeout = Self(rawValue: "query_timeout")
    /// A sum does not fit; the ledger holds impossible amounts.
    package static let amountOverflow = Self(rawValue: "amount_overflow")
}
