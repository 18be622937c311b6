internal import SQLite
internal import TollbookCore
internal import TollbookPolicy

extension KeyCommands {
    /// Reads at most this many keys: a list is for people and their tools.
    private static let maximumListed = 100_000

    static func list(project: String?, includesClosed: Bool, _ connection: Connection) throws -> [KeySummary] {
        var projectID: Int64?
        if let project {
            let tables = try GovernedTables([.organization, .team, .project], reading: connection)
            do throws(RuleViolation) {
                projectID = try tables.resolveProject(project)
            } catch {
                throw TollbookError(.noSuchObject, error.problem, hint: error.advice)
            }
        }
        let log = try connection.query("SELECT max(log_id) FROM journal").first?.first ?? .null
        let statement = try connection.cached(
            """
            SELECT api_key.id, api_key.name, organization.name, team.name, project.name, application.name,
              subject.value, api_key.hint, api_key.expires_micros, api_key.closed, (
                SELECT journal.time_micros
                FROM api_key_version
                JOIN journal ON journal.log_id = ?1 AND journal.log_index = api_key_version.log_index
                WHERE api_key_version.id = api_key.id
                ORDER BY api_key_version.log_index
                LIMIT 1
              )
            FROM api_key
            JOIN project ON project.id = api_key.project_id
            JOIN team ON team.id = project.team_id
            JOIN organization ON organization.id = project.organization_id
            LEFT JOIN application ON application.id = api_key.application_id
            LEFT JOIN subject ON subject.subject_id = api_key.user_subject_id
            WHERE (?2 IS NULL OR api_key.project_id = ?2) AND api_key.closed <= ?3
            ORDER BY api_key.id
            LIMIT ?4
            """)
        try statement.bind(log, at: 1)
        try statement.bind(projectID, at: 2)
        try statement.bind(includesClosed, at: 3)
        try statement.bind(maximumListed, at: 4)
        return try statement.map { row in
            KeySummary(
                id: row.int64(at: 0), name: row.string(at: 1), organization: row.string(at: 2),
                team: row.string(at: 3), project: row.string(at: 4), application: row.optionalString(at: 5),
                user: row.optionalString(at: 6), hint: row.string(at: 7), createdMicros: row.int64(at: 10),
                expiresMicros: row.optionalInt64(at: 8), isClosed: row.bool(at: 9))
        }
    }
}
