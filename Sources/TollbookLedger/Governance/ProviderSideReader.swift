internal import SQLite
internal import TollbookCore
internal import TollbookPolicy

/// The providers' side of the governance state: providers, credentials, deployments with their prices, routes.
struct ProviderSideReader {
    private(set) var providers: [Int64: ProviderRecord] = [:]
    private(set) var credentials: [Int64: CredentialRecord] = [:]
    /// In ascending order of id, which is the order of creation.
    private(set) var routes: [RouteRecord] = []
    private var deployments: [Int64: DeploymentRecord] = [:]

    static func read(_ connection: Connection) throws -> ProviderSideReader {
        var side = ProviderSideReader()
        try side.readProviders(connection)
        try side.readCredentials(connection)
        try side.readDeployments(connection, prices: PriceReader.read(connection))
        try side.readRoutes(connection)
        return side
    }

    private mutating func readProviders(_ connection: Connection) throws {
        let settings = try SettingReader.read(connection)
        let sql: StaticString = "SELECT id, log_index, name, dialect, base_url FROM provider WHERE closed = 0"
        try connection.cached(sql).forEachRow { row in
            let id = row.int64(at: 0)
            let own = settings.byProvider[id]
            providers[id] = ProviderRecord(
                id: id, version: max(row.int64(at: 1), own?.version ?? 0), name: row.string(at: 2),
                dialect: row.string(at: 3), baseURL: row.string(at: 4), settings: own?.values ?? [:])
        }
    }

    private mutating func readCredentials(_ connection: Connection) throws {
        let sql: StaticString = "SELECT id, provider_id, name, source, projects FROM credential WHERE closed = 0"
        try connection.cached(sql).forEachRow { row in
            let id = row.int64(at: 0)
            guard providers[row.int64(at: 1)] != nil else { return }
            let projects = try row.list(at: 4, table: "credential", column: "projects", id: id, JSONList.ids)
            credentials[id] = CredentialRecord(
                id: id, providerID: row.int64(at: 1), name: row.string(at: 2), source: row.string(at: 3),
                projects: projects.map(Set.init))
        }
    }

    private mutating func readDeployments(_ connection: Connection, prices: PriceReader) throws {
        let byProvider = Dictionary(grouping: credentials.values.sorted { $0.id < $1.id }, by: \.providerID)
        let sql: StaticString = """
            SELECT id, name, provider_id, model, region, context_window, max_output
            FROM deployment
            WHERE closed = 0
            """
        try connection.cached(sql).forEachRow { row in
            guard let provider = providers[row.int64(at: 2)] else { return }
            let model = row.string(at: 3)
            deployments[row.int64(at: 0)] = DeploymentRecord(
                id: row.int64(at: 0), name: row.string(at: 1), provider: provider, model: model,
                region: row.optionalString(at: 4), contextWindow: row.optionalInt64(at: 5),
                maxOutput: row.optionalInt64(at: 6), credentials: byProvider[provider.id] ?? [],
                prices: prices.table(providerID: provider.id, model: model))
        }
    }

    private mutating func readRoutes(_ connection: Connection) throws {
        let log = try connection.cached("SELECT max(log_id) FROM journal").first { $0.int64(at: 0) } ?? 0
        let statement = try connection.cached(
            """
            SELECT route.id, route.log_index, route.name, route.targets, (
              SELECT journal.time_micros
              FROM route_version
              JOIN journal ON journal.log_id = ?1 AND journal.log_index = route_version.log_index
              WHERE route_version.id = route.id
              ORDER BY route_version.log_index
              LIMIT 1
            )
            FROM route
            WHERE route.closed = 0
            ORDER BY route.id
            """)
        try statement.bind(log, at: 1)
        try statement.forEachRow { row in
            let id = row.int64(at: 0)
            let targets = try row.list(at: 3, table: "route", column: "targets", id: id, JSONList.ids) ?? []
            routes.append(
                RouteRecord(
                    id: id, version: row.int64(at: 1), name: row.string(at: 2), createdMicros: row.int64(at: 4),
                    targets: targets.compactMap { deployments[$0] }))
        }
    }
}
