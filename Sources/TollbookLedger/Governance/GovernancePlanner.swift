internal import SQLite
internal import TollbookCore
internal import TollbookPolicy

/// Compares a governance document with what the ledger holds.
struct GovernancePlanner {
    let document: GovernanceDocument
    var plan: GovernancePlan
    private(set) var problems: [GovernanceProblem] = []
    /// Where the document names an object, by kind and id.
    private var claims: [String: [Int64: EntryLocation?]] = [:]

    /// Works out the changes; reads only.
    ///
    /// - Throws: `GovernanceDocumentError` when the document is wrong in itself, names what does not exist, changes
    ///   what another manager owns, or would close what something else points at.
    static func plan(
        _ document: GovernanceDocument, prune: Bool, reading source: some PlanReading
    ) throws -> GovernancePlan {
        let problems = DocumentValidation.problems(in: document, timeZoneRule: TimeZoneRule.violation)
        guard problems.isEmpty else { throw GovernanceDocumentError(problems) }
        // Keys can be many and are read only where a name of one, or its closing, is in question.
        let scopes = document.budgets.map(\.scope) + document.rateLimits.map(\.scope)
        let needsKeys = prune || scopes.contains { $0.contains("key/") }
        let kinds = GovernedKind.all.filter { needsKeys || $0.name != GovernedKind.key.name }
        let tables = try GovernedTables(kinds, reading: source)
        var planner = GovernancePlanner(
            document: document, plan: GovernancePlan(manager: document.manager, tables: tables))
        planner.planDirectory()
        planner.planProviders()
        planner.planProjects()
        planner.planCredentials()
        try planner.planLimits(reading: source)
        planner.planWebhooks()
        planner.planClosings(prune: prune)
        planner.checkAllocation()
        try planner.planPrices(reading: source)
        guard planner.problems.isEmpty else { throw GovernanceDocumentError(planner.problems) }
        return planner.plan
    }

    private init(document: GovernanceDocument, plan: GovernancePlan) {
        self.document = document
        self.plan = plan
    }

    var manager: String { document.manager }

    /// Notes a problem at a value of an entry.
    mutating func refuse(_ violation: RuleViolation, _ field: String, _ location: EntryLocation?) {
        problems.append(GovernanceProblem(violation.problem, hint: violation.advice, at: location?.of(field)))
    }

    /// Whether the document names the object.
    func isClaimed(_ kind: GovernedKind, _ id: Int64) -> Bool {
        claims[kind.name]?[id] != nil
    }

    /// Where the document names the object; nil when it does not, or came without its places.
    func location(_ kind: GovernedKind, _ id: Int64) -> EntryLocation? {
        claims[kind.name]?[id] ?? nil
    }

    /// The object that the entry means: the one that has its identity, or the one it was called before.
    func find(_ kind: GovernedKind, _ identity: [Value], was: String?) -> GovernedObject? {
        if let object = plan.tables.find(kind, identity) { return object }
        guard let was else { return nil }
        return plan.tables.find(kind, identity.dropLast() + [.text(was)])
    }

    /// Notes what becomes of an entry's object, and returns its id.
    ///
    /// - Parameter isMention: an entry that only names the object, as a place for others, leaves it as it is when it
    ///   has another manager.
    @discardableResult
    mutating func settle(
        _ kind: GovernedKind, _ existing: GovernedObject?, _ values: [Value], _ location: EntryLocation?,
        isMention: Bool = false
    ) -> Int64 {
        guard let existing else {
            let object = plan.tables.create(kind, values, managedBy: manager)
            plan.changes.append(.init(action: .create, kind: kind, object: object, before: nil))
            claims[kind.name, default: [:]][object.id] = .some(location)
            return object.id
        }
        let claimed = claims[kind.name, default: [:]].updateValue(location, forKey: existing.id) != nil
        if claimed {
            let violation = RuleViolation(
                "two entries mean the \(kind.words) \(Quoted.text(plan.tables.path(kind, existing)))",
                "Remove one, or its was.")
            refuse(violation, "name", location)
        }
        let isOthers = existing.managedBy != nil && existing.managedBy != manager
        if existing.values == values && (isOthers || existing.managedBy == manager) || isOthers && isMention {
            plan.unchanged += 1
            return existing.id
        }
        if isOthers { refuseOthers(kind, existing, location) }
        var object = existing
        object.values = values
        object.managedBy = manager
        plan.tables.replace(kind, object)
        plan.changes.append(.init(action: .update, kind: kind, object: object, before: existing))
        return existing.id
    }

    /// The id of the one object of a kind with a name that the entry points at; nil after a problem was noted.
    mutating func reference(
        _ kind: GovernedKind, _ name: String, _ field: String, _ location: EntryLocation?
    ) -> Int64? {
        let open = plan.tables.open(kind)
        if let object = open.first(where: { $0.name(of: kind) == name }) { return object.id }
        let near = Suggestion.nearest(to: name, in: open.map { $0.name(of: kind) })
        refuse(
            RuleViolation(
                "there is no \(kind.words) \(Quoted.text(name))",
                near.map { "Write \($0), or add the \(kind.words)." }
                    ?? "Add it under \(kind.name)s, or leave it out."),
            field, location)
        return nil
    }

    private mutating func refuseOthers(_ kind: GovernedKind, _ object: GovernedObject, _ location: EntryLocation?) {
        let owner = Quoted.text(object.managedBy ?? "")
        refuse(
            RuleViolation(
                "the \(kind.words) \(Quoted.text(plan.tables.path(kind, object))) is managed by \(owner)",
                "Change it in the file with manager: \(object.managedBy ?? ""), or write it here as it is."),
            "name", location)
    }
}
