internal import SQLite
internal import TollbookCore
internal import TollbookPolicy

/// A budget's limit is split among those below it, unless it says otherwise.
extension GovernancePlanner {
    /// Refuses budgets that together are over the limit of the one above them: those of an organization's teams, of a
    /// team's projects, of a project's applications, over the same period and in the same unit. Soft ones allot
    /// nothing.
    ///
    /// Looks only where this change does something.
    mutating func checkAllocation() {
        let changed = Set(plan.changes.filter { $0.kind.name == GovernedKind.budget.name }.map(\.object.id))
        guard !changed.isEmpty else { return }
        let budgets = plan.tables.open(.budget).compactMap(Allotment.init)
        for parent in budgets where !parent.mayOvercommit {
            let children = budgets.filter { $0.measure == parent.measure && isBelow($0.scope, parent.scope) }
            guard changed.contains(parent.id) || children.contains(where: { changed.contains($0.id) }) else { continue }
            let (sum, overflow) = children.reduce((Int64(0), false)) { total, child in
                let (sum, overflow) = total.0.addingReportingOverflow(child.limit)
                return (sum, total.1 || overflow)
            }
            if overflow || sum > parent.limit { refuseAllocation(parent, children, sum: overflow ? nil : sum) }
        }
    }

    private func isBelow(_ scope: LimitScope, _ parent: LimitScope) -> Bool {
        switch (parent.kind, scope.kind) {
        case (.organization, .team): isPart(.team, scope.id, "organization_id", parent.id)
        case (.team, .project): isPart(.project, scope.id, "team_id", parent.id)
        case (.project, .application): isPart(.application, scope.id, "project_id", parent.id)
        default: false
        }
    }

    private func isPart(_ kind: GovernedKind, _ id: Int64, _ column: String, _ parent: Int64) -> Bool {
        plan.tables.object(kind, id)?.value(column, of: kind) == .integer(parent)
    }

    private mutating func refuseAllocation(_ parent: Allotment, _ children: [Allotment], sum: Int64?) {
        func text(_ amount: Int64) -> String {
            LimitText.text(amount, unit: parent.measure.unit, currency: parent.measure.currency)
        }
        let place = ([parent] + children).compactMap { location(.budget, $0.id) }.first
        let total = sum.map(text) ?? "more than can be counted"
        let names = children.map { Quoted.text($0.name) }.joined(separator: ", ")
        let parentText = "the budget \(Quoted.text(parent.name)) has \(text(parent.limit))"
        refuse(
            RuleViolation(
                "\(parentText), and those below it, \(names), add up to \(total)",
                "Lower them, raise it, or write overcommit: true there if it is meant."), "limit", place)
    }
}

/// What a budget allots to one scope; only budgets that bind do.
private struct Allotment {
    /// What must be the same for limits to be added.
    struct Measure: Hashable {
        let unit: BudgetUnit
        let currency: String
        let period: Int64
        let rollingSeconds: Int64?
    }

    let id: Int64
    let name: String
    let scope: LimitScope
    let measure: Measure
    let limit: Int64
    let mayOvercommit: Bool

    init?(_ object: GovernedObject) {
        let kind = GovernedKind.budget
        let scopes = object.scopes(of: kind)
        guard let scope = scopes.first, scopes.count == 1,
            object.value("enforcement", of: kind) != .integer(Int64(Enforcement.soft.rawValue)),
            let unit = object.value("unit", of: kind).integer.flatMap({ BudgetUnit(rawValue: Int($0)) })
        else { return nil }
        id = object.id
        name = object.name(of: kind)
        self.scope = scope
        measure = Measure(
            unit: unit, currency: object.value("currency", of: kind).text ?? "",
            period: object.value("period", of: kind).integer ?? 0,
            rollingSeconds: object.value("rolling_seconds", of: kind).integer)
        limit = object.value(unit == .money ? "limit_nano" : "limit_count", of: kind).integer ?? 0
        mayOvercommit = object.value("overcommit", of: kind) == .integer(1)
    }
}
