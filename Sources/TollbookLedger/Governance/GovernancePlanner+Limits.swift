internal import SQLite
internal import TollbookCore
internal import TollbookPolicy

extension GovernancePlanner {
    /// Budgets and rate limits.
    mutating func planLimits() {
        let budgetNames = Set(document.budgets.map(\.effectiveName))
        for entry in document.budgets {
            guard let scope = scope(entry.scope, entry.location), let values = values(entry, scope) else { continue }
            let existing =
                find(.budget, [.text(entry.effectiveName)], was: entry.was)
                ?? unnamed(.budget, entry.name, values, alike: ["scope_kind", "scope_id", "period"], budgetNames)
            settle(.budget, existing, values, entry.location)
        }
        let limitNames = Set(document.rateLimits.map(\.effectiveName))
        for entry in document.rateLimits {
            guard let scope = scope(entry.scope, entry.location) else { continue }
            let values: [Value] =
                [.text(entry.effectiveName)] + scope + [
                    Value(entry.requestsPerMinute), Value(entry.tokensPerMinute), Value(entry.concurrent),
                ]
            let existing =
                find(.rateLimit, [.text(entry.effectiveName)], was: entry.was)
                ?? unnamed(.rateLimit, entry.name, values, alike: ["scope_kind", "scope_id"], limitNames)
            settle(.rateLimit, existing, values, entry.location)
        }
    }

    /// The columns `scope_kind` and `scope_id`.
    private mutating func scope(_ text: String, _ location: EntryLocation?) -> [Value]? {
        do {
            let path = try ScopePath.parse(text)
            return [.integer(Int64(path.kind.rawValue)), .integer(try plan.tables.resolve(path))]
        } catch {
            refuse(error, "scope", location)
            return nil
        }
    }

    /// nil for words that the document's own check refuses.
    private func values(_ entry: BudgetEntry, _ scope: [Value]) -> [Value]? {
        guard let limit = try? MoneyText.parse(entry.limit), let period = BudgetPeriod(name: entry.period),
            let enforcement = Enforcement(name: entry.enforcement ?? Enforcement.hard.name)
        else { return nil }
        return [.text(entry.effectiveName)] + scope + [
            .integer(limit.nano), .text(MoneyText.currency), .integer(Int64(period.rawValue)),
            .integer(Int64(enforcement.rawValue)), .text(entry.timeZone ?? "UTC"), Value(entry.contact),
        ]
    }

    /// The limit that an entry without a name had under another: its scope was renamed, or is written otherwise.
    private func unnamed(
        _ kind: GovernedKind, _ name: String?, _ values: [Value], alike columns: [String], _ taken: Set<String>
    ) -> GovernedObject? {
        guard name == nil else { return nil }
        let positions = columns.map(kind.position)
        let found = plan.tables.open(kind).filter { object in
            object.managedBy == manager && !isClaimed(kind, object.id) && !taken.contains(object.name(of: kind))
                && positions.allSatisfy { object.values[$0] == values[$0] }
        }
        return found.count == 1 ? found.first : nil
    }
}
