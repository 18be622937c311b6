internal import SQLite
internal import TollbookCore
internal import TollbookPolicy

/// Finds the one object that a scope path, or a project's path, means.
extension GovernedTables {
    /// - Throws: a `RuleViolation` when there is none, or when there are several and how each is written.
    ///
    /// - Parameter prefix: what stands before the names where the path is written; by default its kind.
    func resolve(_ path: ScopePath, prefix: String? = nil) throws(RuleViolation) -> Int64 {
        let prefix = prefix ?? path.kind.name + "/"
        let found = candidates(path)
        guard let kind = GovernedKind.scoped(path.kind), let first = found.first else {
            throw missing(path, prefix: prefix)
        }
        guard found.count == 1 else {
            let forms = found.prefix(5).map { prefix + self.path(kind, $0) }
            throw RuleViolation(
                "\(found.count) \(kind.words)s are written \(Quoted.text(prefix + path.names.joined(separator: "/")))",
                "Write \(Quoted.alternatives(forms)).")
        }
        return first.id
    }

    /// The project that a path without its kind means: `ranking`, `acme/ranking`.
    func resolveProject(_ text: String) throws(RuleViolation) -> Int64 {
        let names = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        return try resolve(ScopePath(kind: .project, names: names), prefix: "")
    }

    private func candidates(_ path: ScopePath) -> [GovernedObject] {
        switch path.kind {
        case .organization: named(path.names.last, .organization)
        case .team: named(path.names.last, .team).filter { isBelow($0, .team, path.names.dropLast()) }
        case .project: projects(path.names[...])
        case .application: children(path, .application)
        case .key: children(path, .key)
        case .route: named(path.names.last, .route)
        case .provider: named(path.names.last, .provider)
        case .user, .endUser, .tag, .model: []
        }
    }

    private func named(_ name: String?, _ kind: GovernedKind) -> [GovernedObject] {
        open(kind).filter { $0.name(of: kind) == name }
    }

    /// Whether the object's organization has the name, if one is given.
    private func isBelow(_ object: GovernedObject, _ kind: GovernedKind, _ names: ArraySlice<String>) -> Bool {
        guard let organization = names.first else { return true }
        let id = object.value("organization_id", of: kind).integer ?? 0
        return self.object(.organization, id)?.name(of: .organization) == organization
    }

    /// `NAME`, `ORGANIZATION/NAME` or `ORGANIZATION/TEAM/NAME`.
    private func projects(_ names: ArraySlice<String>) -> [GovernedObject] {
        guard (1...3).contains(names.count) else { return [] }
        let team = names.count == 3 ? names[names.startIndex + 1] : nil
        return named(names.last, .project).filter { project in
            guard isBelow(project, .project, names.dropLast()) else { return false }
            let id = project.value("team_id", of: .project).integer ?? 0
            return team == nil || object(.team, id)?.name(of: .team) == team
        }
    }

    private func children(_ path: ScopePath, _ kind: GovernedKind) -> [GovernedObject] {
        let all = named(path.names.last, kind)
        guard path.names.count > 1 else { return all }
        let parents = Set(projects(path.names.dropLast()).map(\.id))
        return all.filter { parents.contains($0.value("project_id", of: kind).integer ?? 0) }
    }

    private func missing(_ path: ScopePath, prefix: String) -> RuleViolation {
        guard let kind = GovernedKind.scoped(path.kind) else {
            return RuleViolation("there is no \(Quoted.text(path.text))", "Write another scope.")
        }
        let known = open(kind).map { self.path(kind, $0) }
        let written = path.names.joined(separator: "/")
        let near =
            Suggestion.nearest(to: written, in: known) ?? known.first { $0.hasSuffix("/" + written) }
            ?? Suggestion.nearest(to: path.names.last ?? "", in: open(kind).map { $0.name(of: kind) })
        let advice = near.map { "Write \(prefix)\($0), or add the \(kind.words)." }
        return RuleViolation(
            "there is no \(kind.words) \(Quoted.text(written))",
            advice ?? "Add the \(kind.words), or write one that exists.")
    }
}
