package import ArgumentParser
internal import Foundation
internal import TollbookControl
internal import TollbookReports

/// `tollbook export`.
package struct ExportCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write an export and its manifest into a directory.",
        discussion: ExitStatus.help)

    @Argument(help: "Which one: \(ExportCommand.names).")
    var name: String
    @OptionGroup var period: PeriodOptions
    @Option(help: "Only rows up to this log index; default: the newest.")
    var asOf: Int64?
    @Option(help: "Directory for the files; it is made, or must be empty.")
    var output: String
    @OptionGroup var format: FormatOption
    @OptionGroup var reading: ReadingOptions

    package init() {}

    package func run() async throws {
        // Refuses a directory that holds something before anything is made or recorded.
        var sink = try DirectorySink(directory: output)
        let request = ExportRequest(name: name, period: period.wish, asOf: asOf)
        let summary = try await reading.read { connection in
            let query = try request.query(connection, nowMicros: SystemClock().nowMicros())
            return ExportSummary(
                try ExportRun.run(connection, query, toolVersion: BuildVersion.text, sink: &sink), output)
        } server: { client in
            try await ExportDownload(client: client).run(request, into: &sink, output)
        }
        StandardOutput.write(format.format == .json ? summary.json : summary.text)
    }

    private static let names = ExportQuery.Name.allCases.map(\.rawValue).joined(separator: ", ")
}
