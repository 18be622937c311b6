internal import SQLite
internal import TollbookPolicy

extension GovernancePlanner {
    /// Closes what this manager owns and the document does not name, with what belongs to it.
    ///
    /// A closed project takes its applications, keys and settings with it, an application its keys, a provider its
    /// credentials and settings. Whatever else points at a closed object is a problem.
    mutating func planClosings(prune: Bool) {
        for kind in GovernedKind.all.reversed() {
            for object in plan.tables.open(kind) where object.managedBy == manager && !isClaimed(kind, object.id) {
                if prune {
                    close(kind, object)
                } else {
                    plan.unlisted.append((kind, object.id))
                }
            }
        }
        if prune { checkPointers() }
    }

    private mutating func close(_ kind: GovernedKind, _ object: GovernedObject) {
        for (part, column) in Self.parts[kind.name] ?? [] {
            guard let part = GovernedKind.named(part) else { continue }
            for child in plan.tables.open(part) where child.value(column, of: part) == .integer(object.id) {
                close(part, child)
            }
        }
        var closed = object
        closed.isClosed = true
        plan.tables.replace(kind, closed)
        plan.changes.append(.init(action: .close, kind: kind, object: closed, before: object))
    }

    /// What belongs to an object and is closed with it, whoever manages it: kind and pointing column.
    private static let parts: [String: [(kind: String, column: String)]] = [
        "project": [("application", "project_id"), ("api_key", "project_id"), ("project_setting", "project_id")],
        "application": [("api_key", "application_id")],
        "provider": [("credential", "provider_id"), ("provider_setting", "provider_id")],
    ]

    private mutating func checkPointers() {
        let closed = Dictionary(grouping: plan.changes.filter { $0.action == .close }, by: \.kind.name)
            .mapValues { Set($0.map(\.object.id)) }
        guard !closed.isEmpty else { return }
        for kind in GovernedKind.all {
            for object in plan.tables.open(kind) {
                for position in kind.columns.indices {
                    for target in object.targets(of: kind, position)
                    where closed[target.kind.name]?.contains(target.id) ?? false {
                        refusePointer(from: kind, object, to: target)
                    }
                }
            }
        }
    }

    private mutating func refusePointer(
        from kind: GovernedKind, _ object: GovernedObject, to target: (kind: GovernedKind, id: Int64)
    ) {
        let closing = "\(target.kind.words) \(Quoted.text(plan.tables.path(target.kind, id: target.id)))"
        let pointing = "\(kind.words) \(Quoted.text(plan.tables.path(kind, object)))"
        let owner = object.managedBy.map { ", which \(Quoted.text($0)) manages" } ?? ""
        refuse(
            RuleViolation(
                "the \(closing) is not in the file and would be closed, but the \(pointing) points at it",
                "Keep the \(target.kind.words) in the file, or first change the \(kind.words)\(owner)."),
            "name", location(kind, object.id))
    }
}
