internal import SQLite
internal import TollbookCore
internal import TollbookPolicy

/// How a settlement ends a request.
struct SettlementFacts {
    let attempts: [AttemptRow]
    let endedMicros: Int64
    let status: Int
    let endReason: EndReason
    let caveat: Caveat?
    let openedAfterMicros: Int64?
    /// nil: the body was held whole.
    var upload: UploadRecord?
    var origin = ChargeOrigin.request
    /// What was decided on the answer; the first one's ordinal is behind those of the request.
    var decisions: [Decision] = []
    var firstDecisionOrdinal = 0

    func providerID(of charge: ChargeRow) -> Int64 {
        attempts[Int(charge.attemptOrdinal)].providerID
    }
}

extension LedgerWriter {
    /// Settles a request: attempts, charges, transfers, outcome, and the hold's release. Never fails on a limit.
    func settle(_ settlement: Settlement) throws -> LedgerResult {
        var facts = SettlementFacts(
            attempts: settlement.attempts.map(AttemptRow.init), endedMicros: settlement.endedMicros,
            status: settlement.status, endReason: settlement.endReason, caveat: settlement.caveat,
            openedAfterMicros: settlement.openedAfterMicros, upload: settlement.upload)
        if !settlement.decisions.isEmpty {
            facts.decisions = settlement.decisions
            facts.firstDecisionOrdinal = try decisionCount(of: settlement.request.id)
        }
        return .settled(try settle(try context(of: settlement.request), facts))
    }

    func settle(_ context: RequestContext, _ facts: SettlementFacts) throws -> SettlementReceipt {
        try asCall {
            let index = journal.nextIndex
            let charges = Self.chargeRows(facts.attempts)
            let totals = ChargeTotals(charges.map(\.line))
            let transfers = try transfers(context, facts: facts, charges: charges)
            try insert(attempts: facts.attempts, of: context.id)
            try insert(charges: charges, of: context.id, origin: facts.origin)
            try insert(decisions: facts.decisions, of: context.id, firstOrdinal: facts.firstDecisionOrdinal)
            try insert(
                outcome: OutcomeRow(
                    requestID: context.id, endedMicros: facts.endedMicros, status: facts.status,
                    endReason: facts.endReason, total: totals.total, currency: totals.currency,
                    openedAfterMicros: facts.openedAfterMicros, caveat: facts.caveat))
            try insert(
                transfers: transfers, of: context.id, firstOrdinal: context.holdNano > 0 ? 1 : 0)
            if let upload = facts.upload { try insert(upload: upload, of: context.id) }
            tables.closedHold.delete(context.id.rawValue)
            addBudgetEffects(context, facts: facts, charges: charges)
            addRateEffects(context, charges: charges)
            addRollups(context, facts: facts, charges: charges, logIndex: index)
            try appendJournal(.settle, context: context)
            return SettlementReceipt(logIndex: index, total: totals.total, currency: totals.currency)
        }
    }

    /// The decisions that a request has so far, its own in the batch under way included.
    private func decisionCount(of id: RequestID) throws -> Int {
        try flushRows()
        let statement = try connection.cached("SELECT count(*) FROM decision WHERE request_id = ?")
        try statement.bind(id.rawValue, at: 1)
        return try statement.first { Int($0.int64(at: 0)) } ?? 0
    }

    private static func chargeRows(_ attempts: [AttemptRow]) -> [ChargeRow] {
        var rows: [ChargeRow] = []
        for (ordinal, attempt) in attempts.enumerated() {
            for line in attempt.charges {
                rows.append(
                    ChargeRow(
                        attemptOrdinal: Int64(ordinal), usageAtMicros: attempt.record.startedMicros, line: line))
            }
        }
        return rows
    }

