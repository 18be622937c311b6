internal import AsyncHTTPClient
internal import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL
internal import TollbookLedger

/// How one delivery went.
enum WebhookOutcome: Sendable, Equatable {
    /// The receiver has it.
    case delivered
    /// The receiver says that it takes no more for ever (410).
    case gone
    /// It is to be sent again; `reason` is for the log and names nothing of the receiver's answer.
    case failed(reason: String, retryAfterSeconds: Int64? = nil)
}

/// What sends to receivers: looks their names up itself, so that the address that is checked is the one connected to.
struct WebhookTransport: Sendable {
    let trustRootsFile: String?
    let version: String
    let lookups: NIOThreadPool

    /// Runs `body` with a connection's client for one webhook's address.
    ///
    /// - Parameter turn: which of several addresses is used, so that a dead one is passed over at the next try.
    func withPost(
        to webhook: WebhookRecord, turn: Int, _ body: (WebhookPost) async -> WebhookOutcome
    ) async -> WebhookOutcome {
        guard let host = URL(string: webhook.url)?.host else { return .failed(reason: "the address has no host") }
        let bare = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        let found = (try? await lookups.runIfActive { HostLookup.addresses(of: bare) }) ?? []
        guard !found.isEmpty else { return .failed(reason: "the host has no address") }
        let permitted = found.filter { Self.isPermitted($0, webhook) }
        guard !permitted.isEmpty else {
            return .failed(reason: "the host has an address of this network alone, and private_network is not set")
        }
        let client = HTTPClient(
            eventLoopGroupProvider: .singleton,
            configuration: configuration(host: host, address: permitted[turn % permitted.count]))
        let outcome = await body(WebhookPost(client: client, webhook: webhook, version: version))
        try? await client.shutdown()
        return outcome
    }

    private static func isPermitted(_ address: String, _ webhook: WebhookRecord) -> Bool {
        switch AddressReach(of: address) {
        case .everywhere: true
        case .own: webhook.isPrivateAllowed
        case .nobody: false
        }
    }

    private func configuration(host: String, address: String) -> HTTPClient.Configuration {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        if let trustRootsFile { tls.additionalTrustRoots = [.file(trustRootsFile)] }
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls, redirectConfiguration: .disallow)
        configuration.timeout.connect = .seconds(ControlLimits.webhookConnectSeconds)
        configuration.httpVersion = .http1Only
        configuration.dnsOverride = [host: address]
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }
}

/// Sends messages to one receiver over one connection.
struct WebhookPost: Sendable {
    let client: HTTPClient
    let webhook: WebhookRecord
    let version: String

    /// Sends one message and reads the answer's status.
    func send(
        id: String, body: [UInt8], mediaType: String, signer: WebhookSigner, nowMicros: Int64
    ) async
        -> WebhookOutcome
    {
        let seconds = nowMicros / 1_000_000
        var request = HTTPClientRequest(url: webhook.url)
        request.method = .POST
        request.headers.add(name: "content-type", value: mediaType)
        request.headers.add(name: "user-agent", value: "tollbook/\(version)")
        request.headers.add(name: "webhook-id", value: id)
        request.headers.add(name: "webhook-timestamp", value: "\(seconds)")
        request.headers.add(
            name: "webhook-signature", value: signer.signature(id: id, seconds: seconds, body: body))
        request.body = .bytes(ByteBuffer(bytes: body))
        do {
            let response = try await client.execute(request, timeout: .seconds(ControlLimits.webhookSeconds))
            // Read for the connection's sake alone; what is too long closes it.
            _ = try? await response.body.collect(upTo: ControlLimits.webhookAnswerBytes)
            return Self.outcome(response)
        } catch {
            return .failed(reason: SystemReason.text(error))
        }
    }

    private static func outcome(_ response: HTTPClientResponse) -> WebhookOutcome {
        switch response.status.code {
        case 200..<300: return .delivered
        case 410: return .gone
        default:
            let wait = response.headers.first(name: "retry-after").flatMap { Int64($0) }
            return .failed(reason: "status \(response.status.code)", retryAfterSeconds: wait)
        }
    }
}
