internal import Synchronization

/// What the webhooks tell about themselves. Thread-safe.
package final class WebhookFigures: Sendable {
    /// One webhook's state.
    struct State: Sendable {
        /// Time of the event that could not be delivered yet, microseconds since 1970 UTC; nil: none waits.
        var owedSinceMicros: Int64?
        var isSuspended = false
    }

    /// A reading of all of them.
    package struct Reading: Sendable {
        package var delivered: Int64 = 0
        package var failed: Int64 = 0
        /// Webhooks that are suspended.
        package var suspended = 0
        /// Age of the oldest event that a webhook is owed, in microseconds; 0: none is.
        package var lagMicros: Int64 = 0
    }

    private struct Figures {
        var delivered: Int64 = 0
        var failed: Int64 = 0
        var states: [Int64: State] = [:]
    }

    private let figures = Mutex(Figures())

    package init() {}

    /// All of them, now.
    package func reading(nowMicros: Int64) -> Reading {
        figures.withLock { figures in
            let oldest = figures.states.values.compactMap(\.owedSinceMicros).min()
            return Reading(
                delivered: figures.delivered, failed: figures.failed,
                suspended: figures.states.values.count(where: \.isSuspended),
                lagMicros: oldest.map { max(0, nowMicros - $0) } ?? 0)
        }
    }

    func set(_ state: State, of id: Int64) {
        figures.withLock { $0.states[id] = state }
    }

    func remove(_ id: Int64) {
        figures.withLock { $0.states[id] = nil }
    }

    func count(_ outcome: WebhookOutcome) {
        figures.withLock { figures in
            if outcome == .delivered { figures.delivered += 1 } else { figures.failed += 1 }
        }
    }
}
