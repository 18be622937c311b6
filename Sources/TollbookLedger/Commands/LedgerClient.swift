package import TollbookCore
package import TollbookPolicy

/// Receives the writer's answers. One client per event loop: the writer calls it once per batch, from its own
/// thread, with everything that concerns that client; the client hops to its loop.
package protocol LedgerClient: AnyObject, Sendable {
    /// Called on the writer's thread after COMMIT (or after a failure). Must not block.
    func complete(_ replies: [LedgerReply])
}

/// The writer's answer to one command.
package struct LedgerReply: Sendable {
    /// What the client passed with the command.
    package let ticket: UInt64
    package let result: LedgerResult

    package init(ticket: UInt64, result: LedgerResult) {
        self.ticket = ticket
        self.result = result
    }
}

/// What became of a command.
package enum LedgerResult: Sendable {
    /// Open: the request row, its decisions and its hold are durable. The upstream may be called.
    /// `standing` is what is left of the rate limits that apply; nil: none does.
    case opened(logIndex: Int64, standing: RateStanding?)
    /// Open: a budget refused it; the request, its decisions and its outcome are durable.
    case refused(BudgetRefusal)
    /// Open: a budget without room has it served by a cheaper route; nothing was written. Plan again with that route.
    case rerouted(BudgetReroute)
    /// Open: a rate limit refused it; as `refused`.
    case limited(RateRefusal)
    /// Open: the governance state has changed since the snapshot; plan again with the newest snapshot.
    case stale
    /// Deny: the denial is durable (or counted, when its key floods).
    case denied(logIndex: Int64?)
    /// Settle: the settlement is durable.
    case settled(SettlementReceipt)
    /// Open or deny: the ledger cannot commit now. Nothing was written.
    case unavailable
    /// Settle: not yet durable; the writer keeps it and retries. The answer must end as an error.
    case settlementDeferred
}

/// Why a budget refused a call, with the figures that the error body states.
package struct BudgetRefusal: Sendable {
    /// `budgetExhausted`, `budgetHeld`, `budgetThrottled` or `unpricedModel`.
    package let reason: DecisionReason
    /// nil when the key floods and the refusal is only counted.
    package let logIndex: Int64?
    /// For people: `project/ranking`.
    package let scope: String
    package let budgetName: String
    package let unit: BudgetUnit
    package let figures: LimitFigures?
    /// Empty for tokens and requests.
    package let currency: String
    /// When the period ends; nil for a total budget and a rolling one.
    package let periodEndMicros: Int64?
    package let contact: String?
    /// nil: not known.
    package let retryAfterSeconds: Int64?
}

/// A route that is to serve a call because a budget has no room.
package struct BudgetReroute: Sendable {
    package let routeID: Int64
    package let budgetName: String
}

/// What a settlement came to.
package struct SettlementReceipt: Sendable {
    package let logIndex: Int64
    /// The sum of the request's charges; nil when one has no price.
    package let total: NanoAmount?
    package let currency: String?

    package init(logIndex: Int64, total: NanoAmount?, currency: String?) {
        self.logIndex = logIndex
        self.total = total
        self.currency = currency
    }
}
