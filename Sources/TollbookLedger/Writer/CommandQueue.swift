internal import Foundation

/// The bounded way into the writer: settlements first, then opens, then administration.
///
/// Opens are refused when `LedgerLimits.queuedOpens` wait or `requestsInFlight` are unsettled; a settlement is never
/// refused, because its open reserved its place. `@unchecked Sendable`: every member is read and written under
/// `mutex`.
final class CommandQueue: @unchecked Sendable {
    /// What the writer takes in one go.
    struct Batch {
        var calls: [QueuedCall] = []
        var administration: [QueuedAdministration] = []
        /// Nothing came within the time given.
        var isIdle: Bool { calls.isEmpty && administration.isEmpty }
        var isClosed = false
    }

    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let filled: UnsafeMutablePointer<pthread_cond_t>
    private var settlements: [QueuedCall] = []
    private var opens: [QueuedCall] = []
    private var administration: [QueuedAdministration] = []
    private var inFlight = 0
    private var isWaiting = false
    private var isClosed = false

    init() {
        mutex = .allocate(capacity: 1)
        filled = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(filled, nil)
    }

    deinit {
        pthread_cond_destroy(filled)
        pthread_mutex_destroy(mutex)
        filled.deallocate()
        mutex.deallocate()
    }

    /// False when the queue is full or closed; nothing is queued then.
    func offer(open call: QueuedCall) -> Bool {
        locked {
            guard !isClosed, opens.count < LedgerLimits.queuedOpens, inFlight < LedgerLimits.requestsInFlight
            else { return false }
            inFlight += 1
            opens.append(call)
            wake()
            return true
        }
    }

    /// False only after the writer has stopped.
    func put(settlement call: QueuedCall) -> Bool {
        locked {
            guard !isClosed else { return false }
            settlements.append(call)
            wake()
            return true
        }
    }

    /// False when the queue is full or closed.
    func offer(administration command: QueuedAdministration) -> Bool {
        locked {
            guard !isClosed, administration.count < LedgerLimits.queuedAdministration else { return false }
            administration.append(command)
            wake()
            return true
        }
    }

    /// Gives back the places of requests that are settled, denied or were never opened.
    func leave(_ count: Int) {
        guard count > 0 else { return }
        locked { inFlight -= count }
    }

    /// Refuses everything from now on; what is queued is still taken.
    func close() {
        locked {
            isClosed = true
            pthread_cond_signal(filled)
        }
    }

    /// Waits for commands, at most `waitMillis`.
    func take(waitMillis: Int) -> Batch {
        locked {
            if isEmpty, !isClosed { wait(millis: waitMillis) }
            var batch = Batch()
            Self.move(&settlements, to: &batch.calls, limit: LedgerLimits.commandsPerBatch)
            Self.move(&opens, to: &batch.calls, limit: LedgerLimits.commandsPerBatch - batch.calls.count)
            batch.administration = administration
            administration.removeAll(keepingCapacity: true)
            batch.isClosed = isClosed && isEmpty
            return batch
        }
    }

    /// Commands waiting now, and requests opened and not settled.
    var depth: (queued: Int, inFlight: Int) {
        locked { (settlements.count + opens.count + administration.count, inFlight) }
    }

    private var isEmpty: Bool { settlements.isEmpty && opens.isEmpty && administration.isEmpty }

    private func wake() {
        if isWaiting { pthread_cond_signal(filled) }
    }

    private func wait(millis: Int) {
        var deadline = timespec()
        clock_gettime(CLOCK_REALTIME, &deadline)
        let nanos = deadline.tv_nsec + millis % 1_000 * 1_000_000
        deadline.tv_sec += millis / 1_000 + nanos / 1_000_000_000
        deadline.tv_nsec = nanos % 1_000_000_000
        isWaiting = true
        // A spurious wake-up gives an empty batch, which the writer takes for an idle moment.
        pthread_cond_timedwait(filled, mutex, &deadline)
        isWaiting = false
    }

    private func locked<R>(_ body: () -> R) -> R {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }

    private static func move(_ source: inout [QueuedCall], to target: inout [QueuedCall], limit: Int) {
        let count = min(limit, source.count)
        if count == source.count, target.isEmpty {
            swap(&source, &target)
            return
        }
        target.append(contentsOf: source.prefix(count))
        source.removeFirst(count)
    }
}
