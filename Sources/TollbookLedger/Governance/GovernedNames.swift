internal import SQLite
internal import TollbookCore
internal import TollbookPolicy

/// How governed objects and their values are told to people.
extension GovernedTables {
    /// The object's name below those of its parents: `acme/search`, `acme/ranking/web`; the name alone at the top.
    func path(_ kind: GovernedKind, _ object: GovernedObject) -> String {
        let name = object.name(of: kind)
        for position in kind.parents {
            guard case .reference(let parentName) = kind.columns[position].form,
                let parent = GovernedKind.named(parentName)
            else { continue }
            return path(parent, id: object.values[position].integer ?? 0) + "/" + name
        }
        return name
    }

    /// The path of the object with an id; `#ID` when it is closed since long.
    func path(_ kind: GovernedKind, id: Int64) -> String {
        object(kind, id).map { path(kind, $0) } ?? "#\(id)"
    }

    /// The columns that are told, with their texts; those without a value, and the name, are left out.
    func fields(_ kind: GovernedKind, _ object: GovernedObject) -> [(field: String, text: String)] {
        kind.columns.enumerated().compactMap { position, column in
            guard column.name != "name", !kind.parents.contains(position),
                let text = text(kind, object, position)
            else { return nil }
            return (column.field, text)
        }
    }

    /// A value as people read it; nil for one that is absent or never told.
    func text(_ kind: GovernedKind, _ object: GovernedObject, _ position: Int) -> String? {
        let value = object.values[position]
        guard value != .null else { return nil }
        switch kind.columns[position].form {
        case .text: return value.text.flatMap { $0.isEmpty ? nil : $0 }
        case .number: return value.integer.map(String.init)
        case .words: return value.text.flatMap(JSONList.words)?.joined(separator: ", ")
        case .reference(let target): return referenceText(target, value.integer)
        case .references(let target):
            return value.text.flatMap(JSONList.ids)?.map { referenceText(target, $0) }.joined(separator: ", ")
        case .money:
            let currency = object.value("currency", of: kind).text ?? ""
            return value.integer.map { MoneyText.text(NanoAmount(nano: $0), currency: currency) }
        case .scope: return scopeText(kind, object)
        case .period: return value.integer.flatMap { BudgetPeriod(rawValue: Int($0)) }?.name
        case .enforcement: return value.integer.flatMap { Enforcement(rawValue: Int($0)) }?.name
        case .time: return value.integer.map(UTCTime.text)
        case .scopeKind, .hidden: return nil
        }
    }

    private func referenceText(_ target: String, _ id: Int64?) -> String {
        guard let kind = GovernedKind.named(target), let id else { return "" }
        return path(kind, id: id)
    }

    private func scopeText(_ kind: GovernedKind, _ object: GovernedObject) -> String? {
        guard let (scope, id) = object.scope(of: kind), let target = GovernedKind.scoped(scope) else { return nil }
        return scope.name + "/" + path(target, id: id)
    }
}

extension GovernedObject {
    /// What a budget or rate limit is on; nil for other kinds.
    func scope(of kind: GovernedKind) -> (kind: ScopeKind, id: Int64)? {
        guard kind.has("scope_kind"), let code = value("scope_kind", of: kind).integer,
            let scope = ScopeKind(rawValue: Int(code)), let id = value("scope_id", of: kind).integer
        else { return nil }
        return (scope, id)
    }

    /// The objects that a column points at.
    func targets(of kind: GovernedKind, _ position: Int) -> [(kind: GovernedKind, id: Int64)] {
        switch kind.columns[position].form {
        case .reference(let name):
            guard let target = GovernedKind.named(name), let id = values[position].integer else { return [] }
            return [(target, id)]
        case .references(let name):
            guard let target = GovernedKind.named(name) else { return [] }
            return (values[position].text.flatMap(JSONList.ids) ?? []).map { (target, $0) }
        case .scope:
            guard let scope = scope(of: kind), let target = GovernedKind.scoped(scope.kind) else { return [] }
            return [(target, scope.id)]
        default: return []
        }
    }
}

extension GovernedKind {
    /// The kind of the objects that a scope names; nil where the ledger holds none.
    static func scoped(_ scope: ScopeKind) -> GovernedKind? {
        switch scope {
        case .organization: .organization
        case .team: .team
        case .project: .project
        case .application: .application
        case .key: .key
        case .user, .endUser, .tag, .model: nil
        }
    }

    /// The kind as people read it: `rate limit`, `key`.
    var words: String {
        name == GovernedKind.key.name ? "key" : String(name.map { $0 == "_" ? " " : $0 })
    }
}
