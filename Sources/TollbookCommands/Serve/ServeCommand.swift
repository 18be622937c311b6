package import ArgumentParser
internal import Foundation

/// `tollbook serve`.
package struct ServeCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run the gateway.",
        discussion: """
            A setting comes from its flag, else its environment variable (--admin-listen: TOLLBOOK_ADMIN_LISTEN), else \
            the settings file (admin_listen: …), else its default. Ready when one line for each listener is printed.

            SIGTERM or SIGINT: no new calls, those in progress may end (--drain-timeout), then they are cut and \
            settled, and the exit code is 0. A second signal cuts at once.

            \(ExitStatus.help)
            """)

    @Option(help: "\(ServeSetting.data.help)")
    var data: String?
    @Option(help: "\(ServeSetting.listen.help) Default: 127.0.0.1:8080.")
    var listen: String?
    @Option(help: "\(ServeSetting.adminListen.help) Default: 127.0.0.1:8081.")
    var adminListen: String?
    @Option(help: "\(ServeSetting.apply.help)")
    var apply: String?
    @Option(help: "Settings file, for example tollbook.yaml; else TOLLBOOK_CONFIG.")
    var config: String?
    @Flag(inversion: .prefixedNo, help: "Whether the built-in simulated provider runs. Default: it does.")
    var simulator: Bool?
    @Option(help: "\(ServeSetting.eventLoops.help) Default: one a core.")
    var eventLoops: String?
    @OptionGroup(title: "Log") var log: ServeLogOptions
    @OptionGroup(title: "Limits") var limits: ServeLimitOptions

    package init() {}

    package func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let file = config ?? environment["TOLLBOOK_CONFIG"].flatMap { $0.isEmpty ? nil : $0 }
        let sources = SettingSources(
            flags: flags, environment: environment, file: try file.map { try SettingsFile.read(path: $0) } ?? [:])
        try await GatewayProcess(settings: ServeSettings(sources)).run()
    }

    /// The values of the flags that were given.
    private var flags: [ServeSetting: String] {
        let own: [ServeSetting: String?] = [
            .data: data, .listen: listen, .adminListen: adminListen, .apply: apply,
            .simulator: simulator.map(String.init), .eventLoops: eventLoops,
        ]
        return own.compactMapValues { $0 }.merging(log.flags) { own, _ in own }.merging(limits.flags) { own, _ in own }
    }
}

/// The flags of `tollbook serve` about its log.
struct ServeLogOptions: ParsableArguments {
    @Option(help: "\(ServeSetting.logFormat.help) Default: text.")
    var logFormat: String?
    @Option(help: "\(ServeSetting.logLevel.help) Default: info.")
    var logLevel: String?

    var flags: [ServeSetting: String] {
        let all: [ServeSetting: String?] = [.logFormat: logFormat, .logLevel: logLevel]
        return all.compactMapValues { $0 }
    }
}

/// The flags of `tollbook serve` about times and sizes.
struct ServeLimitOptions: ParsableArguments {
    @Option(help: "\(ServeSetting.caFile.help)")
    var caFile: String?
    @Option(help: "\(ServeSetting.connectTimeout.help) Default: 5s.")
    var connectTimeout: String?
    @Option(help: "\(ServeSetting.firstByteTimeout.help) Default: 10m.")
    var firstByteTimeout: String?
    @Option(help: "\(ServeSetting.chunkTimeout.help) Default: 2m.")
    var chunkTimeout: String?
    @Option(help: "\(ServeSetting.totalTimeout.help) Default: 30m.")
    var totalTimeout: String?
    @Option(help: "\(ServeSetting.headerTimeout.help) Default: 30s.")
    var headerTimeout: String?
    @Option(help: "\(ServeSetting.keepAliveTimeout.help) Default: 75s.")
    var keepAliveTimeout: String?
    @Option(help: "\(ServeSetting.drainTimeout.help) Default: 20s.")
    var drainTimeout: String?
    @Option(help: "\(ServeSetting.batchPoll.help) Default: 15s.")
    var batchPoll: String?
    @Option(help: "\(ServeSetting.bodyTimeout.help) Default: 1m.")
    var bodyTimeout: String?
    @Option(help: "\(ServeSetting.maximumBody.help) Default: 32MiB.")
    var maxBody: String?
    @Option(help: "\(ServeSetting.maximumUpload.help) Default: 1GiB.")
    var maxUpload: String?
    @Option(help: "\(ServeSetting.maximumConnections.help) Default: 16384.")
    var maxConnections: String?
    @Option(help: "\(ServeSetting.maximumCalls.help) Default: 4096.")
    var maxCalls: String?
    @Option(help: "\(ServeSetting.maximumQueued.help) Default: 4096.")
    var maxQueued: String?
    @Option(help: "\(ServeSetting.queueTimeout.help) Default: 10s.")
    var queueTimeout: String?
    @Option(help: "\(ServeSetting.ballast.help) Default: 16MiB.")
    var ballast: String?

    var flags: [ServeSetting: String] {
        let all: [ServeSetting: String?] = [
            .caFile: caFile, .connectTimeout: connectTimeout, .firstByteTimeout: firstByteTimeout,
            .chunkTimeout: chunkTimeout, .totalTimeout: totalTimeout, .headerTimeout: headerTimeout,
            .keepAliveTimeout: keepAliveTimeout, .drainTimeout: drainTimeout, .batchPoll: batchPoll,
            .bodyTimeout: bodyTimeout, .maximumBody: maxBody, .maximumUpload: maxUpload,
            .maximumConnections: maxConnections, .maximumCalls: maxCalls, .maximumQueued: maxQueued,
            .queueTimeout: queueTimeout, .ballast: ballast,
        ]
        return all.compactMapValues { $0 }
    }
}
