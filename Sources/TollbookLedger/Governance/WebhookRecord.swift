package import SQLite
internal import TollbookCore

/// A webhook in force, and how far it has been told.
package struct WebhookRecord: Sendable, Equatable {
    package let id: Int64
    /// The journal index of its version in force.
    package let version: Int64
    package let name: String
    package let url: String
    /// Where its secrets are found, as governance files write it; the one in use first.
    package let secrets: [String]
    /// As governance files write them; empty: every type.
    package let types: [String]
    /// nil: every organization, and what is nobody's.
    package let organizationID: Int64?
    /// Whether the address may be http, loopback or private.
    package let isPrivateAllowed: Bool
    /// The journal index up to which it has been told everything.
    package let cursor: Int64
    /// The version whose address said that it is gone; nil: none did.
    package let suspendedVersion: Int64?

    /// Every open webhook in ascending order of id. A new one begins behind the command that made it.
    ///
    /// - Throws: `SQLiteError`; `governance_corrupt`.
    package static func all(_ connection: Connection) throws -> [WebhookRecord] {
        try connection.cached(
            """
            SELECT w.id, w.log_index, w.name, w.url, w.secret, w.previous_secret, w.types, w.organization_id,
              w.private_network, c.log_index, c.suspended_version,
              (SELECT min(v.log_index) FROM webhook_version AS v WHERE v.id = w.id)
            FROM webhook AS w
              LEFT JOIN webhook_cursor AS c ON c.webhook_id = w.id
            WHERE w.closed = 0
            ORDER BY w.id
            """
        ).map { row in
            let id = row.int64(at: 0)
            return WebhookRecord(
                id: id, version: row.int64(at: 1), name: row.string(at: 2), url: row.string(at: 3),
                secrets: [row.string(at: 4)] + (row.optionalString(at: 5).map { [$0] } ?? []),
                types: try row.list(at: 6, table: "webhook", column: "types", id: id, JSONList.words) ?? [],
                organizationID: row.optionalInt64(at: 7), isPrivateAllowed: row.optionalInt64(at: 8) == 1,
                cursor: row.optionalInt64(at: 9) ?? row.int64(at: 11), suspendedVersion: row.optionalInt64(at: 10))
        }
    }
}

extension Ledger {
    /// Keeps how far a webhook has been told. Not journaled: losing it would tell events again, and lose none.
    ///
    /// - Throws: `ledger_unavailable` or `overloaded`.
    package func keepCursor(_ logIndex: Int64, ofWebhook id: Int64) async throws {
        try await administer(.event, organizationID: nil) { transaction in
            try transaction.execute(
                """
                INSERT INTO webhook_cursor (webhook_id, log_index, suspended_version)
                VALUES (?, ?, NULL)
                ON CONFLICT (webhook_id) DO UPDATE SET log_index = excluded.log_index
                """, [.integer(id), .integer(logIndex)])
        }
    }

    /// Suspends a webhook in the version that it has, and records that as an event.
    ///
    /// - Throws: `ledger_unavailable` or `overloaded`.
    package func suspend(_ webhook: WebhookRecord, cursor: Int64) async throws {
        let detail = JSONText.object([(key: "name", value: JSONText.string(webhook.name))])
        try await administer(.event, organizationID: nil) { transaction in
            try transaction.execute(
                """
                INSERT INTO webhook_cursor (webhook_id, log_index, suspended_version)
                VALUES (?, ?, ?)
                ON CONFLICT (webhook_id) DO UPDATE SET suspended_version = excluded.suspended_version
                """, [.integer(webhook.id), .integer(cursor), .integer(webhook.version)])
            try transaction.recordOwnEvent(
                action: "webhook.suspended", objectKind: "webhook", objectID: webhook.id, detail: detail)
        }
    }
}
