package import TollbookPolicy

/// The governance state at one revision: what event loops plan from, and the limits that the writer checks.
package struct GovernanceState: Sendable {
    package let snapshot: GovernanceSnapshot
    /// Open budgets whose scope is open, in ascending order of id.
    package let budgets: [BudgetRecord]
    /// Open rate limits whose scope is open, in ascending order of id.
    package let rateLimits: [RateLimitRecord]

    package init(snapshot: GovernanceSnapshot, budgets: [BudgetRecord], rateLimits: [RateLimitRecord]) {
        self.snapshot = snapshot
        self.budgets = budgets
        self.rateLimits = rateLimits
    }
}
