internal import SQLite
internal import TollbookCore
internal import TollbookPolicy

extension GovernancePlanner {
    /// Budgets and rate limits.
    mutating func planLimits(reading source: some PlanReading) throws {
        let budgetNames = Set(document.budgets.map(\.effectiveName))
        for entry in document.budgets {
            guard let scope = try scope(entry.scope, entry.location, source), let values = values(entry, scope) else {
                continue
            }
            let alike = Self.scopeColumns + ["period", "rolling_seconds"]
            let existing =
                find(.budget, [.text(entry.effectiveName)], was: entry.was)
                ?? unnamed(.budget, entry.name, values, alike: alike, budgetNames)
            settle(.budget, existing, values, entry.location)
        }
        let limitNames = Set(document.rateLimits.map(\.effectiveName))
        for entry in document.rateLimits {
            guard let scope = try scope(entry.scope, entry.location, source) else { continue }
            let values =
                [.text(entry.effectiveName)] + scope + RateQuota.Kind.all.map { Value(entry.quotas[$0]) }
                + [Value(entry.concurrent)]
            let existing =
                find(.rateLimit, [.text(entry.effectiveName)], was: entry.was)
                ?? unnamed(.rateLimit, entry.name, values, alike: Self.scopeColumns, limitNames)
            settle(.rateLimit, existing, values, entry.location)
        }
    }

    private static let scopeColumns = ["scope_kind", "scope_id", "scope_value", "scope_also"]

    /// These columns.
    private mutating func scope(
        _ text: String, _ location: EntryLocation?, _ source: some PlanReading
    ) throws -> [Value]? {
        guard let paths = try? ScopeExpression.parse(text).paths else { return nil }
        var scopes: [LimitScope] = []
        for path in paths {
            guard let scope = try limitScope(path, location, source) else { return nil }
            scopes.append(scope)
        }
        guard let first = scopes.first else { return nil }
        return [
            .integer(Int64(first.kind.rawValue)), .integer(first.id), Value(first.value),
            scopes.count == 1 ? .null : .text(LimitScope.text(scopes.dropFirst())),
        ]
    }

    /// nil after a problem was noted.
    private mutating func limitScope(
        _ path: ScopePath, _ location: EntryLocation?, _ source: some PlanReading
    ) throws -> LimitScope? {
        let name = path.names.last ?? ""
        switch path.kind {
        case .tag: return LimitScope(.tag, value: name)
        case .model:
            checkModel(name, location)
            return LimitScope(.model, value: name)
        case .user: return LimitScope(.user, id: try source.subjectID(kind: .user, value: name))
        case .endUser: return LimitScope(.endUser, id: try source.subjectID(kind: .endUser, value: name))
        case .organization, .team, .project, .application, .key, .route, .provider: break
        }
        do {
            return LimitScope(path.kind, id: try plan.tables.resolve(path))
        } catch {
            refuse(error, "scope", location)
            return nil
        }
    }

    /// A limit on a model that nothing serves would never count anything.
    private mutating func checkModel(_ name: String, _ location: EntryLocation?) {
        let models = plan.tables.open(.deployment).compactMap { $0.value("model", of: .deployment).text }
        guard !models.contains(name) else { return }
        let near = Suggestion.nearest(to: name, in: models).map { "Write model/\($0)." }
        refuse(
            RuleViolation(
                "no deployment has the model \(Quoted.text(name))", near ?? "Write the model of a deployment."),
            "scope", location)
    }

    /// nil for words that the document's own check refuses, and after a problem was noted.
    private mutating func values(_ entry: BudgetEntry, _ scope: [Value]) -> [Value]? {
        guard let limit = try? LimitText.parse(entry.limit), let span = try? BudgetSpan.parse(entry.period),
            let enforcement = Enforcement(name: entry.enforcement ?? Enforcement.hard.name)
        else { return nil }
        var fallback: Int64?
        if let name = entry.fallbackRoute {
            guard let id = reference(.route, name, "fallback_route", entry.location) else { return nil }
            fallback = id
        }
        let isMoney = limit.unit == .money
        return [.text(entry.effectiveName)] + scope + [
            .integer(Int64(limit.unit.rawValue)), .integer(isMoney ? limit.amount : 0),
            isMoney ? .null : .integer(limit.amount), .text(isMoney ? MoneyText.currency : ""),
            .integer(Int64(span.period.rawValue)), Value(span.rollingSeconds),
            .integer(Int64(enforcement.rawValue)), Value(entry.throttlePerMinute), Value(fallback),
            .text(entry.timeZone ?? "UTC"), .integer(entry.overcommit ?? false ? 1 : 0),
            entry.alerts.map { .text(JSONList.text(ids: $0.sorted())) } ?? .null, Value(entry.contact),
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
