internal import TollbookCore
internal import TollbookPolicy

/// What a command changes in memory; applied when its savepoint is released, dropped when it fails.
struct CommandEffects {
    private var budgets: [(entry: BudgetSums, amounts: BudgetSums.Amounts, atMicros: Int64)] = []
    private var throttled: [(entry: BudgetSums, atMicros: Int64)] = []
    private var movements: [AccountBook.Movement] = []
    private var rollups: [(key: RollupBook.Key, sums: RollupBook.Sums)] = []
    private var rates: [RateLimitBook.Change] = []
    private(set) var accounts: [(account: AccountBook.Account, id: Int64)] = []

    mutating func add(_ amounts: BudgetSums.Amounts, to budget: BudgetSums, atMicros: Int64) {
        budgets.append((budget, amounts, atMicros))
    }

    /// A call that a throttling budget lets through for want of room.
    mutating func add(throttledBy budget: BudgetSums, atMicros: Int64) {
        throttled.append((budget, atMicros))
    }

    mutating func add(_ change: RateLimitBook.Change) {
        if !change.entries.isEmpty { rates.append(change) }
    }

    mutating func add(_ movement: AccountBook.Movement) {
        movements.append(movement)
    }

    mutating func add(_ sums: RollupBook.Sums, to key: RollupBook.Key) {
        rollups.append((key, sums))
    }

    mutating func add(account: AccountBook.Account, id: Int64) {
        accounts.append((account, id))
    }

    mutating func removeAll() {
        budgets.removeAll(keepingCapacity: true)
        throttled.removeAll(keepingCapacity: true)
        movements.removeAll(keepingCapacity: true)
        rollups.removeAll(keepingCapacity: true)
        rates.removeAll(keepingCapacity: true)
        accounts.removeAll(keepingCapacity: true)
    }

    mutating func apply(to writer: LedgerWriter) {
        for change in budgets {
            writer.budgets.add(change.amounts, to: change.entry, atMicros: change.atMicros)
        }
        for call in throttled { call.entry.throttled.add(1, atMicros: call.atMicros) }
        for movement in movements { writer.accounts.add(movement) }
        for rollup in rollups { writer.rollups.add(rollup.sums, to: rollup.key) }
        for change in rates { writer.rateLimits.apply(change) }
        writer.accounts.adopt(accounts)
        removeAll()
    }
}
