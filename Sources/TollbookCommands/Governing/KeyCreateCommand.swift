package import ArgumentParser
internal import Foundation
internal import TollbookControl
internal import TollbookLedger

/// `tollbook key create`: the secret, alone on stdout, once.
package struct KeyCreateCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a virtual key and print its secret, alone on stdout and only once.",
        discussion: ExitStatus.help)

    @Option(help: "The project that its calls are charged to.")
    var project: String
    @Option(help: "An application of the project.")
    var application: String?
    @Option(help: "The person it is made for.")
    var user: String?
    @Option(help: "Its name, unique in the project.")
    var name: String?
    @Option(help: "Refused from this time on: 2027-01-31 or 2027-01-31T12:00:00Z.")
    var expires: String?
    @Option(help: "Your reference for the change, for example a ticket.")
    var changeRef: String?
    @Option(help: "Why; no place for personal data.")
    var reason: String?
    @Option(help: "table: the secret alone; json: everything, the secret too.")
    var format = OutputFormat.table
    @OptionGroup var connection: ConnectionOptions

    package init() {}

    package func run() async throws {
        let request = KeyRequest(
            project: project, application: application, user: user, name: name, expires: expires,
            changeReference: changeRef, reason: reason)
        let bytes = try await connection.withClient { try await $0.post("/api/v1/keys", request) }
        let key = try ControlJSON.decoder.decode(CreatedKey.self, from: Data(bytes))
        switch format {
        case .json: StandardOutput.write(bytes + [10])
        case .table, .csv: StandardOutput.write(key.secret + "\n")
        }
        StandardError.write("key \(key.id) `\(key.name)` of project \(key.project); its secret is not shown again\n")
    }
}
