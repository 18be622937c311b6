internal import SQLite
internal import TollbookCore
internal import TollbookPolicy

/// Puts stored scopes of limits into words, and finds the deployments of those on models and providers.
struct LimitReachReader {
    private let directory: DirectoryReader
    private let keyNames: [Int64: String]
    private var deployments: [(id: Int64, providerID: Int64, model: String)] = []
    private var routes: [Int64: String] = [:]
    private var providers: [Int64: String] = [:]
    /// Names of the users and end users that limits are on; an erased one has none.
    private var people: [Int64: String] = [:]

    init(_ connection: Connection, directory: DirectoryReader, keyNames: [Int64: String]) throws {
        self.directory = directory
        self.keyNames = keyNames
        // Closed ones too: what they served before counts as well.
        deployments = try connection.cached("SELECT id, provider_id, model FROM deployment").map {
            ($0.int64(at: 0), $0.int64(at: 1), $0.string(at: 2))
        }
        try connection.cached("SELECT id, name FROM route WHERE closed = 0").forEachRow { row in
            routes[row.int64(at: 0)] = row.string(at: 1)
        }
        try connection.cached("SELECT id, name FROM provider WHERE closed = 0").forEachRow { row in
            providers[row.int64(at: 0)] = row.string(at: 1)
        }
    }

    /// Columns of a limit's scopes, as `reach` reads them.
    static let columns = "scope_kind, scope_id, scope_value, scope_also"

    /// The reach of a limit from the columns above, the first of them at `first`; nil: a scope is closed.
    mutating func reach(
        _ row: borrowing Row, at first: Int, table: String, id: Int64, _ connection: Connection
    ) throws -> LimitReach? {
        let also = row.optionalString(at: first + 3)
        guard let kind = ScopeKind(rawValue: row.int(at: first)),
            let others = also == nil ? [] : also.flatMap(LimitScope.list)
        else { throw TollbookError.corruptGovernance(table: table, column: "scope", id: id) }
        let scopes =
            [LimitScope(kind, id: row.int64(at: first + 1), value: row.optionalString(at: first + 2))] + others
        for scope in scopes where scope.kind == .user || scope.kind == .endUser {
            try readPerson(scope.id, connection)
        }
        let texts = scopes.compactMap(text)
        guard texts.count == scopes.count else { return nil }
        return LimitReach(
            scopes: scopes, deployments: deployments(of: scopes), text: texts.joined(separator: " & "),
            organizationID: scopes.lazy.compactMap(directory.organizationID).first)
    }

    private mutating func readPerson(_ id: Int64, _ connection: Connection) throws {
        let statement = try connection.cached("SELECT value FROM subject WHERE subject_id = ?")
        try statement.bind(id, at: 1)
        people[id] = try statement.first { $0.optionalString(at: 0) } ?? nil
    }

    private func deployments(of scopes: [LimitScope]) -> Set<Int64>? {
        scopes.reduce(nil) { found, scope in
            let matching: Set<Int64>
            switch scope.kind {
            case .model: matching = Set(deployments.lazy.filter { $0.model == scope.value }.map(\.id))
            case .provider: matching = Set(deployments.lazy.filter { $0.providerID == scope.id }.map(\.id))
            default: return found
            }
            return found?.intersection(matching) ?? matching
        }
    }

    private func text(_ scope: LimitScope) -> String? {
        switch scope.kind {
        case .organization, .team, .project, .application: directory.scopeText(scope.kind, id: scope.id)
        case .key: keyNames[scope.id]
        case .user, .endUser: scope.kind.name + "/" + (people[scope.id] ?? "#\(scope.id)")
        case .tag, .model: scope.value.map { scope.kind.name + "/" + $0 }
        case .route: routes[scope.id].map { "route/" + $0 }
        case .provider: providers[scope.id].map { "provider/" + $0 }
        }
    }
}
