package import ArgumentParser
internal import Foundation
internal import TollbookControl
internal import TollbookLedger
internal import TollbookReports

/// `tollbook key list`.
package struct KeyListCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List virtual keys, never their secrets.", discussion: ExitStatus.help)

    @Option(help: "Only keys of this project.")
    var project: String?
    @Flag(help: "Revoked keys too.")
    var all = false
    @OptionGroup var output: FormatOption
    @OptionGroup var connection: ConnectionOptions

    package init() {}

    package func run() async throws {
        let query = [("project", project), ("closed", all ? "true" : nil)]
        let bytes = try await connection.withClient { try await $0.get("/api/v1/keys", query: query) }
        guard output.format != .json else { return StandardOutput.write(bytes + [10]) }
        let keys = try ControlJSON.decoder.decode(KeyList.self, from: Data(bytes)).keys
        let titles = [
            "id", "name", "organization", "project", "application", "user", "hint", "created", "expires", "state",
        ]
        StandardOutput.write(RowText.text(titles, keys.map(Self.cells), output.format))
    }

    private static func cells(_ key: KeySummary) -> [String] {
        [
            String(key.id), key.name, key.organization, key.project, key.application ?? "", key.user ?? "",
            "…" + key.hint, CivilTime.text(micros: key.createdMicros, offsetSeconds: 0),
            key.expiresMicros.map { CivilTime.text(micros: $0, offsetSeconds: 0) } ?? "",
            key.isClosed ? "revoked" : "open",
        ]
    }
}
