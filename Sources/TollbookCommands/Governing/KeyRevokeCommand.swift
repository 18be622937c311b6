package import ArgumentParser
internal import Foundation
internal import TollbookControl
internal import TollbookLedger

/// `tollbook key revoke`.
package struct KeyRevokeCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Revoke a virtual key; its calls are refused when this returns.",
        discussion: ExitStatus.help)

    @Argument(help: "The key's id, NAME, PROJECT/NAME or ORGANIZATION/PROJECT/NAME.")
    var key: String
    @Option(help: "Your reference for the change, for example a ticket.")
    var changeRef: String?
    @Option(help: "Why; no place for personal data.")
    var reason: String?
    @OptionGroup var output: FormatOption
    @OptionGroup var connection: ConnectionOptions

    package init() {}

    package func run() async throws {
        let bytes = try await connection.withClient { client in
            try await client.delete(
                "/api/v1/keys", component: key, query: [("change_ref", changeRef), ("reason", reason)])
        }
        guard output.format != .json else { return StandardOutput.write(bytes + [10]) }
        let revoked = try ControlJSON.decoder.decode(RevokedKey.self, from: Data(bytes))
        let note = revoked.wasOpen ? "revoked" : "was revoked before"
        StandardOutput.write("key \(revoked.id) `\(revoked.name)` \(note), revision \(revoked.revision)\n")
    }
}
