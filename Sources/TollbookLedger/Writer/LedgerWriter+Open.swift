internal import SQLite
internal import TollbookCore
internal import TollbookPolicy

extension LedgerWriter {
    /// Opens a request: checks every hard budget and holds the worst case, in the batch's transaction.
    func open(_ request: OpenRequest) throws -> LedgerResult {
        guard request.revision == revision else { return .stale }
        let context = try context(of: request)
        let rates = rateCheck(context)
        if let refusal = rates.refusal { return try refuse(request, rates, refusal) }
        let check = budgetCheck(context)
        if let stopped = check.stopped {
            if let routeID = check.fallbackRouteID {
                return .rerouted(BudgetReroute(routeID: routeID, budgetName: stopped.record.name))
            }
            return try refuse(request, rates, check: check, by: stopped)
        }
        return try asCall {
            let index = journal.nextIndex
            let hold = try prepareHold(context)
            try insert(decisions: request.decisions, of: request.id, firstOrdinal: 0)
            let planned = request.decisions.count
            try insert(decisions: rates.decisions, of: request.id, firstOrdinal: planned)
            try insert(decisions: check.decisions, of: request.id, firstOrdinal: planned + rates.decisions.count)
            try insert(request: request)
            if let hold { try insert(transfers: [hold], of: request.id, firstOrdinal: 0) }
            try insertOpenHold(context)
            addEffects(context, check, rates)
            try appendJournal(.open, context: context)
            return .opened(logIndex: index, standing: rates.standing)
        }
    }

    /// What limits match the request by; its end user is looked up only where a limit is on one.
    func context(of request: OpenRequest) throws -> RequestContext {
        var context = RequestContext(request)
        if budgets.parts.union(rateLimits.parts).contains(.endUser), let endUser = request.endUser {
            context.endUserSubjectID = try subjects.find(
                kind: .endUser, value: Bounded.text(endUser), connection: connection)
        }
        return context
    }

    private func addEffects(_ context: RequestContext, _ check: BudgetCheck, _ rates: RateCheck) {
        for entry in check.entries {
            effects.add(
                .init(held: context.demand(entry.record.unit) ?? 0), to: entry, atMicros: context.acceptedMicros)
        }
        for entry in check.throttled { effects.add(throttledBy: entry, atMicros: context.acceptedMicros) }
        effects.add(
            RateLimitBook.Change(
                entries: rates.entries, atMicros: context.acceptedMicros, requests: 1,
                tokens: context.reservedTokens, concurrent: context.isBatch ? 0 : 1))
    }

    /// Records a call that a decision refused before it reached the ledger.
    func deny(_ request: OpenRequest, status: Int) throws -> LedgerResult {
        let reason = request.decisions.last?.reason ?? .noTarget
        guard flood.admits(keyID: request.key.id, reason: reason, nowMicros: nowMicros) else {
            return .denied(logIndex: nil)
        }
        let index = try insertDenial(request, limits: [], status: status)
        return .denied(logIndex: index)
    }

    private func refuse(
        _ request: OpenRequest, _ rates: RateCheck, _ refusal: RateRefusal
    ) throws -> LedgerResult {
        guard flood.admits(keyID: request.key.id, reason: .rateLimited, nowMicros: nowMicros) else {
            return .limited(refusal)
        }
        let index = try insertDenial(request, limits: rates.decisions, status: 429)
        return .limited(refusal.recorded(at: index))
    }

    private func refuse(
        _ request: OpenRequest, _ rates: RateCheck, check: BudgetCheck, by entry: BudgetSums
    ) throws -> LedgerResult {
        let decision = check.decisions.last
        let reason = decision?.reason ?? .budgetExhausted
        let status = reason == .budgetHeld || reason == .budgetThrottled ? 429 : 402
        var index: Int64?
        if flood.admits(keyID: request.key.id, reason: reason, nowMicros: nowMicros) {
            index = try insertDenial(request, limits: rates.decisions + check.decisions, status: status)
        }
        return .refused(
            BudgetRefusal(
                reason: reason, logIndex: index, scope: entry.record.reach.text, budgetName: entry.record.name,
                unit: entry.record.unit, figures: decision?.figures, currency: entry.record.currency,
                periodEndMicros: entry.endMicros(atMicros: request.acceptedMicros), contact: entry.record.contact,
                retryAfterSeconds: Self.retryAfterSeconds(reason, entry)))
    }

    private static func retryAfterSeconds(_ reason: DecisionReason, _ entry: BudgetSums) -> Int64? {
        switch reason {
        case .budgetHeld: 1
        case .budgetThrottled:
            max(1, entry.throttled.seconds(untilAtMost: (entry.record.throttlePerMinute ?? 1) - 1))
        default: nil
        }
    }

    private func insertDenial(
        _ request: OpenRequest, limits: [Decision], status: Int
    ) throws -> Int64 {
        let context = RequestContext(request)
        return try asCall {
            let index = journal.nextIndex
            try insert(decisions: request.decisions, of: request.id, firstOrdinal: 0)
            try insert(decisions: limits, of: request.id, firstOrdinal: request.decisions.count)
            try insert(
                outcome: OutcomeRow(
                    requestID: request.id, endedMicros: nowMicros, status: status, endReason: .denied,
                    total: .zero, currency: nil, openedAfterMicros: nil, caveat: nil))
            try insert(request: request)
            effects.add(
                RollupBook.Sums(requests: 1, denied: 1, lastLogIndex: index),
                to: context.rollupKey(deploymentID: 0, currency: ""))
            try appendJournal(.deny, context: context)
            return index
        }
    }

    /// The pending transfer of the hold; nil for an unpriced or free call.
    private func prepareHold(_ context: RequestContext) throws -> TransferRow? {
        guard context.holdNano > 0, let currency = context.currency, let providerID = context.holdProviderID
        else { return nil }
        let debit = try account(.projectExpense, ownerID: context.projectID, currency: currency)
        let credit = try account(.providerPayable, ownerID: providerID, currency: currency)
        return transfer(
            .pending, .hold, debit: debit, credit: credit, amountNano: context.holdNano, chargeOrdinal: nil)
    }

    private func insertOpenHold(_ context: RequestContext) throws {
        try tables.openHold.insert { columns in
            columns.add(context.id.rawValue)
            columns.add(context.hold?.nano)
            columns.add(context.hold == nil ? nil : context.currency)
        }
    }
}
