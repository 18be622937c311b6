internal import TollbookCore
internal import TollbookPolicy

/// What the budgets say to a call.
struct BudgetCheck {
    /// One for each binding budget, the one that stopped it last; one that says that there is none.
    var decisions: [Decision] = []
    /// Every budget that the call counts under, soft ones too.
    let entries: [BudgetSums]
    /// Throttling budgets whose slower rate lets it through.
    var throttled: [BudgetSums] = []
    /// The budget that stopped it; nil: none.
    var stopped: BudgetSums?
    /// The route that is to serve it instead; nil: it was refused, or goes on.
    var fallbackRouteID: Int64?
}

extension LedgerWriter {
    /// Checks every binding budget over every scope, from the widest to the narrowest; the first without room stops it.
    func budgetCheck(_ context: RequestContext) -> BudgetCheck {
        let entries = budgets.applicable(to: context.scopes(budgets.parts))
        var check = BudgetCheck(entries: entries)
        check.decisions.reserveCapacity(max(1, entries.count))
        for entry in entries where entry.record.enforcement != .soft {
            let use = BudgetUse(entry, context)
            check.decisions.append(use.decision)
            switch use.reason {
            case .withinBudget: break
            case .withinThrottle: check.throttled.append(entry)
            case .budgetFallback:
                guard !use.isOnFallback else { break }
                check.stopped = entry
                check.fallbackRouteID = entry.record.fallbackRouteID
                return check
            default:
                check.stopped = entry
                return check
            }
        }
        if check.decisions.isEmpty {
            check.decisions.append(
                Decision(
                    stage: .limit, policyKind: .budget, policyID: nil, policyVersion: nil, verdict: .allow,
                    reason: .noBudget))
        }
        return check
    }
}

/// How a call meets a budget that binds.
private struct BudgetUse {
    private let record: BudgetRecord
    private let figures: LimitFigures
    let reason: DecisionReason
    /// Whether the budget's cheaper route is the one that was asked.
    let isOnFallback: Bool

    init(_ entry: BudgetSums, _ context: RequestContext) {
        record = entry.record
        let demand = context.demand(record.unit)
        figures = entry.figures(asked: demand ?? 0, atMicros: context.acceptedMicros)
        isOnFallback = record.fallbackRouteID == context.routeID
        if demand == nil {
            reason = .unpricedModel
        } else if figures.asked == 0 || Self.fits(figures, held: figures.held) {
            // What costs nothing is let through, however much is spent.
            reason = .withinBudget
        } else {
            reason = Self.shortage(entry, figures, atMicros: context.acceptedMicros)
        }
    }

    private static func shortage(_ entry: BudgetSums, _ figures: LimitFigures, atMicros: Int64) -> DecisionReason {
        switch entry.record.enforcement {
        case .hard, .soft: return fits(figures, held: 0) ? .budgetHeld : .budgetExhausted
        case .fallback: return .budgetFallback
        case .throttle:
            entry.throttled.move(toMicros: atMicros)
            return entry.throttled.total < entry.record.throttlePerMinute ?? 0 ? .withinThrottle : .budgetThrottled
        }
    }

    var decision: Decision {
        let verdict: Verdict =
            switch reason {
            case .withinBudget, .withinThrottle: .allow
            case .budgetFallback: .fallBack
            default: .deny
            }
        return Decision(
            stage: .limit, policyKind: .budget, policyID: record.id, policyVersion: record.version, verdict: verdict,
            reason: reason, figures: figures)
    }

    /// Whether spent + held + asked stays within the limit; an overflowing sum does not.
    private static func fits(_ figures: LimitFigures, held: Int64) -> Bool {
        let (used, usedOverflow) = figures.spent.addingReportingOverflow(held)
        let (sum, overflow) = used.addingReportingOverflow(figures.asked)
        return !usedOverflow && !overflow && sum <= figures.limit
    }
}
