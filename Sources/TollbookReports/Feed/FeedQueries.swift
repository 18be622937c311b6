/// The queries of the event feed.
package enum FeedQueries {
    /// Parameters: after, through, how many to skip. The journal index of one of the audit events in between.
    package static let eventCut: StaticString = """
        SELECT log_index FROM event WHERE log_index > ? AND log_index <= ? ORDER BY log_index, ordinal LIMIT 1 OFFSET ?
        """
    /// Parameters: the log, after, through. Audit events with the organization of their command;
    /// events come first (CROSS), because the journal has far more rows.
    package static let events: StaticString = """
        SELECT e.log_index, e.ordinal, e.time_micros, e.actor_id, e.action, e.object_kind, e.object_id, e.outcome,
          e.detail, j.organization_id
        FROM event AS e
          CROSS JOIN journal AS j ON j.log_id = ?1 AND j.log_index = e.log_index
        WHERE e.log_index > ?2 AND e.log_index <= ?3
        ORDER BY e.log_index, e.ordinal
        """
    /// Parameters: the log, after, through, the kind, rows at most. Walks the journal between the two, row by row.
    package static let refusals: StaticString = """
        SELECT log_index, object_id, time_micros, organization_id
        FROM journal
        WHERE log_id = ? AND log_index > ? AND log_index <= ? AND kind = ?
        ORDER BY log_index
        LIMIT ?
        """
    /// Parameter: the request's id.
    package static let request: StaticString = """
        SELECT r.organization_id, r.team_id, r.project_id, r.application_id, r.api_key_id, r.route_id, r.endpoint,
          r.origin, o.status
        FROM request AS r
          JOIN outcome AS o ON o.request_id = r.id
        WHERE r.id = ?
        """
    /// Parameters: the request's id, the verdict, the mode. The decision that bound it comes first.
    package static let decision: StaticString = """
        SELECT stage, policy_kind, policy_id, policy_version, reason, limit_nano, spent_nano, held_nano, asked_nano,
          detail
        FROM decision
        WHERE request_id = ? AND verdict = ? AND mode = ?
        ORDER BY ordinal DESC
        LIMIT 1
        """
    /// Parameters of this and the next: the object's id, the journal index of its version.
    package static let budget: StaticString = """
        SELECT name, scope_kind, scope_id, scope_value, scope_also, currency, contact, unit
        FROM budget_version
        WHERE id = ? AND log_index = ?
        """
    package static let rateLimit: StaticString = """
        SELECT name, scope_kind, scope_id, scope_value, scope_also, NULL, NULL, NULL
        FROM rate_limit_version
        WHERE id = ? AND log_index = ?
        """
    /// Parameters of this and the next eight: the object's id, the journal index as of which. Name, and the id of the
    /// project that it is below.
    package static let organization: StaticString = """
        SELECT name, NULL FROM organization_version WHERE id = ? AND log_index <= ? ORDER BY log_index DESC LIMIT 1
        """
    package static let team: StaticString = """
        SELECT name, NULL FROM team_version WHERE id = ? AND log_index <= ? ORDER BY log_index DESC LIMIT 1
        """
    package static let project: StaticString = """
        SELECT name, NULL FROM project_version WHERE id = ? AND log_index <= ? ORDER BY log_index DESC LIMIT 1
        """
    package static let application: StaticString = """
        SELECT name, project_id FROM application_version WHERE id = ? AND log_index <= ? ORDER BY log_index DESC LIMIT 1
        """
    package static let apiKey: StaticString = """
        SELECT name, project_id FROM api_key_version WHERE id = ? AND log_index <= ? ORDER BY log_index DESC LIMIT 1
        """
    package static let route: StaticString = """
        SELECT name, NULL FROM route_version WHERE id = ? AND log_index <= ? ORDER BY log_index DESC LIMIT 1
        """
    package static let provider: StaticString = """
        SELECT name, NULL FROM provider_version WHERE id = ? AND log_index <= ? ORDER BY log_index DESC LIMIT 1
        """
    package static let principal: StaticString = """
        SELECT name, NULL FROM principal_version WHERE id = ? AND log_index <= ? ORDER BY log_index DESC LIMIT 1
        """
    /// Parameters: the log, an index. What tells one ledger's log from another's is the hash of its first row.
    package static let journalRow: StaticString = """
        SELECT time_micros, body_hash FROM journal WHERE log_id = ? AND log_index = ?
        """

    /// All of them with a name, for the query-plan test.
    package static let all: [(name: String, sql: StaticString)] = [
        ("eventCut", eventCut), ("events", events), ("refusals", refusals), ("request", request),
        ("decision", decision), ("budget", budget), ("rateLimit", rateLimit), ("organization", organization),
        ("team", team), ("project", project), ("application", application), ("apiKey", apiKey), ("route", route),
        ("provider", provider), ("principal", principal), ("journalRow", journalRow),
    ]
}
