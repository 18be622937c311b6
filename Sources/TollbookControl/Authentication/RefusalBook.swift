package import Logging
internal import Synchronization

/// Counts refused requests of the control plane; some become audit events, a flood does not.
package final class RefusalBook: Sendable {
    /// Records one refusal as an audit event; is given the caller's network address.
    package typealias Recorder = @Sendable (_ address: String?) async throws -> Void

    private struct State {
        var answers: RefusalBucket
        var events: RefusalBucket
        var total: UInt64 = 0
    }

    private let state: Mutex<State>
    private let record: Recorder
    private let logger: Logger

    package init(logger: Logger, now: ContinuousClock.Instant = .now, record: @escaping Recorder) {
        self.logger = logger
        self.record = record
        state = Mutex(
            State(
                answers: RefusalBucket(perMinute: ControlLimits.refusalsPerMinute, now: now),
                events: RefusalBucket(perMinute: ControlLimits.refusalEventsPerMinute, now: now)))
    }

    /// Refusals since the start.
    package var total: UInt64 { state.withLock { $0.total } }

    /// Notes one refusal; false when the minute's are used up.
    func note(address: String?, now: ContinuousClock.Instant = .now) async -> Bool {
        let (isAdmitted, isEvent) = state.withLock { state in
            state.total += 1
            return (state.answers.admit(now: now), state.events.admit(now: now))
        }
        guard isEvent else { return isAdmitted }
        logger.warning("Refused a request of the control plane", metadata: ["code": "unauthorized"])
        do {
            try await record(address)
        } catch {
            // The refusal stands; that it could not be recorded is told once here.
            logger.error("A refusal could not be recorded", metadata: ["error": "\(error)"])
        }
        return isAdmitted
    }
}
