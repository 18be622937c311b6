internal import Foundation
internal import TollbookCore

/// The machine's wall clock.
struct SystemClock: WallClock {
    func nowMicros() -> Int64 {
        var time = timespec()
        // Cannot fail with this clock and a valid pointer (clock_gettime(2)).
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }
}
