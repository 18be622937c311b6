internal import SQLite
internal import TollbookCore

/// Finds what projects keep at providers. Used inside `Ledger.readStored` only.
package struct StoredReader: ~Copyable {
    private let connection: Connection

    init(connection: Connection) {
        self.connection = connection
    }

    /// A project's file by the provider's id; the newest where providers gave the id twice; nil: none, or deleted.
    package func file(_ upstreamID: String, projectID: Int64) throws -> StoredFile? {
        let rows = try connection.query(
            "SELECT \(Self.fileColumns) FROM stored_file AS f "
                + "WHERE f.upstream_id = ? AND f.project_id = ? AND \(Self.isKept) ORDER BY f.id DESC LIMIT 1",
            [.text(upstreamID), .integer(projectID)])
        return rows.first.flatMap { Self.file($0) }
    }

    /// A project's batch by the provider's id; nil: none.
    package func batch(_ upstreamID: String, projectID: Int64) throws -> StoredBatch? {
        let rows = try connection.query(
            Self.batches + " WHERE b.upstream_id = ? AND f.project_id = ? ORDER BY b.request_id DESC LIMIT 1",
            [.text(upstreamID), .integer(projectID)])
        return rows.first.flatMap { Self.batch($0) }
    }

    /// Batches whose results are still to come, oldest first.
    package func openBatches(limit: Int) throws -> [StoredBatch] {
        let rows = try connection.query(
            Self.batches + " JOIN open_hold AS h ON h.request_id = b.request_id ORDER BY b.request_id LIMIT ?",
            [.integer(Int64(limit))])
        return rows.compactMap { Self.batch($0) }
    }

    /// What a list of a project's files or batches shows.
    package func list(_ query: StoredListQuery, projectID: Int64) throws -> [String] {
        let sql =
            switch query.kind {
            case .file:
                "SELECT o.body FROM stored_file AS f JOIN stored_object AS o ON o.kind = 1 AND o.id = f.id "
                    + "WHERE f.project_id = ?1 AND \(Self.isKept) AND (?2 IS NULL OR f.purpose = ?2) "
                    + Self.position("f.id", query)
            case .batch:
                "SELECT o.body FROM stored_batch AS b JOIN stored_file AS f ON f.id = b.file_id "
                    + "JOIN stored_object AS o ON o.kind = 2 AND o.id = b.request_id "
                    + "WHERE f.project_id = ?1 AND ?2 IS NULL " + Self.position("b.request_id", query)
            }
        let values: [Value] = [
            .integer(projectID), query.purpose.map { .text($0) } ?? .null,
            try cursor(query, projectID: projectID).map { .integer($0) } ?? .null, .integer(Int64(query.limit)),
        ]
        return try connection.query(sql, values).compactMap { $0.first?.text }
    }

    /// Where a list goes on; nil: at its beginning, also behind what is not there.
    private func cursor(_ query: StoredListQuery, projectID: Int64) throws -> Int64? {
        guard let after = query.after else { return nil }
        switch query.kind {
        case .file: return try file(after, projectID: projectID)?.id
        case .batch: return try batch(after, projectID: projectID)?.requestID.rawValue
        }
    }

    private static func position(_ column: String, _ query: StoredListQuery) -> String {
        "AND (?3 IS NULL OR \(column) \(query.isAscending ? ">" : "<") ?3) "
            + "ORDER BY \(column) \(query.isAscending ? "ASC" : "DESC") LIMIT ?4"
    }

    private static let isKept =
        "NOT EXISTS (SELECT 1 FROM stored_file_deletion AS d WHERE d.file_id = f.id)"

    private static let fileColumns = """
        f.id, f.request_id, f.project_id, f.provider_id, f.credential_id, f.route_id, f.upstream_id, f.purpose,
        f.file_bytes, f.deployment_id, f.line_endpoint, f.line_count, f.estimated_input_tokens, f.held_output_tokens
        """

    private static let batches = """
        SELECT \(fileColumns), b.request_id, b.upstream_id, r.organization_id, r.accepted_micros,
          EXISTS (SELECT 1 FROM stored_batch_result AS e WHERE e.request_id = b.request_id)
        FROM stored_batch AS b
          JOIN stored_file AS f ON f.id = b.file_id
          JOIN request AS r ON r.id = b.request_id
        """

    private static func file(_ row: [Value]) -> StoredFile? {
        guard let id = row[0].integer, let request = row[1].integer, let project = row[2].integer,
            let provider = row[3].integer, let route = row[5].integer, let upstreamID = row[6].text,
            let purpose = row[7].text
        else { return nil }
        var file = StoredFile(
            requestID: RequestID(rawValue: request), projectID: project, providerID: provider,
            credentialID: row[4].integer, routeID: route, upstreamID: upstreamID, purpose: purpose,
            bytes: row[8].integer, lines: lines(row))
        file.id = id
        return file
    }

    private static func lines(_ row: [Value]) -> BatchLines? {
        guard let deployment = row[9].integer,
            let endpoint = row[10].integer.flatMap({ Endpoint(rawValue: Int($0)) }), let count = row[11].integer,
            let input = row[12].integer, let output = row[13].integer
        else { return nil }
        return BatchLines(
            deploymentID: deployment, endpoint: endpoint, count: count, estimatedInputTokens: input,
            heldOutputTokens: output)
    }

    private static func batch(_ row: [Value]) -> StoredBatch? {
        guard let file = file(row), let request = row[14].integer, let upstreamID = row[15].text,
            let organization = row[16].integer, let accepted = row[17].integer
        else { return nil }
        return StoredBatch(
            requestID: RequestID(rawValue: request), organizationID: organization, acceptedMicros: accepted,
            file: file, upstreamID: upstreamID, isEnded: row[18].integer == 1)
    }
}

/// Which of a project's files or batches a list shows.
package struct StoredListQuery: Sendable, Equatable {
    package let kind: StoredKind
    /// At most so many.
    package var limit: Int
    /// The provider's id of the one that stands before the first; nil: from the beginning.
    package var after: String?
    /// Of files; nil: any.
    package var purpose: String?
    /// Oldest first; else newest first.
    package var isAscending = false

    package init(kind: StoredKind, limit: Int) {
        self.kind = kind
        self.limit = limit
    }
}
