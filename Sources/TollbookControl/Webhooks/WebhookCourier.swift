package import Logging
internal import NIOPosix
package import TollbookCore
package import TollbookGateway
package import TollbookLedger
internal import TollbookPolicy
internal import TollbookReports

/// Tells every webhook its events: one line each, so that a receiver that is down holds up nobody else.
package struct WebhookCourier: Sendable {
    let ledger: Ledger
    let readers: ReadPool
    let figures: WebhookFigures
    let directory = WebhookDirectory()
    let transport: WebhookTransport
    private let clock: any WallClock
    private let logger: Logger
    private let secret: @Sendable (_ source: String) async -> CredentialSecret?
    private let lookups = NIOThreadPool(numberOfThreads: ControlLimits.webhookLookupThreads)

    /// - Parameters:
    ///   - version: of the binary, told to receivers.
    ///   - readers: stays the caller's.
    ///   - trustRootsFile: certificates to trust besides the system's.
    ///   - secret: finds what is at a secret's source.
    package init(
        version: String, ledger: Ledger, clock: any WallClock, readers: ReadPool, figures: WebhookFigures,
        trustRootsFile: String?, logger: Logger,
        secret: @escaping @Sendable (_ source: String) async -> CredentialSecret?
    ) {
        self.ledger = ledger
        self.readers = readers
        self.figures = figures
        self.clock = clock
        self.logger = logger
        self.secret = secret
        transport = WebhookTransport(trustRootsFile: trustRootsFile, version: version, lookups: lookups)
    }

    /// Runs until it is cancelled; what is being sent then is sent again after the next start.
    package func run() async {
        lookups.start()
        await withDiscardingTaskGroup { group in
            var revision: Int64?
            var known: Set<Int64> = []
            while !Task.isCancelled {
                let newest = ledger.snapshot.revision
                if revision != newest, let webhooks = try? await readers.read({ try WebhookRecord.all($0) }) {
                    directory.set(webhooks)
                    revision = newest
                    for webhook in webhooks where known.insert(webhook.id).inserted {
                        group.addTask {
                            var line = WebhookLine(webhook, courier: self)
                            await line.run()
                        }
                    }
                }
                try? await Task.sleep(for: .milliseconds(ControlLimits.followMillis))
            }
            group.cancelAll()
        }
        try? await lookups.shutdownGracefully()
    }

    /// Sends events in order, up to the first that does not come through, or until the webhook is changed.
    ///
    /// - Returns: how many came through, and how the last try went.
    func deliver(
        _ events: [FeedEvent], to webhook: WebhookRecord, turn: Int
    ) async -> (count: Int, outcome: WebhookOutcome) {
        guard !events.isEmpty else { return (0, .delivered) }
        guard let signer = await signer(of: webhook) else {
            return (0, .failed(reason: "its secret is missing, or not whsec_ and the Base64 of 24 to 64 bytes"))
        }
        var count = 0
        let outcome = await transport.withPost(to: webhook, turn: turn) { post in
            for event in events where directory[webhook.id]?.version == webhook.version {
                let outcome = await send(event, post, signer)
                guard outcome == .delivered else { return outcome }
                count += 1
            }
            return .delivered
        }
        return (count, outcome)
    }

    private func send(_ event: FeedEvent, _ post: WebhookPost, _ signer: WebhookSigner) async -> WebhookOutcome {
        let outcome = await post.send(
            id: Self.messageID(event), body: Array(event.json.compactText.utf8), mediaType: FeedEvent.mediaType,
            signer: signer, nowMicros: clock.nowMicros())
        // What the end of the process cuts off is no failure of the receiver's.
        if !Task.isCancelled { figures.count(outcome) }
        return outcome
    }

    /// The same for every try, and unique among ledgers; no dots, which part what is signed.
    private static func messageID(_ event: FeedEvent) -> String {
        "evt_" + event.source.drop { $0 != ":" }.dropFirst("uuid:".count + 1).prefix(8) + "_" + event.id
    }

    private func signer(of webhook: WebhookRecord) async -> WebhookSigner? {
        var secrets: [String] = []
        for source in webhook.secrets {
            guard let found = await secret(source) else { return nil }
            secrets.append(found.text)
        }
        return WebhookSigner(secrets: secrets)
    }

    /// The first failures, and then fewer and fewer, so that a receiver that is down for a day fills no log.
    func warn(_ webhook: WebhookRecord, _ reason: String, failures: Int) {
        guard failures & (failures - 1) == 0, !Task.isCancelled else { return }
        logger.warning(
            "A webhook could not be told an event",
            metadata: ["webhook": "\(webhook.name)", "reason": "\(reason)", "tries": "\(failures)"])
    }
}
