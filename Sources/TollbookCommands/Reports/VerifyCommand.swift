package import ArgumentParser
internal import TollbookControl
internal import TollbookReports

/// `tollbook verify`.
package struct VerifyCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Recompute hashes, sums, prices and derived tables; exit code 1 on any finding.",
        discussion: ExitStatus.help)

    @OptionGroup var output: FormatOption
    @OptionGroup var reading: ReadingOptions

    package init() {}

    package func run() async throws {
        let format = output.reportFormat
        let (bytes, isClean) = try await reading.read(confined: false) { connection in
            let progress = ProgressLine()
            defer { progress.end() }
            let result = try Verify.run(connection) { progress.show("\($0.stage.rawValue) \($0.done)") }
            let text = format == .json ? result.json.with(recorded: false).text : result.text
            return (Array(text.utf8), result.isClean)
        } server: { client in
            try await client.verify(format)
        }
        StandardOutput.write(bytes)
        if !isClean { throw ExitStatusError(status: .failure) }
    }
}
