internal import SQLite
internal import TollbookCore
internal import TollbookPolicy

/// The people's side of the governance state: organizations, teams, projects and applications that are open.
struct DirectoryReader {
    /// A project with the team and organization that its calls are charged to.
    struct Project {
        let record: ProjectRecord
        let organizationID: Int64
        let teamID: Int64
    }

    /// Names of open organizations by id.
    private(set) var organizations: [Int64: String] = [:]
    /// Organization and name of open teams by id.
    private(set) var teams: [Int64: (organizationID: Int64, name: String)] = [:]
    private(set) var projects: [Int64: Project] = [:]
    /// Project and name of open applications by id.
    private(set) var applications: [Int64: (projectID: Int64, name: String)] = [:]

    static func read(_ connection: Connection) throws -> DirectoryReader {
        var directory = DirectoryReader()
        try connection.cached("SELECT id, name FROM organization WHERE closed = 0").forEachRow { row in
            directory.organizations[row.int64(at: 0)] = row.string(at: 1)
        }
        try connection.cached("SELECT id, organization_id, name FROM team WHERE closed = 0").forEachRow { row in
            directory.teams[row.int64(at: 0)] = (row.int64(at: 1), row.string(at: 2))
        }
        try directory.readProjects(connection)
        try connection.cached("SELECT id, project_id, name FROM application WHERE closed = 0").forEachRow { row in
            guard directory.projects[row.int64(at: 1)] != nil else { return }
            directory.applications[row.int64(at: 0)] = (row.int64(at: 1), row.string(at: 2))
        }
        return directory
    }

    /// How a governance file writes the scope; nil when the object is closed or the kind has no ids.
    func scopeText(_ kind: ScopeKind, id: Int64) -> String? {
        switch kind {
        case .organization: organizations[id].map { "organization/" + $0 }
        case .team: teams[id].map { "team/" + $0.name }
        case .project: projects[id].map { "project/" + $0.record.name }
        case .application:
            applications[id].flatMap { application in
                projects[application.projectID].map { "application/\($0.record.name)/\(application.name)" }
            }
        case .user, .key, .endUser, .tag, .model, .route, .provider: nil
        }
    }

    /// The organization that a scope lies in; nil: none, or the directory does not know it.
    func organizationID(_ scope: LimitScope) -> Int64? {
        switch scope.kind {
        case .organization: scope.id
        case .team: teams[scope.id]?.organizationID
        case .project: projects[scope.id]?.organizationID
        case .application: applications[scope.id].flatMap { projects[$0.projectID]?.organizationID }
        case .user, .key, .endUser, .tag, .model, .route, .provider: nil
        }
    }

    /// Settings of projects; a name that this version does not know was written by a later one, and is left alone.
    private static func readSettings(_ connection: Connection) throws -> [Int64: [ProjectSetting: String]] {
        var settings: [Int64: [ProjectSetting: String]] = [:]
        let sql: StaticString = "SELECT project_id, name, value FROM project_setting WHERE closed = 0"
        try connection.cached(sql).forEachRow { row in
            guard let setting = ProjectSetting(rawValue: row.string(at: 1)) else { return }
            settings[row.int64(at: 0), default: [:]][setting] = row.optionalString(at: 2)
        }
        return settings
    }

    private mutating func readProjects(_ connection: Connection) throws {
        let settings = try Self.readSettings(connection)
        let statement = try connection.cached(
            """
            SELECT id, log_index, organization_id, team_id, name, regions, routes
            FROM project
            WHERE closed = 0
            """)
        try statement.forEachRow { row in
            let id = row.int64(at: 0)
            let regions = try row.list(at: 5, table: "project", column: "regions", id: id, JSONList.words)
            let routes = try row.list(at: 6, table: "project", column: "routes", id: id, JSONList.ids)
            let record = ProjectRecord(
                id: id, version: row.int64(at: 1), name: row.string(at: 4), regions: regions,
                routes: routes.map(Set.init), share: AdmissionShare(settings[id] ?? [:]))
            projects[id] = Project(record: record, organizationID: row.int64(at: 2), teamID: row.int64(at: 3))
        }
    }
}

extension ColumnReader where Self: ~Copyable {
    /// A stored JSON array, or nil for NULL.
    ///
    /// - Throws: `governance_corrupt` when the text is no such array: a restriction that cannot be read must not
    ///   turn into none.
    func list<Element>(
        at index: Int, table: String, column: String, id: Int64, _ parse: (String) -> [Element]?
    ) throws -> [Element]? {
        guard let text = optionalString(at: index) else { return nil }
        guard let list = parse(text) else {
            throw TollbookError.corruptGovernance(table: table, column: column, id: id)
        }
        return list
    }
}
