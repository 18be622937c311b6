package import TollbookPolicy

/// A rate limit in force, as the writer checks calls against it.
package struct RateLimitRecord: Sendable, Equatable {
    package let id: Int64
    /// The journal index of the limit's version in force.
    package let version: Int64
    package let name: String
    package let reach: LimitReach
    /// In the order of the columns.
    package let quotas: [RateQuota]
    /// Calls in flight; nil: no limit.
    package let concurrent: Int64?

    package init(
        id: Int64, version: Int64, name: String, reach: LimitReach, quotas: [RateQuota], concurrent: Int64?
    ) {
        self.id = id
        self.version = version
        self.name = name
        self.reach = reach
        self.quotas = quotas
        self.concurrent = concurrent
    }
}
