internal import ArgumentParser
internal import Foundation
internal import SQLite
internal import TollbookControl
internal import TollbookCore
internal import TollbookLedger

/// Where a command that only reads finds the ledger: the running server, which records the read, or a data directory.
struct ReadingOptions: ParsableArguments {
    @OptionGroup var connection: ConnectionOptions
    @Option(help: "Read this data directory instead of asking the server; nothing is recorded then.")
    var data: String?

    /// Opens the directory's ledger for reading only, or asks the server.
    ///
    /// - Parameter confined: whether PRAGMA is denied as well, as for everything but `verify`.
    func read<Result>(
        confined: Bool = true, directory local: (Connection) throws -> Result,
        server remote: (ControlClient) async throws -> Result
    ) async throws -> Result {
        guard let data else { return try await connection.withClient(remote) }
        let path = data + "/ledger.db"
        guard FileManager.default.fileExists(atPath: path) else {
            throw TollbookError(
                .directoryUnusable, "there is no ledger in \(data)",
                hint: "give --data the directory of `tollbook serve`")
        }
        let reader = try LedgerConnection.openReader(path: path)
        if confined { try LedgerConnection.confine(reader) }
        return try local(reader)
    }
}
