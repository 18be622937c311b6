internal import SQLite
internal import TollbookCore
internal import TollbookLedger

/// Names of objects as of a journal index, one by one.
struct FeedNames {
    let connection: Connection

    init(_ connection: Connection) {
        self.connection = connection
    }

    /// - Parameter sql: one of `FeedQueries` with an id and an index.
    func name(_ sql: StaticString, _ id: Int64?, asOf: Int64) throws -> String? {
        try entry(sql, id, asOf: asOf)?.name
    }

    func entry(_ sql: StaticString, _ id: Int64?, asOf: Int64) throws -> (name: String, projectID: Int64?)? {
        guard let id else { return nil }
        let statement = try connection.cached(sql)
        try statement.bind(id, at: 1)
        try statement.bind(asOf, at: 2)
        return try statement.first { ($0.string(at: 0), $0.optionalInt64(at: 1)) }
    }
}

/// What the feed tells of a refused request: who asked for what, what refused it and why, and whom to ask.
struct FeedRefusal {
    private let names: FeedNames
    private let asOf: Int64

    init(_ names: FeedNames, asOf: Int64) {
        self.names = names
        self.asOf = asOf
    }

    /// A policy in the version that decided.
    private struct Policy {
        let name: String
        var scope: String?
        var currency: String?
        var contact: String?
        /// nil: it has no figures.
        var unit: BudgetUnit?
    }

    func data(of request: Int64, text id: String) throws -> ReportJSON {
        var members: [ReportJSON.Member] = [
            .init("log_index", .integer(asOf)), .init("request_id", .string(id)),
        ]
        members += try asked(request)
        members += try decided(request)
        return .object(members)
    }

    private func asked(_ request: Int64) throws -> [ReportJSON.Member] {
        let statement = try names.connection.cached(FeedQueries.request)
        try statement.bind(request, at: 1)
        let found = try statement.first { row in
            ((0..<5).map { row.optionalInt64(at: $0) }, (5..<9).map { row.int64(at: $0) })
        }
        guard let (who, what) = found else { return [] }
        return [
            .init("organization", .optional(try name(FeedQueries.organization, who[0]))),
            .init("team", .optional(try name(FeedQueries.team, who[1]))),
            .init("project", .optional(try name(FeedQueries.project, who[2]))),
            .init("application", .optional(try name(FeedQueries.application, who[3]))),
            .init("key", .optional(try name(FeedQueries.apiKey, who[4]))),
            .init("route", .optional(try name(FeedQueries.route, what[0]))),
            .init("endpoint", .optional(CodeNames.endpoint[what[1]])),
            .init("origin", .optional(CodeNames.origin[what[2]])),
            .init("status", .integer(what[3])),
        ]
    }

    private func decided(_ request: Int64) throws -> [ReportJSON.Member] {
        let statement = try names.connection.cached(FeedQueries.decision)
        try statement.bind(request, at: 1)
        try statement.bind(Int64(Verdict.deny.rawValue), at: 2)
        try statement.bind(Int64(PolicyMode.enforce.rawValue), at: 3)
        let found = try statement.first { row in
            ((0..<9).map { row.optionalInt64(at: $0) }, row.optionalString(at: 9))
        }
        guard let (codes, detail) = found else { return [] }
        let policy = try policy(kind: codes[1], id: codes[2], version: codes[3])
        return [
            .init("stage", .optional(CodeNames.stage[codes[0]])),
            .init("reason", .optional(CodeNames.reason[codes[4]])),
            .init("policy_kind", .optional(CodeNames.policyKind[codes[1]])),
            .init("policy", .optional(policy?.name)), .init("policy_id", .optional(codes[2])),
            .init("policy_version", .optional(codes[3])), .init("scope", .optional(policy?.scope)),
            .init("unit", .optional(policy?.unit?.name)),
            .init("limit", Self.amount(codes[5], policy?.unit)), .init("spent", Self.amount(codes[6], policy?.unit)),
            .init("held", Self.amount(codes[7], policy?.unit)), .init("asked", Self.amount(codes[8], policy?.unit)),
            .init("currency", .optional(policy?.currency)), .init("contact", .optional(policy?.contact)),
            .init("detail", .optional(detail)),
        ]
    }

    private func policy(kind: Int64?, id: Int64?, version: Int64?) throws -> Policy? {
        switch kind.flatMap({ PolicyKind(rawValue: Int(truncatingIfNeeded: $0)) }) {
        case .budget: try limit(FeedQueries.budget, id, version)
        case .rateLimit: try limit(FeedQueries.rateLimit, id, version)
        case .apiKey: try name(FeedQueries.apiKey, id).map { Policy(name: $0) }
        case .route: try name(FeedQueries.route, id).map { Policy(name: $0) }
        case .project: try name(FeedQueries.project, id).map { Policy(name: $0) }
        case .price, nil: nil
        }
    }

    private func limit(_ sql: StaticString, _ id: Int64?, _ version: Int64?) throws -> Policy? {
        guard let id, let version else { return nil }
        let statement = try names.connection.cached(sql)
        try statement.bind(id, at: 1)
        try statement.bind(version, at: 2)
        let found = try statement.first { row in
            let currency = row.optionalString(at: 5).flatMap { $0.isEmpty ? nil : $0 }
            let policy = Policy(
                name: row.string(at: 0), currency: currency, contact: row.optionalString(at: 6),
                unit: row.optionalInt64(at: 7).flatMap { BudgetUnit(rawValue: Int($0)) })
            let first = ScopeKind(rawValue: row.int(at: 1)).map { kind in
                LimitScope(kind, id: row.int64(at: 2), value: row.optionalString(at: 3))
            }
            let also = row.optionalString(at: 4).flatMap(LimitScope.list) ?? []
            return (policy, (first.map { [$0] } ?? []) + also)
        }
        guard let (stored, scopes) = found else { return nil }
        var policy = stored
        policy.scope = try scopes.map(scopeText).joined(separator: " & ")
        return policy
    }

    /// As governance files write it: `project/ranking`, `key/ranking/ada`; a person by the pseudonym.
    private func scopeText(_ scope: LimitScope) throws -> String {
        let kind = scope.kind.name
        if let value = scope.value { return "\(kind)/\(value)" }
        let sql: StaticString? =
            switch scope.kind {
            case .organization: FeedQueries.organization
            case .team: FeedQueries.team
            case .project: FeedQueries.project
            case .application: FeedQueries.application
            case .key: FeedQueries.apiKey
            case .route: FeedQueries.route
            case .provider: FeedQueries.provider
            case .user, .endUser, .tag, .model: nil
            }
        guard let sql, let entry = try names.entry(sql, scope.id, asOf: asOf) else { return "\(kind)/#\(scope.id)" }
        let project = try name(FeedQueries.project, entry.projectID).map { $0 + "/" } ?? ""
        return "\(kind)/\(project)\(entry.name)"
    }

    private func name(_ sql: StaticString, _ id: Int64?) throws -> String? {
        try names.name(sql, id, asOf: asOf)
    }

    /// As in the error that the caller got: money as a decimal with nine decimals, a count as it is.
    private static func amount(_ amount: Int64?, _ unit: BudgetUnit?) -> ReportJSON {
        .optional(amount.map { unit ?? .money == .money ? NanoAmount(nano: $0).decimalText : String($0) })
    }
}
