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

    /// Parameters: the request's id, the log index as of which.
    package static let storedBatch: StaticString = """
        SELECT b.upstream_id, f.upstream_id, f.line_count, e.status, e.answered_count, e.failed_count, e.unread_count
        FROM stored_batch AS b
          JOIN stored_file AS f ON f.id = b.file_id
          LEFT JOIN stored_batch_result AS e ON e.request_id = b.request_id AND e.log_index <= ?2
        WHERE b.request_id = ?1 AND b.log_index <= ?2
        """
    /// Parameters: as before.
    package static let storedFiles: StaticString = """
        SELECT upstream_id, purpose
        FROM stored_file
        WHERE request_id = ?1 AND log_index <= ?2
        ORDER BY id
        """

    /// All of them with a name, for the query-plan test.
    package static let all: [(name: String, sql: StaticString)] = [
        ("price", price), ("account", account), ("journal", journal), ("apiKeyVersion", apiKeyVersion),
        ("routeVersion", routeVersion), ("budgetVersion", budgetVersion), ("rateLimitVersion", rateLimitVersion),
        ("projectVersion", projectVersion), ("storedBatch", storedBatch), ("storedFiles", storedFiles),
    ]
}
