package import ArgumentParser
internal import TollbookControl
internal import TollbookCore
internal import TollbookSimulator

/// `tollbook simulate`: the simulated provider as a server of its own.
package struct SimulateCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract:
            "Run the simulated provider: OpenAI, Anthropic and Gemini; pinned token counts, delays, faults.",
        discussion: Directives.help + "\n\n" + ExitStatus.help)

    @Option(help: "Where to listen, HOST:PORT; port 0 takes a free one.")
    var listen = "127.0.0.1:9090"
    @Option(help: "Event loops; default: one a core.")
    var threads: Int?
    @Option(name: .customLong("default"), help: "Directives for every call that does not pin otherwise.")
    var directives = ""
    @Option(help: "Completion tokens of an answer that nothing limits.")
    var completionTokens = 16
    @Option(help: "Prompt tokens are the body's bytes over this, rounded up.")
    var bytesPerToken = 4
    @Flag(help: "Keep the last request for GET /sim/last.")
    var record = false
    @Option(help: "Seed of latencies and of percent=.")
    var seed: UInt64 = 0

    package init() {}

    package func run() async throws {
        let server = try await start()
        let host = try ListenAddress(listen, setting: "--listen").host
        StandardOutput.write("simulated provider: \(BoundAddress(host: host, port: server.port).url)\n")
        let stop = StopSignals()
        await stop.wait()
        await server.stop()
    }

    private func start() async throws -> SimulatorServer {
        let configuration = try makeConfiguration()
        do {
            return try await SimulatorServer.start(configuration: configuration)
        } catch {
            throw TollbookError(
                .cannotListen, "the simulated provider cannot listen on \(listen)", cause: "\(error)",
                hint: "choose another address with --listen")
        }
    }

    private func makeConfiguration() throws -> SimulatorConfiguration {
        let address = try ListenAddress(listen, setting: "--listen")
        guard completionTokens >= 0, bytesPerToken >= 1, threads.map({ $0 >= 1 }) ?? true else {
            throw TollbookError(.invalidSetting, "--completion-tokens, --bytes-per-token or --threads is too small")
        }
        var configuration = SimulatorConfiguration()
        configuration.host = address.host
        configuration.port = address.port
        configuration.threads = threads
        configuration.defaults = try makeDirectives()
        configuration.completionTokens = completionTokens
        configuration.bytesPerToken = bytesPerToken
        configuration.recordsLastRequest = record
        configuration.seed = seed
        return configuration
    }

    private func makeDirectives() throws -> Directives {
        do {
            return try Directives(parsing: directives)
        } catch {
            throw TollbookError(
                .invalidSetting, "--default: \(error.message)", hint: "tollbook simulate --help lists the directives")
        }
    }
}
