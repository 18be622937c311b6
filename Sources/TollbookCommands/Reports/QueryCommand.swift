package import ArgumentParser
internal import TollbookControl
internal import TollbookReports

/// `tollbook query`.
package struct QueryCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "query", abstract: "Run one SQL statement that only reads the ledger.",
        discussion: ExitStatus.help)

    @Argument(help: "A SELECT, VALUES or WITH statement.")
    var sql: String
    @Option(help: "Rows at most; default \(ReportLimits.queryRows), the most \(ReportLimits.queryRowsMaximum).")
    var limit: Int?
    @Option(help: "Seconds at most; default \(ReportLimits.querySeconds), the most \(QueryRequest.maximumSeconds).")
    var seconds: Int?
    @OptionGroup var output: FormatOption
    @OptionGroup var reading: ReadingOptions

    package init() {}

    package func run() async throws {
        let request = QueryRequest(sql: sql, limit: limit, seconds: seconds)
        let format = output.reportFormat
        let bytes = try await reading.read { connection in
            try request.makeRunner().run(connection, sql).rendered(format, recorded: false)
        } server: { client in
            try await client.post("/api/v1/query", request, query: [("format", format.rawValue)])
        }
        StandardOutput.write(bytes)
    }
}
