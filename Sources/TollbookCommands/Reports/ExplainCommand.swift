package import ArgumentParser
internal import TollbookControl
internal import TollbookCore
internal import TollbookReports

/// `tollbook explain`.
package struct ExplainCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "The whole story of one request: who, what was decided and why, what it cost.",
        discussion: ExitStatus.help)

    @Argument(help: "The id of the x-tollbook-request-id header, such as req_01jd3kz9v0004.")
    var requestID: String
    @Option(help: "Only rows up to this log index; default: the newest.")
    var asOf: Int64?
    @OptionGroup var output: FormatOption
    @OptionGroup var reading: ReadingOptions

    package init() {}

    package func run() async throws {
        let id = try RequestID(parsing: requestID)
        let format = output.reportFormat
        let bytes = try await reading.read { connection in
            try Explain.run(connection, id, asOf: asOf).rendered(format, recorded: false)
        } server: { client in
            try await client.get(
                "/api/v1/requests/\(id.text)/explanation",
                query: [("as_of", asOf.map { String($0) }), ("format", format.rawValue)])
        }
        StandardOutput.write(bytes)
    }
}
