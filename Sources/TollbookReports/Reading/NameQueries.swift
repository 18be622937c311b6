/// The queries for names as of a journal index: one parameter, rows in order of id and version.
///
/// Columns: id, name, and the id of the object that the name is unique in (null: the ledger).
package enum NameQueries {
    package static let organization: StaticString = """
        SELECT id, name, NULL FROM organization_version WHERE log_index <= ? ORDER BY id, log_index
        """
    package static let team: StaticString = """
        SELECT id, name, organization_id FROM team_version WHERE log_index <= ? ORDER BY id, log_index
        """
    package static let project: StaticString = """
        SELECT id, name, organization_id FROM project_version WHERE log_index <= ? ORDER BY id, log_index
        """
    package static let application: StaticString = """
        SELECT id, name, project_id FROM application_version WHERE log_index <= ? ORDER BY id, log_index
        """
    package static let apiKey: StaticString = """
        SELECT id, name, project_id FROM api_key_version WHERE log_index <= ? ORDER BY id, log_index
        """
    package static let provider: StaticString = """
        SELECT id, name, NULL FROM provider_version WHERE log_index <= ? ORDER BY id, log_index
        """
    package static let credential: StaticString = """
        SELECT id, name, provider_id FROM credential_version WHERE log_index <= ? ORDER BY id, log_index
        """
    package static let deployment: StaticString = """
        SELECT id, name, NULL FROM deployment_version WHERE log_index <= ? ORDER BY id, log_index
        """
    package static let route: StaticString = """
        SELECT id, name, NULL FROM route_version WHERE log_index <= ? ORDER BY id, log_index
        """
    package static let principal: StaticString = """
        SELECT id, name, NULL FROM principal_version WHERE log_index <= ? ORDER BY id, log_index
        """
    /// What a deployment called, version by version: id, log index, provider, model.
    package static let deploymentHistory: StaticString = """
        SELECT id, log_index, provider_id, model FROM deployment_version WHERE log_index <= ? ORDER BY id, log_index
        """
    /// A person, an address or an end user by pseudonym.
    package static let subject: StaticString = "SELECT value FROM subject WHERE subject_id = ?"

    /// All of them with a name, for the query-plan test.
    package static let all: [(name: String, sql: StaticString)] = [
        ("organization", organization), ("team", team), ("project", project), ("application", application),
        ("apiKey", apiKey), ("provider", provider), ("credential", credential), ("deployment", deployment),
        ("route", route), ("principal", principal), ("deploymentHistory", deploymentHistory), ("subject", subject),
    ]
}
