/// Counts of latencies in fixed buckets. A value: each event loop has its own, sums are made on demand.
package struct LatencyHistogram: Sendable, Equatable {
    /// Upper bounds in microseconds, inclusive; one more bucket has the rest.
    package static let boundsMicros: [Int64] = [
        25, 50, 75, 100, 150, 200, 300, 400, 500, 750, 1_000, 1_500, 2_000, 3_000, 4_000, 6_000, 10_000, 20_000,
        50_000, 100_000, 500_000, 1_000_000, 5_000_000,
    ]

    /// One count per bound and one for what is above them all; not cumulative.
    package private(set) var counts = [UInt64](repeating: 0, count: boundsMicros.count + 1)
    package private(set) var sumMicros: UInt64 = 0

    package init() {}

    package var count: UInt64 { counts.reduce(0, +) }

    /// Counts one latency; a negative one, after a step of the clock, counts as zero.
    package mutating func record(micros: Int64) {
        let micros = max(0, micros)
        let index = Self.boundsMicros.firstIndex { micros <= $0 } ?? Self.boundsMicros.count
        counts[index] &+= 1
        sumMicros &+= UInt64(micros)
    }

    /// Adds the counts and the sum of another histogram.
    package mutating func add(_ other: LatencyHistogram) {
        for index in counts.indices { counts[index] &+= other.counts[index] }
        sumMicros &+= other.sumMicros
    }
}
