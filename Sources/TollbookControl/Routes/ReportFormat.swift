internal import Hummingbird
internal import TollbookCore
package import TollbookReports

/// How an answer of a report is written: the query item `format`.
package enum ReportFormat: String, CaseIterable, Sendable {
    case json, csv
    /// Aligned columns for a terminal.
    case table

    /// - Throws: a 400 `invalid_request` problem.
    init(query text: String?) throws {
        guard let format = Self(rawValue: text ?? Self.json.rawValue) else {
            throw Problem(
                status: 400, code: .invalidRequest, "there is no such format", hint: "known are: json, csv, table")
        }
        self = format
    }

    /// The media type of the answer.
    var mediaType: String {
        switch self {
        case .json: "application/json"
        case .csv: "text/csv; charset=utf-8"
        case .table: "text/plain; charset=utf-8"
        }
    }
}

extension ReportJSON {
    /// The same object with one member more, which says whether the ledger has an event for the read.
    package func with(recorded: Bool) -> ReportJSON {
        guard case .object(let members) = self else { return self }
        return .object(members + [.init("recorded", .bool(recorded))])
    }
}
