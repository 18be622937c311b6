package import TollbookCore

/// How the data plane listens, how long it waits and how much it holds.
package struct GatewayConfiguration: Sendable {
    /// An address or name to listen on.
    package var host: String
    /// 0: any free port.
    package var port: Int
    package var clock: any WallClock
    /// Where providers of the dialect `simulated` are, such as `http://127.0.0.1:9090/v1`; nil: nowhere.
    package var simulatedBaseURL: String?
    /// A PEM file of certificates to trust besides the system's.
    package var trustRootsFile: String?
    /// What programs that print credentials find as their environment, each as `NAME=value`.
    package var environment: [String] = []
    package var timeouts = GatewayTimeouts()
    package var sizes = GatewaySizes()

    package init(host: String, port: Int, clock: any WallClock) {
        self.host = host
        self.port = port
        self.clock = clock
    }

    /// Whether a file holds certificates that can be trusted. Blocks for a moment.
    package static func canRead(trustRootsFile path: String) -> Bool {
        UpstreamTLS.canRead(trustRootsFile: path)
    }
}

/// How long the data plane waits, in milliseconds; see `GatewayLimits` for the reasons.
package struct GatewayTimeouts: Sendable {
    package var connectMillis = GatewayLimits.connectMillis
    package var firstByteMillis = GatewayLimits.firstByteMillis
    package var betweenChunksMillis = GatewayLimits.betweenChunksMillis
    package var totalMillis = GatewayLimits.totalMillis
    package var headerMillis = GatewayLimits.headerMillis
    package var bodyIdleMillis = GatewayLimits.bodyIdleMillis
    package var keepAliveMillis = GatewayLimits.keepAliveMillis
    package var clientStallMillis = GatewayLimits.clientStallMillis
    package var openMillis = GatewayLimits.openMillis
    package var queueMillis = GatewayLimits.queueMillis
    package var lingerMillis = GatewayLimits.lingerMillis
    package var trailingMillis = GatewayLimits.trailingMillis
    package var idlePlainMillis = GatewayLimits.idlePlainMillis
    package var idleTLSMillis = GatewayLimits.idleTLSMillis
    package var batchPollMillis = GatewayLimits.batchPollMillis

    package init() {}
}

/// How much the data plane holds; see `GatewayLimits` for the reasons.
package struct GatewaySizes: Sendable {
    package var bodyBytes = GatewayLimits.bodyBytes
    package var uploadBytes = GatewayLimits.uploadBytes
    package var bodiesInFlightBytes = GatewayLimits.bodiesInFlightBytes
    package var heldAnswerBytes = GatewayLimits.heldAnswerBytes
    package var clientConnections = GatewayLimits.clientConnections
    package var calls = GatewayLimits.calls
    package var queuedCalls = GatewayLimits.queuedCalls
    package var idleConnectionsPerProvider = GatewayLimits.idleConnectionsPerProvider

    package init() {}
}
