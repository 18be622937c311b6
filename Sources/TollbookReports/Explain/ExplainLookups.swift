internal import SQLite
internal import TollbookCore

/// Looks up what one request's rows name: prices, accounts, versions of policies, journal rows.
struct ExplainLookups {
    struct Price {
        let picoPerUnit: Int64
        let effectiveFromMicros: Int64
        let effectiveToMicros: Int64?
        let source: String?
    }

    struct JournalRow {
        let header: LeafHash.Header
        let bodyHash: [UInt8]
    }

    let connection: Connection
    let names: CallNames

    func price(_ id: Int64) throws -> Price? {
        let statement = try connection.cached(ExplainQueries.price)
        try statement.bind(id, at: 1)
        return try statement.first {
            Price(
                picoPerUnit: $0.int64(at: 1), effectiveFromMicros: $0.int64(at: 3),
                effectiveToMicros: $0.optionalInt64(at: 4), source: $0.optionalString(at: 5))
        }
    }

    /// For a person: `project ranking expense`.
    func account(_ id: Int64) throws -> String {
        let statement = try connection.cached(ExplainQueries.account)
        try statement.bind(id, at: 1)
        let found = try statement.first { ($0.int64(at: 0), $0.int64(at: 1)) }
        guard let (kind, owner) = found else { return "#\(id)" }
        switch AccountKind(rawValue: Int(truncatingIfNeeded: kind)) {
        case .projectExpense: return "project \(names.projects.name(owner) ?? "#\(owner)") expense"
        case .providerPayable: return "provider \(names.providers.name(owner) ?? "#\(owner)") payable"
        case .suspense, .credit, nil: return CodeNames.accountKind[kind] ?? "#\(id)"
        }
    }

    /// The policy's name in the version that was applied.
    func policy(kind: Int64, id: Int64?, version: Int64?) throws -> String? {
        guard let id, let version else { return nil }
        let sql: StaticString? =
            switch PolicyKind(rawValue: Int(truncatingIfNeeded: kind)) {
            case .apiKey: ExplainQueries.apiKeyVersion
            case .route: ExplainQueries.routeVersion
            case .budget: ExplainQueries.budgetVersion
            case .rateLimit: ExplainQueries.rateLimitVersion
            case .project: ExplainQueries.projectVersion
            case .price, nil: nil
            }
        guard let sql else { return nil }
        let statement = try connection.cached(sql)
        try statement.bind(id, at: 1)
        try statement.bind(version, at: 2)
        return try statement.first { $0.string(at: 0) }
    }

    func journal(_ logIndex: Int64) throws -> JournalRow? {
        let logID = try LedgerHead.logID(connection) ?? 1
        let statement = try connection.cached(ExplainQueries.journal)
        try statement.bind(logID, at: 1)
        try statement.bind(logIndex, at: 2)
        return try statement.first { row in
            JournalRow(
                header: LeafHash.Header(
                    leafVersion: row.int64(at: 1), logID: logID, logIndex: row.int64(at: 0), kind: row.int64(at: 2),
                    timeMicros: row.int64(at: 3), organizationID: row.optionalInt64(at: 4),
                    objectID: row.optionalInt64(at: 5)),
                bodyHash: row.bytes(at: 6))
        }
    }
}
