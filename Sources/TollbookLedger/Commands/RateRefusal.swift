package import TollbookPolicy

/// Why a rate limit refused a call, with the figures that the error body states.
package struct RateRefusal: Sendable, Equatable {
    /// What stands for calls in flight where a limit names what it counts.
    package static let concurrent = "concurrent"

    /// nil when the key floods and the refusal is only counted.
    package private(set) var logIndex: Int64?
    /// For people: `project/ranking`.
    package let scope: String
    package let limitName: String
    /// What the limit counts, over which time; nil: calls in flight.
    package let kind: RateQuota.Kind?
    /// A span's, or at a time.
    package let limit: Int64
    /// Of that, by other calls.
    package let used: Int64
    package let asked: Int64
    /// Seconds until there is room, as far as is known; nil: never, the call alone is over the limit.
    package let retryAfterSeconds: Int64?

    /// The same with its row's place.
    func recorded(at logIndex: Int64) -> RateRefusal {
        var copy = self
        copy.logIndex = logIndex
        return copy
    }
}

/// What an admitted call leaves of the limits that it counts under: of each kind the tightest.
package struct RateStanding: Sendable, Equatable {
    /// One kind's.
    package struct Figures: Sendable, Equatable {
        package let limit: Int64
        package let remaining: Int64
        /// Seconds until the whole limit is free, if nothing else is called.
        package let resetSeconds: Int64
    }

    package var requests: Figures?
    package var tokens: Figures?
}
