internal import TollbookCore
internal import TollbookPolicy

/// What the budgets say to a call.
struct BudgetCheck {
    /// One for each hard budget, the denying one last; one that says that there is none.
    let decisions: [Decision]
    /// Every budget that the call counts under, soft ones too.
    let entries: [BudgetBook.Entry]
    /// The budget that refused it; nil: none.
    let denied: BudgetBook.Entry?
}

extension LedgerWriter {
    /// Checks every hard budget over every scope, from the widest to the narrowest; the first without room denies.
    func budgetCheck(_ request: OpenRequest, context: RequestContext) -> BudgetCheck {
        let entries = budgets.applicable(to: context.scopes)
        var decisions: [Decision] = []
        decisions.reserveCapacity(max(1, entries.count))
        for entry in entries where entry.record.enforcement == .hard {
            let decision = Self.decide(entry, hold: request.hold, atMicros: request.acceptedMicros)
            decisions.append(decision)
            if decision.verdict == .deny {
                return BudgetCheck(decisions: decisions, entries: entries, denied: entry)
            }
        }
        if decisions.isEmpty {
            decisions.append(
                Decision(
                    stage: .limit, policyKind: .budget, policyID: nil, policyVersion: nil, verdict: .allow,
                    reason: .noBudget))
        }
        return BudgetCheck(decisions: decisions, entries: entries, denied: nil)
    }

    private static func decide(_ entry: BudgetBook.Entry, hold: NanoAmount?, atMicros: Int64) -> Decision {
        let figures = entry.figures(asked: hold ?? .zero, atMicros: atMicros)
        let reason: DecisionReason
        if hold == nil {
            reason = .unpricedModel
        } else if figures.asked == .zero || fits(figures, held: figures.held) {
            reason = .withinBudget
        } else {
            reason = fits(figures, held: .zero) ? .budgetHeld : .budgetExhausted
        }
        return Decision(
            stage: .limit, policyKind: .budget, policyID: entry.record.id, policyVersion: entry.record.version,
            verdict: reason == .withinBudget ? .allow : .deny, reason: reason, figures: figures)
    }

    /// Whether spent + held + asked stays within the limit; an overflowing sum does not.
    private static func fits(_ figures: LimitFigures, held: NanoAmount) -> Bool {
        guard let used = figures.spent.adding(held), let sum = used.adding(figures.asked) else { return false }
        return sum <= figures.limit
    }
}
