internal import TollbookCore
internal import TollbookPolicy

extension LedgerWriter {
    /// Gives back what the request held of budgets, and counts what it spent.
    ///
    /// A budget on a model or a provider held it for the target that was planned first, and is charged what its own
    /// deployments served: a call that fell back to another target is charged to that target's budgets, which held
    /// nothing for it.
    func addBudgetEffects(_ context: RequestContext, facts: SettlementFacts, charges: [ChargeRow]) {
        let spending = Spending(facts: facts, charges: charges)
        let scopes = context.scopes(budgets.parts)
        let holding = budgets.applicable(to: scopes)
        for entry in holding {
            effects.add(
                .init(spent: spending.amount(of: entry), held: -(context.demand(entry.record.unit) ?? 0)), to: entry,
                atMicros: context.acceptedMicros)
        }
        guard budgets.parts.contains(.deployment) else { return }
        for deployment in spending.deployments where deployment != context.deploymentID {
            var others = scopes
            others.deploymentID = deployment
            for entry in budgets.applicable(to: others)
            where entry.reach.deployments != nil && !holding.contains(where: { $0 === entry })
                && spending.isFirst(deployment, of: entry)
            {
                effects.add(.init(spent: spending.amount(of: entry)), to: entry, atMicros: context.acceptedMicros)
            }
        }
    }

    /// Journals that spending has passed a percentage of a budget's limit.
    func record(_ crossing: BudgetBook.Crossing) throws {
        let budget = crossing.sums.record
        let end = crossing.sums.endMicros(atMicros: crossing.atMicros)
        let detail: [(key: String, value: String)] = [
            ("name", JSONText.string(budget.name)), ("percent", String(crossing.percent)),
            ("limit", JSONText.string(LimitText.text(crossing.limit, unit: budget.unit, currency: budget.currency))),
            ("spent", JSONText.string(LimitText.text(crossing.spent, unit: budget.unit, currency: budget.currency))),
            ("period", JSONText.string(budget.span.text)),
            ("period_end", end.map { JSONText.string(UTCTime.timeText(micros: $0)) } ?? "null"),
            ("contact", budget.contact.map(JSONText.string) ?? "null"),
        ]
        try administer(.event, organizationID: budget.reach.organizationID) { transaction in
            try transaction.recordOwnEvent(
                action: "budget.threshold_crossed", objectKind: "budget", objectID: budget.id,
                detail: JSONText.object(detail))
        }
    }
}

/// What a request used, as budgets count it.
private struct Spending {
    private let facts: SettlementFacts
    private let charges: [ChargeRow]
    /// Those that were tried, each once.
    let deployments: [Int64]

    init(facts: SettlementFacts, charges: [ChargeRow]) {
        self.facts = facts
        self.charges = charges
        deployments = facts.attempts.reduce(into: []) { known, attempt in
            if !known.contains(attempt.deploymentID) { known.append(attempt.deploymentID) }
        }
    }

    func amount(of entry: BudgetSums) -> Int64 {
        let reach = entry.reach.deployments
        guard entry.record.unit != .requests else {
            // As the roll-up counts a request: once, where it was tried last.
            return reach?.contains(facts.attempts.last?.deploymentID ?? 0) ?? true ? 1 : 0
        }
        return charges.reduce(Int64(0)) { sum, charge in
            let deployment = facts.attempts[Int(charge.attemptOrdinal)].deploymentID
            guard reach?.contains(deployment) ?? true else { return sum }
            return sum + Self.amount(of: charge.line, entry.record)
        }
    }

    private static func amount(of line: ChargeLine, _ budget: BudgetRecord) -> Int64 {
        switch budget.unit {
        case .money: line.currency == budget.currency ? line.amount?.nano ?? 0 : 0
        case .tokens: line.meter.isInput || line.meter.isOutput ? line.quantity : 0
        case .requests: 0
        }
    }

    /// Whether no deployment that was tried before belongs to the budget too.
    func isFirst(_ deployment: Int64, of entry: BudgetSums) -> Bool {
        deployments.first { entry.reach.deployments?.contains($0) ?? false } == deployment
    }
}

extension TokenCounts {
    /// Adds what a charge counts, if it counts tokens.
    mutating func add(_ line: ChargeLine) {
        if line.meter.isInput { input += line.quantity }
        if line.meter.isOutput { output += line.quantity }
    }
}
