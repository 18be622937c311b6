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
    package var runner: QueryRunner {
        var runner = QueryRunner()
        if let limit { runner = QueryRunner(rowLimit: limit) }
        if let seconds { runner.deadlineSeconds = min(max(1, seconds), Self.maximumSeconds) }
        return runner
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
