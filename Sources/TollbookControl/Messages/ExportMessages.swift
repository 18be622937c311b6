package import SQLite
package import TollbookCore
package import TollbookReports

/// The body of `POST /api/v1/exports`.
package struct ExportRequest: Codable, Sendable {
    /// A word of `ExportQuery.Name`.
    package var name: String
    /// `2026-11-05`, `2026-11`, or an RFC 3339 time; included.
    package var from: String?
    /// No longer included.
    package var to: String?
    package var tz: String?
    /// A journal index; nil: the newest.
    package var asOf: Int64?

    package init(name: String, period: ReportPeriod.Wish, asOf: Int64?) {
        self.name = name
        from = period.from
        to = period.to
        tz = period.timeZone
        self.asOf = asOf
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case name, from, to, tz
        case asOf = "as_of"
    }

    /// The export that is meant.
    ///
    /// - Throws: `export_unknown`; what `ReportPeriod` throws.
    package func query(_ connection: Connection, nowMicros: Int64) throws -> ExportQuery {
        guard let name = ExportQuery.Name(rawValue: name) else {
            throw TollbookError(
                .exportUnknown, "there is no such export",
                hint: "known are: " + ExportQuery.Name.allCases.map(\.rawValue).joined(separator: ", "))
        }
        let period = try ReportPeriod(
            .init(from: from, to: to, timeZone: tz), nowMicros: nowMicros, connection: connection)
        return ExportQuery(
            name: name, fromMicros: period.fromMicros, toMicros: period.toMicros, timeZone: period.timeZone, asOf: asOf)
    }
}

/// The answer of `POST /api/v1/exports`: what was made, and what can be fetched.
package struct ExportReceipt: Codable, Sendable, Equatable {
    package var id: Int64
    package var name: String
    /// Names below `/api/v1/exports/{id}/files/`.
    package var files: [String]
    package var asOfIndex: Int64
    package var rowCount: Int64
    /// SHA-256 of the CSV, lower-case hexadecimal.
    package var sha256: String
    package var recorded: Bool
    /// The journal index of the export's row.
    package var recordedIndex: Int64

    enum CodingKeys: String, CodingKey {
        case id, name, files, sha256, recorded
        case asOfIndex = "as_of_index"
        case rowCount = "row_count"
        case recordedIndex = "recorded_index"
    }
}

extension TollbookError.Code {
    /// No export has this name.
    package static let exportUnknown = Self(rawValue: "export_unknown")
}
