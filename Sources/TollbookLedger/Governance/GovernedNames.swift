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
        case .flag: return value == .integer(1) ? "true" : nil
        case .numbers: return value.text.flatMap(JSONList.ids)?.map(String.init).joined(separator: ", ")
        case .limit: return limitText(kind, object)
        case .scope: return object.scopes(of: kind).map(text).joined(separator: " & ")
        case .period:
            let rolling = object.value("rolling_seconds", of: kind).integer
            return value.integer.flatMap { BudgetPeriod(rawValue: Int($0)) }
                .map { BudgetSpan($0, rollingSeconds: rolling).text }
        case .enforcement: return value.integer.flatMap { Enforcement(rawValue: Int($0)) }?.name
        case .time: return value.integer.map(UTCTime.text)
        case .hidden: return nil
        }
    }

    private func referenceText(_ target: String, _ id: Int64?) -> String {
        guard let kind = GovernedKind.named(target), let id else { return "" }
        return path(kind, id: id)
    }

    private func limitText(_ kind: GovernedKind, _ object: GovernedObject) -> String? {
        guard let unit = object.value("unit", of: kind).integer.flatMap({ BudgetUnit(rawValue: Int($0)) }) else {
            return nil
        }
        let amount = object.value(unit == .money ? "limit_nano" : "limit_count", of: kind).integer ?? 0
        return LimitText.text(amount, unit: unit, currency: object.value("currency", of: kind).text ?? "")
    }

    /// As governance files write it; a person by the pseudonym, because what is told is kept in events too.
    private func text(_ scope: LimitScope) -> String {
        let name =
            scope.value ?? GovernedKind.scoped(scope.kind).map { path($0, id: scope.id) } ?? "#\(scope.id)"
        return scope.kind.name + "/" + name
    }
}

extension GovernedObject {
    /// What a budget or rate limit is on; empty for other kinds.
    func scopes(of kind: GovernedKind) -> [LimitScope] {
        guard kind.has("scope_kind"), let code = value("scope_kind", of: kind).integer,
            let first = ScopeKind(rawValue: Int(code)), let id = value("scope_id", of: kind).integer
        else { return [] }
        let also = value("scope_also", of: kind).text.flatMap(LimitScope.list) ?? []
        return [LimitScope(first, id: id, value: value("scope_value", of: kind).text)] + also
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
            return scopes(of: kind).compactMap { scope in GovernedKind.scoped(scope.kind).map { ($0, scope.id) } }
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
        case .route: .route
        case .provider: .provider
        case .user, .endUser, .tag, .model: nil
        }
    }

    /// The kind as people read it: `rate limit`, `key`.
    var words: String {
        name == GovernedKind.key.name ? "key" : String(name.map { $0 == "_" ? " " : $0 })
    }
}
