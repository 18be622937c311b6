internal import TollbookCore

/// Something that is limited on scopes.
protocol Limited: AnyObject {
    var reach: LimitReach { get }
}

/// Finds the limits that a call counts under: budgets, or rate limits. Used by the writer's thread only.
struct ScopeIndex<Entry: Limited> {
    /// Those that no model or provider is in, by their widest scope.
    private let byScope: [LimitScope: [Entry]]
    private let byDeployment: [Int64: [Entry]]
    /// What some limit looks at; give no other parts to `entries(of:)`.
    let parts: RequestParts
    /// What was found for scopes asked for before, so that a call costs one look-up.
    private var found: [RequestScopes: [Entry]] = [:]

    init(_ entries: [Entry]) {
        var byScope: [LimitScope: [Entry]] = [:]
        var byDeployment: [Int64: [Entry]] = [:]
        for entry in entries {
            if let deployments = entry.reach.deployments {
                for id in deployments { byDeployment[id, default: []].append(entry) }
            } else if let first = entry.reach.scopes.first {
                byScope[first, default: []].append(entry)
            }
        }
        self.byScope = byScope
        self.byDeployment = byDeployment
        parts = entries.reduce(into: RequestParts()) { $0.formUnion($1.reach.parts) }
    }

    /// What a call counts under, from the widest kind of scope to the narrowest; models and providers last.
    mutating func entries(of scopes: RequestScopes) -> [Entry] {
        if let known = found[scopes] { return known }
        let candidates = scopes.all.flatMap { byScope[$0] ?? [] } + (byDeployment[scopes.deploymentID] ?? [])
        let matches = candidates.filter { $0.reach.matches(scopes) }
        if found.count >= LedgerLimits.cachedScopes { found.removeAll(keepingCapacity: true) }
        found[scopes] = matches
        return matches
    }
}
