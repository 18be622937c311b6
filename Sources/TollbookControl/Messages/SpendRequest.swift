package import SQLite
package import TollbookCore
package import TollbookReports

/// A spend report as a caller asks for it: texts, none of them checked yet.
package struct SpendRequest: Sendable {
    package var period: ReportPeriod.Wish
    /// Words of `SpendDimension`.
    package var dimensions: [String]
    /// `usage` or `posted`; nil: usage.
    package var basis: String?
    /// A journal index; nil: the newest.
    package var asOf: Int64?

    package init(period: ReportPeriod.Wish, dimensions: [String], basis: String?, asOf: Int64?) {
        self.period = period
        self.dimensions = dimensions
        self.basis = basis
        self.asOf = asOf
    }

    /// Runs the report on a connection that only reads.
    ///
    /// - Throws: `basis_unknown`; what `ReportPeriod`, `SpendDimension.parse` and `SpendReport.run` throw.
    package func run(_ connection: Connection, nowMicros: Int64) throws -> SpendResult {
        let period = try ReportPeriod(period, nowMicros: nowMicros, connection: connection)
        guard let basis = SpendQuery.Basis(rawValue: basis ?? SpendQuery.Basis.usage.rawValue) else {
            throw TollbookError(.basisUnknown, "there is no such basis", hint: "write usage or posted")
        }
        return try SpendReport.run(
            connection,
            SpendQuery(
                fromMicros: period.fromMicros, toMicros: period.toMicros, timeZone: period.timeZone,
                dimensions: try SpendDimension.parse(dimensions), basis: basis, asOf: asOf))
    }
}

extension TollbookError.Code {
    /// A report has no such basis.
    package static let basisUnknown = Self(rawValue: "basis_unknown")
}

extension SpendResult {
    /// The report in a format; JSON says whether the ledger has an event for the read.
    package func rendered(_ format: ReportFormat, recorded: Bool) -> [UInt8] {
        switch format {
        case .json: Array(json.with(recorded: recorded).text.utf8)
        case .csv: csv
        case .table: Array(table.utf8)
        }
    }
}
