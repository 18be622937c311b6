package import ArgumentParser
internal import TollbookControl
internal import TollbookReports

/// `tollbook report spend`.
package struct SpendCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "spend", abstract: "What was spent in a period, by any dimensions.",
        discussion: ExitStatus.help)

    @OptionGroup var period: PeriodOptions
    @Option(help: "Dimensions, joined by commas or repeated: \(SpendCommand.dimensions).")
    var by: [String] = []
    @Option(help: "usage: the time of the call; posted: the month it was booked in.")
    var basis: String?
    @Option(help: "Only rows up to this log index; default: the newest.")
    var asOf: Int64?
    @OptionGroup var output: FormatOption
    @OptionGroup var reading: ReadingOptions

    package init() {}

    package func run() async throws {
        let words = by.flatMap { $0.split(separator: ",").map(String.init) }
        let format = output.reportFormat
        let bytes = try await reading.read { connection in
            let request = SpendRequest(period: period.wish, dimensions: words, basis: basis, asOf: asOf)
            return try request.run(connection, nowMicros: SystemClock().nowMicros()).rendered(format, recorded: false)
        } server: { client in
            let items = [("by", words.isEmpty ? nil : words.joined(separator: ",")), ("basis", basis)]
            return try await client.get(
                "/api/v1/reports/spend",
                query: period.items + items + [("as_of", asOf.map { String($0) }), ("format", format.rawValue)])
        }
        StandardOutput.write(bytes)
    }

    private static let dimensions = SpendDimension.allCases.map(\.rawValue).joined(separator: ", ")
}