    /// Posts against the hold; what goes beyond it is held first as an overrun, what is left is voided.
    private func transfers(
        _ context: RequestContext, facts: SettlementFacts, charges: [ChargeRow]
    ) throws -> [TransferRow] {
        guard let currency = context.currency ?? charges.lazy.compactMap(\.line.currency).first else { return [] }
        let project = try account(.projectExpense, ownerID: context.projectID, currency: currency)
        let holdPayable = try context.holdProviderID.map {
            try account(.providerPayable, ownerID: $0, currency: currency)
        }
        let heldFor = context.holdNano > 0 ? context.holdProviderID : nil
        let againstHold = charges.reduce(Int64(0)) { sum, charge in
            facts.providerID(of: charge) == heldFor ? sum + charge.payableNano : sum
        }
        var rows: [TransferRow] = []
        rows.reserveCapacity(charges.count + 1)
        if let holdPayable, context.holdNano > 0, againstHold > context.holdNano {
            rows.append(
                transfer(
                    .pending, .overrun, debit: project, credit: holdPayable,
                    amountNano: againstHold - context.holdNano, chargeOrdinal: nil))
        }
        for (ordinal, charge) in charges.enumerated() where charge.payableNano > 0 {
            let provider = facts.providerID(of: charge)
            rows.append(
                transfer(
                    provider == heldFor ? .post : .single, .charge, debit: project,
                    credit: try account(.providerPayable, ownerID: provider, currency: currency),
                    amountNano: charge.payableNano, chargeOrdinal: Int64(ordinal)))
        }
        if let holdPayable, againstHold < context.holdNano {
            rows.append(
                transfer(
                    .void, .release, debit: project, credit: holdPayable,
                    amountNano: context.holdNano - againstHold, chargeOrdinal: nil))
        }
        return rows
    }

    private func addRateEffects(_ context: RequestContext, charges: [ChargeRow]) {
        let entries = rateLimits.applicable(to: context.scopes(rateLimits.parts))
        guard !entries.isEmpty, !context.isBatch else { return }
        var change = charges.reduce(into: TokenCounts()) { $0.add($1.line) }
        change.input -= context.reservedTokens.input
        change.output -= context.reservedTokens.output
        // The place is given back, and what was used counts in place of what was reserved.
        effects.add(
            RateLimitBook.Change(
                entries: entries, atMicros: context.acceptedMicros, tokens: change, concurrent: -1))
    }

    private func addRollups(
        _ context: RequestContext, facts: SettlementFacts, charges: [ChargeRow], logIndex: Int64
    ) {
        let lastDeployment = facts.attempts.last?.deploymentID ?? 0
        let currency = charges.lazy.compactMap(\.line.currency).first ?? ""
        var request = RollupBook.Sums(
            requests: 1, estimated: charges.contains { $0.line.source == .estimated } ? 1 : 0,
            unpriced: charges.contains { $0.line.amount == nil } ? 1 : 0, lastLogIndex: logIndex)
        for charge in charges {
            let amountNano = charge.line.amount?.nano ?? 0
            let charged = charge.line.currency ?? currency
            let deployment = facts.attempts[Int(charge.attemptOrdinal)].deploymentID
            // Nearly always: what the one attempt cost goes with the request itself.
            if deployment == lastDeployment, charged == currency {
                request.amountNano += amountNano
                request.tokens.add(charge.line)
            } else {
                var sums = RollupBook.Sums(amountNano: amountNano, lastLogIndex: logIndex)
                sums.tokens.add(charge.line)
                effects.add(sums, to: context.rollupKey(deploymentID: deployment, currency: charged))
            }
        }
        effects.add(request, to: context.rollupKey(deploymentID: lastDeployment, currency: currency))
    }
}

/// What a request's charges add up to.
struct ChargeTotals {
    /// The sum; nil when a charge has no price.
    let total: NanoAmount?
    /// The sum of those that have one.
    let pricedNano: Int64
    let currency: String?

    init(_ lines: [ChargeLine]) {
        let priced = lines.reduce(Int64(0)) { $0 + ($1.amount?.nano ?? 0) }
        pricedNano = priced
        total = lines.contains { $0.amount == nil } ? nil : NanoAmount(nano: priced)
        currency = lines.lazy.compactMap(\.currency).first
    }
}
