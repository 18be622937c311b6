/// The queries of the spend report.
package enum SpendQueries {
    /// Requests by key, a page at a time. Parameters: first id, last id, accepted from, accepted to, as-of index,
    /// limit.
    package static let requests: StaticString = """
        SELECT id, accepted_micros, organization_id, team_id, project_id, application_id, api_key_id,
          user_subject_id, route_id, revision
        FROM request
        WHERE id BETWEEN ? AND ? AND accepted_micros >= ? AND accepted_micros < ? AND log_index <= ?
        ORDER BY id
        LIMIT ?
        """
    /// Parameters of this and the next two: first request, last request, as-of index.
    package static let outcomes: StaticString = """
        SELECT request_id, end_reason
        FROM outcome
        WHERE request_id BETWEEN ? AND ? AND log_index <= ?
        ORDER BY request_id
        """
    package static let attempts: StaticString = """
        SELECT request_id, ordinal, deployment_id, provider_id
        FROM attempt
        WHERE request_id BETWEEN ? AND ? AND log_index <= ?
        ORDER BY request_id, ordinal
        """
    package static let charges: StaticString = """
        SELECT request_id, attempt_ordinal, amount_nano, currency, usage_source, posting_period
        FROM charge
        WHERE request_id BETWEEN ? AND ? AND log_index <= ?
        ORDER BY request_id, ordinal
        """
    /// Parameters: first quarter, first quarter no longer included.
    package static let rollups: StaticString = """
        SELECT quarter_start_micros, organization_id, team_id, project_id, application_id, api_key_id,
          user_subject_id, route_id, deployment_id, currency, requests, denied, estimated, unpriced, amount_nano
        FROM rollup_quarter
        WHERE quarter_start_micros >= ? AND quarter_start_micros < ?
        """
    /// The deployments that the period's roll-ups name. Parameters as above.
    package static let rollupDeployments: StaticString = """
        SELECT DISTINCT deployment_id
        FROM rollup_quarter
        WHERE quarter_start_micros >= ? AND quarter_start_micros < ?
        """
    /// Requests in flight. Parameters: accepted from, accepted to.
    package static let openRequests: StaticString = """
        SELECT r.id, r.accepted_micros, r.organization_id, r.team_id, r.project_id, r.application_id, r.api_key_id,
          r.user_subject_id, r.route_id, r.revision
        FROM open_hold AS h
        CROSS JOIN request AS r ON r.id = h.request_id
        WHERE r.accepted_micros >= ? AND r.accepted_micros < ?
        """

    /// All of them with a name, for the query-plan test.
    package static let all: [(name: String, sql: StaticString)] = [
        ("requests", requests), ("outcomes", outcomes), ("attempts", attempts), ("charges", charges),
        ("rollups", rollups), ("rollupDeployments", rollupDeployments), ("openRequests", openRequests),
    ]
}
