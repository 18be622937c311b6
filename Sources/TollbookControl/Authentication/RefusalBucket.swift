/// How many refusals are still admitted in the running minute: a token bucket as a value.
///
/// Pure: time comes in. Keep it in a lock when several threads use it.
struct RefusalBucket {
    private let capacity: Int
    private let refill: Duration
    private var tokens: Int
    private var refilled: ContinuousClock.Instant

    init(perMinute: Int, now: ContinuousClock.Instant) {
        capacity = perMinute
        refill = .seconds(60) / perMinute
        tokens = perMinute
        refilled = now
    }

    /// Takes one place; false when the minute's are used up.
    mutating func admit(now: ContinuousClock.Instant) -> Bool {
        while tokens < capacity, refilled + refill <= now {
            tokens += 1
            refilled += refill
        }
        if tokens == capacity { refilled = now }
        guard tokens > 0 else { return false }
        tokens -= 1
        return true
    }
}
