/// When a service account's token is renewed, and whether the one at hand may be used. Times are monotonic nanoseconds.
///
/// A token is renewed when a fifth of its time is left, at most five minutes; it is used to its last moments, whatever
/// becomes of its renewal. An exchange that fails is tried again, first after a second, then after twice as long each
/// time. An account that nobody needs any more is left alone until somebody does.
package struct TokenSchedule: Sendable {
    /// What a caller finds.
    package enum Found: Sendable {
        case ready
        case unavailable
        /// It is being fetched, or is to be.
        case awaited
    }

    private static let second: UInt64 = 1_000_000_000

    /// Until when the token at hand is used; nil: there is none.
    private var goodUntilNanos: UInt64?
    /// When to try next; nil: when somebody needs it.
    private var dueNanos: UInt64?
    private var startedNanos: UInt64 = 0
    private var failures = 0
    /// Whether the next time comes though nobody asked.
    private var isForced = false
    package private(set) var isRunning = false

    package init() {}

    package var found: Found {
        if goodUntilNanos != nil { return .ready }
        return isRunning || dueNanos == nil ? .awaited : .unavailable
    }

    /// Somebody awaits a token. True: one is to be fetched now.
    package mutating func begin(nowNanos: UInt64) -> Bool {
        guard !isRunning, goodUntilNanos == nil, dueNanos == nil else { return false }
        start(nowNanos)
        return true
    }

    /// Looks whether a token is to be fetched; true: now.
    ///
    /// - Parameter wasUsed: whether somebody has asked for it since the last time.
    package mutating func beginIfDue(nowNanos: UInt64, wasUsed: Bool) -> Bool {
        if let until = goodUntilNanos, nowNanos >= until { goodUntilNanos = nil }
        guard !isRunning, let due = dueNanos, nowNanos >= due else { return false }
        guard wasUsed || isForced else {
            if goodUntilNanos == nil { dueNanos = nil }
            return false
        }
        start(nowNanos)
        return true
    }

    private mutating func start(_ nowNanos: UInt64) {
        isRunning = true
        isForced = false
        startedNanos = nowNanos
    }

    /// A token came.
    package mutating func ended(lifetimeSeconds: Int64) {
        isRunning = false
        failures = 0
        let lifetime = UInt64(max(lifetimeSeconds, 1)) * Self.second
        // Counted from the question, because the answer says how long it is valid, not until when.
        dueNanos = startedNanos + lifetime - min(lifetime / 5, UInt64(GatewayLimits.tokenRenewalSeconds) * Self.second)
        goodUntilNanos =
            startedNanos + lifetime - min(lifetime / 10, UInt64(GatewayLimits.tokenLastSeconds) * Self.second)
    }

    /// No token came.
    package mutating func failed(nowNanos: UInt64) {
        isRunning = false
        let seconds = min(1 << min(failures, 16), GatewayLimits.tokenRetrySeconds)
        failures += 1
        dueNanos = nowNanos + UInt64(seconds) * Self.second
    }

    /// The provider refused the token: another is fetched soon, but not more often than after each five seconds.
    package mutating func refused() {
        hasten(to: startedNanos + UInt64(GatewayLimits.commandRetryMillis) * 1_000_000)
    }

    /// The key has changed: it is tried at once. The token of the one before is used until there is another.
    package mutating func keyChanged() {
        failures = 0
        hasten(to: 0)
    }

    private mutating func hasten(to nanos: UInt64) {
        guard let due = dueNanos else { return }
        dueNanos = min(due, nanos)
        isForced = true
    }
}
