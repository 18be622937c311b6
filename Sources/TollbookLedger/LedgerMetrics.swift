internal import Synchronization

/// A histogram with fixed bounds; added to by one thread, read by any.
package final class Histogram: Sendable {
    /// Upper bounds, ascending; values above the last fall into an open bucket.
    package let bounds: [Int64]
    private let state: Mutex<State>

    private struct State {
        var counts: [Int64]
        var sum: Int64 = 0
    }

    /// A reading: one count per bound and one for the open bucket (not cumulative), and the sum of all values.
    package struct Reading: Sendable {
        package let bounds: [Int64]
        package let counts: [Int64]
        package let sum: Int64
    }

    package init(bounds: [Int64]) {
        self.bounds = bounds
        state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    /// Counts one value in its bucket; from one thread at a time.
    package func add(_ value: Int64) {
        let index = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock {
            $0.counts[index] += 1
            $0.sum &+= value
        }
    }

    package var reading: Reading {
        state.withLock { Reading(bounds: bounds, counts: $0.counts, sum: $0.sum) }
    }
}

/// What the ledger tells about itself, read at one moment.
package struct LedgerMetrics: Sendable {
    /// Microseconds from BEGIN to the end of COMMIT, one value a batch.
    package let commitMicros: Histogram.Reading
    /// Commands in a batch.
    package let batchSize: Histogram.Reading
    /// Commands waiting.
    package let queueDepth: Int
    /// Requests with an open hold, denials under way included.
    package let openHolds: Int
    package let walBytes: Int64
    package let isReady: Bool
    /// Batches rolled back because they could not commit.
    package let failedBatches: Int64
    /// Settlements waiting to be tried again.
    package let deferredSettlements: Int
    /// The newest journal index.
    package let logIndex: Int64
    /// The longest checkpoint so far, in microseconds.
    package let longestCheckpointMicros: Int64
}

/// The writer's side of the metrics. Sendable: atomics and histograms.
final class MetricsRecorder: Sendable {
    let commitMicros = Histogram(
        bounds: [
            100, 200, 300, 500, 750, 1_000, 1_500, 2_000, 3_000, 5_000, 10_000, 25_000, 50_000, 100_000, 1_000_000,
        ])
    let batchSize = Histogram(bounds: [1, 2, 4, 8, 16, 32, 64, 128, 256])
    let walFrames = Atomic<Int>(0)
    let isReady = Atomic<Bool>(true)
    let failedBatches = Atomic<Int64>(0)
    let deferredSettlements = Atomic<Int>(0)
    let logIndex = Atomic<Int64>(-1)
    let longestCheckpointMicros = Atomic<Int64>(0)

    /// Bytes of one WAL frame: a page and its header (sqlite.org/fileformat2.html#walformat).
    private static let frameBytes: Int64 = 4_096 + 24

    func reading(queue: CommandQueue) -> LedgerMetrics {
        let depth = queue.depth
        return LedgerMetrics(
            commitMicros: commitMicros.reading, batchSize: batchSize.reading, queueDepth: depth.queued,
            openHolds: depth.inFlight, walBytes: Int64(walFrames.load(ordering: .relaxed)) * Self.frameBytes,
            isReady: isReady.load(ordering: .relaxed), failedBatches: failedBatches.load(ordering: .relaxed),
            deferredSettlements: deferredSettlements.load(ordering: .relaxed),
            logIndex: logIndex.load(ordering: .relaxed),
            longestCheckpointMicros: longestCheckpointMicros.load(ordering: .relaxed))
    }
}
