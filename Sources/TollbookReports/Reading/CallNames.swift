internal import SQLite

/// The names that a request's rows are printed with, as of a journal index.
struct CallNames {
    let organizations: NameBook
    let teams: NameBook
    let projects: NameBook
    let applications: NameBook
    let keys: NameBook
    let routes: NameBook
    let providers: NameBook
    let credentials: NameBook
    let deployments: NameBook
    let history: DeploymentHistory
    var subjects: SubjectNames

    init(asOf: Int64, connection: Connection) throws {
        func book(_ sql: StaticString) throws -> NameBook {
            try NameBook(sql, asOf: asOf, connection: connection)
        }
        organizations = try book(NameQueries.organization)
        teams = try book(NameQueries.team)
        projects = try book(NameQueries.project)
        applications = try book(NameQueries.application)
        keys = try book(NameQueries.apiKey)
        routes = try book(NameQueries.route)
        providers = try book(NameQueries.provider)
        credentials = try book(NameQueries.credential)
        deployments = try book(NameQueries.deployment)
        history = try DeploymentHistory(asOf: asOf, connection: connection)
        subjects = SubjectNames(connection: connection)
    }
}
