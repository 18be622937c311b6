internal import TollbookCore
package import TollbookReports

/// The body of `POST /api/v1/query`.
package struct QueryRequest: Codable, Sendable {
    /// One statement that only reads.
    package var sql: String
    /// Rows at most.
    package var limit: Int?
    /// Seconds at most.
    package var seconds: Int?

    package init(sql: String, limit: Int? = nil, seconds: Int? = nil) {
        self.sql = sql
        self.limit = limit
        self.seconds = seconds
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case sql, limit, seconds
    }

    /// The runner with these bounds; a server lets nobody have longer than a minute.
    ///
    /// - Throws: `query_invalid` for a bound that no query may have.
    package func makeRunner() throws -> QueryRunner {
        var runner = QueryRunner()
        if let limit {
            try Self.check("limit", limit, within: 1...ReportLimits.queryRowsMaximum)
            runner = QueryRunner(rowLimit: limit)
        }
        if let seconds {
            try Self.check("seconds", seconds, within: 1...Self.maximumSeconds)
            runner.deadlineSeconds = seconds
        }
        return runner
    }

    private static func check(_ name: String, _ value: Int, within range: ClosedRange<Int>) throws {
        guard !range.contains(value) else { return }
        throw TollbookError(
            .queryInvalid, "\(name) is \(value)", hint: "write \(range.lowerBound) to \(range.upperBound)")
    }

    /// The longest that a query may ask to run.
    package static let maximumSeconds = 60
}

extension QueryResult {
    /// The rows in a format; JSON says whether the ledger has an event for the read.
    package func rendered(_ format: ReportFormat, recorded: Bool) -> [UInt8] {
        switch format {
        case .json: Array(json.with(recorded: recorded).text.utf8)
        case .csv: csv
        case .table: Array(table.utf8)
        }
    }
}
