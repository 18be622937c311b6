package import TollbookPolicy

/// The governance state at one revision: what event loops plan from, and the budgets that the writer checks.
package struct GovernanceState: Sendable {
    package let snapshot: GovernanceSnapshot
    /// Open budgets whose scope is open, in ascending order of id.
    package let budgets: [BudgetRecord]

    package init(snapshot: GovernanceSnapshot, budgets: [BudgetRecord]) {
        self.snapshot = snapshot
        self.budgets = budgets
    }
}
