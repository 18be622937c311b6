internal import Synchronization
internal import TollbookLedger

/// The webhooks in force, as the courier read them last. Thread-safe.
final class WebhookDirectory: Sendable {
    private let records = Mutex<[Int64: WebhookRecord]>([:])

    /// nil: it is closed.
    subscript(id: Int64) -> WebhookRecord? { records.withLock { $0[id] } }

    func set(_ all: [WebhookRecord]) {
        records.withLock { records in
            records = Dictionary(all.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        }
    }
}
