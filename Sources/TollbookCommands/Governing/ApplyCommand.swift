package import ArgumentParser
internal import Foundation
internal import TollbookControl
internal import TollbookLedger

/// `tollbook apply`.
package struct ApplyCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "apply", abstract: "Apply a governance file: all of it or nothing.",
        discussion: ExitStatus.help)

    @Argument(help: "A YAML or JSON file, a directory of them, or - for standard input.")
    var file: String
    @Flag(help: "Only show what would change.")
    var dryRun = false
    @Flag(help: "Close objects of the file's manager that the file does not name.")
    var prune = false
    @Option(help: "Your reference for the change, for example a ticket.")
    var changeRef: String?
    @Option(help: "Why; no place for personal data.")
    var reason: String?
    @OptionGroup var output: FormatOption
    @OptionGroup var connection: ConnectionOptions

    package init() {}

    package func run() async throws {
        let document = try GovernanceFiles.read(path: file)
        let request = ApplyRequest(
            document: document, dryRun: dryRun, prune: prune, changeReference: changeRef, reason: reason)
        let bytes = try await connection.withClient { try await $0.post("/api/v1/apply", request) }
        switch output.format {
        case .json:
            StandardOutput.write(bytes + [10])
        case .table, .csv:
            let receipt = try ControlJSON.decoder.decode(GovernanceReceipt.self, from: Data(bytes))
            StandardOutput.write(receipt.text)
        }
    }
}
