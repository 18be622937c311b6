/// Finds steps of the wall clock by reading it beside a clock that never steps.
///
/// A clock that is slewed, by some milliseconds a second, makes no step.
package struct ClockSteps: Sendable {
    /// A difference that grows by more than this between two readings is a step.
    package static let leastMicros: Int64 = 1_000_000

    /// Wall clock less monotonic clock, at the last reading.
    private var offsetMicros: Int64

    package init(wallMicros: Int64, monotonicMicros: Int64) {
        offsetMicros = wallMicros - monotonicMicros
    }

    /// How far the wall clock stepped since the last reading, negative: back; nil: it did not.
    package mutating func step(wallMicros: Int64, monotonicMicros: Int64) -> Int64? {
        let offset = wallMicros - monotonicMicros
        let step = offset - offsetMicros
        offsetMicros = offset
        return abs(step) > Self.leastMicros ? step : nil
    }
}
