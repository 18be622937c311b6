internal import Synchronization
internal import TollbookCore

/// A wall clock that a test turns by hand.
package final class ManualClock: WallClock {
    private let micros: Mutex<Int64>

    /// - Parameter micros: the first reading; by default 2026-03-01T12:00:00Z.
    package init(micros: Int64 = 1_772_366_400_000_000) {
        self.micros = Mutex(micros)
    }

    /// The reading that the test has set, in microseconds UTC.
    package func nowMicros() -> Int64 {
        micros.withLock { $0 }
    }

    /// Moves the clock; negative steps back.
    package func advance(byMicros step: Int64) {
        micros.withLock { $0 += step }
    }
}
