/// When a credential's command is run, and whether its answer may be used. Times are monotonic nanoseconds.
///
/// An answer counts for the command's time; one that cannot be renewed is used for as long again. A command that fails,
/// or whose answer a provider refused, is run again, but not more often than `GatewayLimits.commandRetryMillis`. One
/// that nobody needs any more is left alone until somebody does.
package struct CommandSchedule: Sendable {
    /// What a caller finds.
    package enum Found: Sendable {
        case ready
        case unavailable
        /// It is being made, or is to be.
        case awaited
    }

    private static let retryNanos = UInt64(GatewayLimits.commandRetryMillis) * 1_000_000

    private let ttlNanos: UInt64
    /// When the last run began; nil: none did, or nobody needed the answer since.
    private var startedNanos: UInt64?
    /// When the run began whose answer is used; nil: there is none.
    private var goodNanos: UInt64?
    private var isRefused = false
    package private(set) var isRunning = false

    package init(ttlSeconds: Int64) {
        ttlNanos = UInt64(ttlSeconds) * 1_000_000_000
    }

    package var found: Found {
        if goodNanos != nil { return .ready }
        return isRunning || startedNanos == nil ? .awaited : .unavailable
    }

    /// Somebody awaits the answer. True: the command is to be run now.
    package mutating func begin(nowNanos: UInt64) -> Bool {
        guard !isRunning, goodNanos == nil, startedNanos == nil else { return false }
        start(nowNanos)
        return true
    }

    /// Looks whether the command is to be run again; true: now.
    ///
    /// - Parameter wasUsed: whether somebody has asked for the answer since the last run.
    package mutating func beginIfDue(nowNanos: UInt64, wasUsed: Bool) -> Bool {
        guard !isRunning, let started = startedNanos else { return false }
        if let good = goodNanos, nowNanos >= good &+ 2 &* ttlNanos { goodNanos = nil }
        var due = started &+ Self.retryNanos
        if let good = goodNanos, !isRefused { due = max(due, good &+ ttlNanos) }
        guard nowNanos >= due else { return false }
        guard wasUsed || isRefused else {
            startedNanos = nil
            goodNanos = nil
            return false
        }
        start(nowNanos)
        return true
    }

    private mutating func start(_ nowNanos: UInt64) {
        isRunning = true
        isRefused = false
        startedNanos = nowNanos
    }

    /// A run has ended, with an answer that can be used or without one.
    package mutating func ended(isGood: Bool) {
        isRunning = false
        if isGood { goodNanos = startedNanos }
    }

    /// A provider refused the answer.
    package mutating func refused() {
        isRefused = goodNanos != nil
    }
}
