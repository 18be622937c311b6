internal import TollbookCore

/// Finds what is limited on the scopes of a call: budgets, or rate limits. Used by the writer's thread only.
struct ScopeIndex<Entry> {
    private let byScope: [BudgetBook.Scope: [Entry]]
    /// What was found for scopes asked for before, so that a call costs one look-up.
    private var found: [RequestScopes: [Entry]] = [:]

    init(_ entries: [Entry], by scope: (Entry) -> BudgetBook.Scope) {
        byScope = Dictionary(grouping: entries, by: scope)
    }

    /// What a call counts under, in the order organization, team, project, application, key.
    mutating func entries(of scopes: RequestScopes) -> [Entry] {
        if let known = found[scopes] { return known }
        let matches = scopes.all.flatMap { byScope[$0] ?? [] }
        if found.count >= LedgerLimits.cachedScopes { found.removeAll(keepingCapacity: true) }
        found[scopes] = matches
        return matches
    }
}
