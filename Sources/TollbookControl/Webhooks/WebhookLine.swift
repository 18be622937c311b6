internal import Logging
internal import TollbookCore
internal import TollbookLedger
internal import TollbookReports

/// Tells one webhook its events, one after another: an event is sent again until the receiver has it, and the next
/// waits. What is owed is the journal behind the cursor; nothing is queued.
///
/// Used by one task.
struct WebhookLine {
    private let id: Int64
    private let courier: WebhookCourier
    /// Everything up to this journal index is delivered.
    private var cursor: Int64
    /// What the ledger keeps of the cursor.
    private var kept: Int64
    private var keptAt = ContinuousClock.now
    /// The last event delivered, of a command that may be delivered in part.
    private var newest: (logIndex: Int64, position: Int64) = (-1, -1)
    private var retry = WebhookRetry()
    private var generator = SystemRandomNumberGenerator()
    private var suspendedVersion: Int64?

    init(_ webhook: WebhookRecord, courier: WebhookCourier) {
        id = webhook.id
        self.courier = courier
        cursor = webhook.cursor
        kept = webhook.cursor
        suspendedVersion = webhook.suspendedVersion
    }

    /// Goes on until the webhook is closed or the task is cancelled.
    mutating func run() async {
        tell(owedSinceMicros: nil)
        while !Task.isCancelled, let webhook = courier.directory[id] {
            if suspendedVersion != nil, webhook.version != suspendedVersion {
                suspendedVersion = nil
                tell(owedSinceMicros: nil)
            }
            if suspendedVersion == nil, courier.ledger.metrics().logIndex > cursor,
                let page = try? await page(webhook)
            {
                await take(page, webhook)
                if page.next < page.head || retry.failures > 0 { continue }
            }
            await pause(.milliseconds(ControlLimits.followMillis), webhook)
        }
        courier.figures.remove(id)
    }

    private func page(_ webhook: WebhookRecord) async throws -> FeedPage {
        let (cursor, types) = (cursor, FeedTypes(webhook.types))
        return try await courier.readers.read { connection in
            try FeedReader.page(connection, after: cursor, limit: ControlLimits.webhookEvents, types: types)
        }
    }

    private mutating func take(_ page: FeedPage, _ webhook: WebhookRecord) async {
        let owed = page.events.filter { event in
            (event.logIndex, event.position) > newest
                && (webhook.organizationID == nil || webhook.organizationID == event.organizationID)
        }
        let (count, outcome) = await courier.deliver(owed, to: webhook, turn: retry.failures)
        if count > 0 {
            newest = (owed[count - 1].logIndex, owed[count - 1].position)
            retry.succeeded()
        }
        cursor = count < owed.count ? max(cursor, owed[count].logIndex - 1) : page.next
        await keep(isDelivered: count > 0)
        switch outcome {
        case .delivered: tell(owedSinceMicros: nil)
        case .gone: await suspend(webhook)
        case .failed(let reason, let asked):
            let wait = retry.failed(askedSeconds: asked, using: &generator)
            courier.warn(webhook, reason, failures: retry.failures)
            tell(owedSinceMicros: owed.count > count ? owed[count].timeMicros : nil)
            await pause(wait, webhook)
        }
    }

    /// What cannot be kept now is kept with the next piece; a crash until then tells it again.
    private mutating func keep(isDelivered: Bool) async {
        let isDue = ContinuousClock.now - keptAt >= .seconds(ControlLimits.webhookCursorSeconds)
        guard cursor > kept, isDelivered || isDue else { return }
        let cursor = cursor
        guard (try? await courier.ledger.keepCursor(cursor, ofWebhook: id)) != nil else { return }
        kept = cursor
        keptAt = .now
    }

    /// Until it is recorded the webhook is tried again: what is suspended must be on record.
    private mutating func suspend(_ webhook: WebhookRecord) async {
        do {
            try await courier.ledger.suspend(webhook, cursor: cursor)
            suspendedVersion = webhook.version
            courier.warn(webhook, "its receiver says that it is gone (410); it is suspended", failures: 1)
            tell(owedSinceMicros: nil)
        } catch {
            await pause(.milliseconds(ControlLimits.webhookRetryMillis), webhook)
        }
    }

    private func tell(owedSinceMicros: Int64?) {
        courier.figures.set(.init(owedSinceMicros: owedSinceMicros, isSuspended: suspendedVersion != nil), of: id)
    }

    /// Waits, and no longer once the webhook was changed or closed.
    private func pause(_ duration: Duration, _ webhook: WebhookRecord) async {
        let end = ContinuousClock.now + duration
        while !Task.isCancelled, courier.directory[id]?.version == webhook.version {
            let left = end - ContinuousClock.now
            guard left > .zero else { return }
            try? await Task.sleep(for: min(left, .milliseconds(ControlLimits.followMillis)))
        }
    }
}
