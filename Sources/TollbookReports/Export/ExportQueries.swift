/// The queries of exports and of one request's story.
///
/// Those of a request's children have three parameters (first request, last request, as-of index) and give rows in
/// order of their key.
package enum ExportQueries {
    /// Parameters: first id, last id, accepted from, accepted to, as-of index, limit.
    package static let requests: StaticString = """
        SELECT id, log_index, accepted_micros, organization_id, team_id, project_id, application_id, api_key_id,
          user_subject_id, end_user_subject_id, address_subject_id, interaction, parent_id, origin, tags, endpoint,
          dialect, route_id, stream, body_bytes, body_hash, estimated_input_tokens, held_output_tokens, revision,
          trace_id
        FROM request
        WHERE id BETWEEN ? AND ? AND accepted_micros >= ? AND accepted_micros < ? AND log_index <= ?
        ORDER BY id
        LIMIT ?
        """
    package static let outcomes: StaticString = """
        SELECT request_id, log_index, ended_micros, status, end_reason, total_nano, currency, opened_after_micros,
          caveat
        FROM outcome
        WHERE request_id BETWEEN ? AND ? AND log_index <= ?
        ORDER BY request_id
        """
    package static let attempts: StaticString = """
        SELECT request_id, ordinal, log_index, deployment_id, provider_id, credential_id, region, region_basis,
          served_model, upstream_request_id, started_micros, head_after_micros, first_token_after_micros,
          ended_after_micros, status, error_class, dispatched, raw_usage
        FROM attempt
        WHERE request_id BETWEEN ? AND ? AND log_index <= ?
        ORDER BY request_id, ordinal
        """
    package static let charges: StaticString = """
        SELECT request_id, ordinal, log_index, attempt_ordinal, meter, quantity, price_id, amount_nano, currency,
          usage_source, origin, kind, corrects, reason, usage_at_micros, posting_period
        FROM charge
        WHERE request_id BETWEEN ? AND ? AND log_index <= ?
        ORDER BY request_id, ordinal
        """
    package static let decisions: StaticString = """
        SELECT request_id, ordinal, log_index, stage, policy_kind, policy_id, policy_version, verdict, mode, reason,
          limit_nano, spent_nano, held_nano, asked_nano, deployment_id, detail,
          iif(policy_kind = 3, (
            SELECT unit FROM budget_version
            WHERE budget_version.id = policy_id AND budget_version.log_index = policy_version), NULL)
        FROM decision
        WHERE request_id BETWEEN ? AND ? AND log_index <= ?
        ORDER BY request_id, ordinal
        """
    package static let transfers: StaticString = """
        SELECT request_id, ordinal, log_index, kind, code, debit_account_id, credit_account_id, amount_nano,
          charge_ordinal
        FROM transfer
        WHERE request_id BETWEEN ? AND ? AND log_index <= ?
        ORDER BY request_id, ordinal
        """

    package static let uploads: StaticString = """
        SELECT request_id, log_index, body_bytes, body_hash, whole
        FROM upload
        WHERE request_id BETWEEN ? AND ? AND log_index <= ?
        ORDER BY request_id
        """

    /// All of them with a name, for the query-plan test.
    package static let all: [(name: String, sql: StaticString)] = [
        ("requests", requests), ("outcomes", outcomes), ("attempts", attempts), ("charges", charges),
        ("decisions", decisions), ("transfers", transfers), ("uploads", uploads),
    ]
}
