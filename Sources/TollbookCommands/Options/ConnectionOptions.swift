internal import ArgumentParser
internal import Foundation
internal import TollbookControl
internal import TollbookCore

/// How a command reaches the running server.
struct ConnectionOptions: ParsableArguments {
    @Option(help: "The control plane's URL; else TOLLBOOK_URL, else http://127.0.0.1:8081.")
    var url: String?
    @Option(help: "File with the owner's token; else TOLLBOOK_TOKEN.")
    var tokenFile: String?

    /// Runs `body` with a client of the server.
    ///
    /// - Throws: `no_token`, `secret_file_unusable`, `invalid_url`; else what the body throws.
    ///
    /// - Parameter quietSeconds: after so many without a byte an answer is given up; nil: never.
    func withClient<Result>(
        quietSeconds: Int64? = nil, _ body: (ControlClient) async throws -> Result
    ) async throws -> Result {
        let environment = ProcessInfo.processInfo.environment
        let address = url ?? environment["TOLLBOOK_URL"].flatMap { $0.isEmpty ? nil : $0 } ?? "http://127.0.0.1:8081"
        return try await ControlClient.run(
            address: address, token: try token(environment), quietSeconds: quietSeconds, body)
    }

    private func token(_ environment: [String: String]) throws -> String {
        if let tokenFile {
            guard let token = try SecretFile.load(tokenFile) else {
                throw TollbookError(.secretFileUnusable, "there is no file \(tokenFile)")
            }
            return token
        }
        guard let token = environment["TOLLBOOK_TOKEN"], !token.isEmpty else {
            throw TollbookError(
                .noToken, "the owner's token is not given",
                hint: "set TOLLBOOK_TOKEN, or --token-file DIR/owner-token with the server's data directory")
        }
        return token
    }
}
