internal import SQLite
internal import TollbookCore

extension RequestScopes {
    /// Columns of `request`, as `init(_:at:)` reads them; the last is the deployment that its plan chose.
    static let columns = """
        request.organization_id, request.team_id, request.project_id, request.application_id, request.api_key_id,
          request.user_subject_id, request.end_user_subject_id, request.tags, request.route_id,
          (SELECT decision.deployment_id FROM decision
           WHERE decision.request_id = request.id AND decision.verdict = 4 ORDER BY decision.ordinal LIMIT 1)
        """
    /// How many these are.
    static let columnCount = 10

    /// A stored request's, with the parts that limits look at.
    init(_ row: borrowing Row, at first: Int, parts: RequestParts) {
        self.init(
            organizationID: row.int64(at: first), teamID: row.int64(at: first + 1), projectID: row.int64(at: first + 2),
            applicationID: row.optionalInt64(at: first + 3), keyID: row.int64(at: first + 4))
        if parts.contains(.user) { userSubjectID = row.optionalInt64(at: first + 5) }
        if parts.contains(.endUser) { endUserSubjectID = row.optionalInt64(at: first + 6) }
        if parts.contains(.tags) { tags = row.optionalString(at: first + 7) }
        if parts.contains(.route) { routeID = row.int64(at: first + 8) }
        if parts.contains(.deployment) { deploymentID = row.optionalInt64(at: first + 9) ?? 0 }
    }
}
