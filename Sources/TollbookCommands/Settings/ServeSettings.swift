internal import Foundation
internal import Logging
internal import TollbookCore
internal import TollbookGateway
internal import TollbookLedger

/// The settings of one run of `tollbook serve`, checked.
struct ServeSettings: Sendable {
    let data: String
    let listen: ListenAddress
    let adminListen: ListenAddress
    let applyPath: String?
    let isSimulatorOn: Bool
    let eventLoops: Int
    let logFormat: LogFormat
    let logLevel: Logger.Level
    let trustRootsFile: String?
    let timeouts: GatewayTimeouts
    let sizes: GatewaySizes
    let drainTimeout: Duration
    let ballastBytes: Int

    /// - Throws: `invalid_setting`, naming the place that the value came from.
    init(_ sources: SettingSources) throws {
        guard let data = sources.text(.data)?.value, !data.isEmpty else {
            throw TollbookError(
                .invalidSetting, "no data directory is given", hint: "add --data DIR; it is made when it is missing")
        }
        self.data = data
        listen = try ListenAddress(sources.text(.listen)?.value ?? "127.0.0.1:8080", setting: "listen")
        adminListen = try ListenAddress(
            sources.text(.adminListen)?.value ?? "127.0.0.1:8081", setting: "admin-listen")
        applyPath = sources.text(.apply)?.value
        isSimulatorOn = try sources.value(.simulator, default: true, expected: "true or false") { Bool($0) }
        let cores = ProcessInfo.processInfo.activeProcessorCount
        eventLoops = try sources.value(
            .eventLoops, default: min(cores, GatewayLimits.eventLoops), expected: "1 to \(GatewayLimits.eventLoops)"
        ) { text in Int(text).flatMap { (1...GatewayLimits.eventLoops).contains($0) ? $0 : nil } }
        logFormat = try sources.value(.logFormat, default: .text, expected: "text or json") { LogFormat(rawValue: $0) }
        logLevel = try sources.value(.logLevel, default: .info, expected: "a log level") { Logger.Level(rawValue: $0) }
        trustRootsFile = try Self.trustRootsFile(sources)
        timeouts = try Self.timeouts(sources)
        sizes = try Self.sizes(sources)
        drainTimeout = .milliseconds(try Self.millis(sources, .drainTimeout, default: 20_000))
        ballastBytes = try Self.bytes(sources, .ballast, default: LedgerLimits.ballastBytes)
    }

    private static func trustRootsFile(_ sources: SettingSources) throws -> String? {
        let path = try sources.value(.caFile, default: "", expected: "a file of certificates in PEM form") { path in
            GatewayConfiguration.canRead(trustRootsFile: path) ? path : nil
        }
        return path.isEmpty ? nil : path
    }

    private static func timeouts(_ sources: SettingSources) throws -> GatewayTimeouts {
        var timeouts = GatewayTimeouts()
        timeouts.connectMillis = try millis(sources, .connectTimeout, default: timeouts.connectMillis)
        timeouts.firstByteMillis = try millis(sources, .firstByteTimeout, default: timeouts.firstByteMillis)
        timeouts.betweenChunksMillis = try millis(sources, .chunkTimeout, default: timeouts.betweenChunksMillis)
        timeouts.totalMillis = try millis(sources, .totalTimeout, default: timeouts.totalMillis)
        timeouts.bodyIdleMillis = try millis(sources, .bodyTimeout, default: timeouts.bodyIdleMillis)
        timeouts.headerMillis = try millis(sources, .headerTimeout, default: timeouts.headerMillis)
        timeouts.keepAliveMillis = try millis(sources, .keepAliveTimeout, default: timeouts.keepAliveMillis)
        timeouts.queueMillis = try millis(sources, .queueTimeout, default: timeouts.queueMillis)
        timeouts.batchPollMillis = try millis(sources, .batchPoll, default: timeouts.batchPollMillis)
        return timeouts
    }

    private static func sizes(_ sources: SettingSources) throws -> GatewaySizes {
        var sizes = GatewaySizes()
        sizes.bodyBytes = try bytes(sources, .maximumBody, default: sizes.bodyBytes)
        sizes.uploadBytes = try bytes(sources, .maximumUpload, default: sizes.uploadBytes)
        sizes.clientConnections = try sources.value(
            .maximumConnections, default: sizes.clientConnections, expected: "a number above 0"
        ) { text in Int(text).flatMap { $0 > 0 ? $0 : nil } }
        sizes.calls = try callCount(sources, .maximumCalls, default: sizes.calls)
        sizes.queuedCalls = try callCount(sources, .maximumQueued, default: sizes.queuedCalls)
        return sizes
    }

    /// No more than the ledger has places for.
    private static func callCount(
        _ sources: SettingSources, _ setting: ServeSetting, default fallback: Int
    ) throws -> Int {
        let range = 1...LedgerLimits.requestsInFlight
        return try sources.value(setting, default: fallback, expected: "a number from 1 to \(range.upperBound)") {
            text in
            Int(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    private static func millis(
        _ sources: SettingSources, _ setting: ServeSetting, default fallback: Int64
    ) throws -> Int64 {
        try sources.value(
            setting, default: fallback, expected: "a time such as 500ms, 20s, 5m or 1h, at most a day"
        ) { QuantityText.millis($0) }
    }

    private static func bytes(_ sources: SettingSources, _ setting: ServeSetting, default fallback: Int) throws -> Int {
        try sources.value(setting, default: fallback, expected: "a size such as 65536, 512KiB or 32MiB") {
            QuantityText.bytes($0)
        }
    }
}
