/// The queries that only an explanation needs.
package enum ExplainQueries {
    /// Parameter: the price's id.
    package static let price: StaticString = """
        SELECT log_index, pico_per_unit, currency, effective_from_micros, effective_to_micros, source
        FROM price
        WHERE id = ?
        """
    /// Parameter: the account's id.
    package static let account: StaticString = "SELECT kind, owner_id, currency FROM account WHERE id = ?"
    /// Parameters: log id, log index.
    package static let journal: StaticString = """
        SELECT log_index, leaf_version, kind, time_micros, organization_id, object_id, body_hash
        FROM journal
        WHERE log_id = ? AND log_index = ?
        """
    /// Parameters of this and the next four: the policy's id, the journal index of its version.
    package static let apiKeyVersion: StaticString = "SELECT name FROM api_key_version WHERE id = ? AND log_index = ?"
    package static let routeVersion: StaticString = "SELECT name FROM route_version WHERE id = ? AND log_index = ?"
    package static let budgetVersion: StaticString = "SELECT name FROM budget_version WHERE id = ? AND log_index = ?"
    package static let rateLimitVersion: StaticString = """
        SELECT name FROM rate_limit_version WHERE id = ? AND log_index = ?
        """
    package static let projectVersion: StaticString = "SELECT name FROM project_version WHERE id = ? AND log_index = ?"

    /// All of them with a name, for the query-plan test.
    package static let all: [(name: String, sql: StaticString)] = [
        ("price", price), ("account", account), ("journal", journal), ("apiKeyVersion", apiKeyVersion),
        ("routeVersion", routeVersion), ("budgetVersion", budgetVersion), ("rateLimitVersion", rateLimitVersion),
        ("projectVersion", projectVersion),
    ]
}
