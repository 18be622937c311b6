internal import SQLite
package import TollbookCore

/// Recording what projects keep at providers. Each is durable when it returns.
extension Ledger {
    /// Records a file that a provider has taken.
    ///
    /// - Parameters:
    ///   - file: without an id.
    ///   - object: the file as the provider tells it, in JSON.
    /// - Throws: `ledger_unavailable` or `overloaded`.
    package func record(_ file: StoredFile, object: String, organizationID: Int64) async throws {
        try await administer(.event, organizationID: organizationID) { transaction in
            try transaction.insert(file, object: object)
        }
    }

    /// Records a batch that a provider has taken: its request stays open from now on until `settle(_:_:)`, across
    /// restarts.
    ///
    /// - Throws: `ledger_unavailable` or `overloaded`.
    package func record(
        batch upstreamID: String, of requestID: RequestID, fileID: Int64, startedMicros: Int64, object: String,
        organizationID: Int64
    ) async throws {
        try await administer(.event, organizationID: organizationID) { transaction in
            try transaction.insert(
                .storedBatch,
                [
                    .integer(requestID.rawValue), .integer(transaction.logIndex), .integer(fileID),
                    .text(upstreamID), .integer(startedMicros),
                ])
            try transaction.put(.batch, id: requestID.rawValue, object)
        }
        leavePlace()
    }

    /// Records that a file was deleted at its provider; the file's row stays.
    ///
    /// - Throws: `ledger_unavailable` or `overloaded`.
    package func recordDeletion(ofFile id: Int64, by requestID: RequestID, organizationID: Int64) async throws {
        try await administer(.event, organizationID: organizationID) { transaction in
            let isKnown = try !transaction.rows(
                "SELECT 1 FROM stored_file_deletion WHERE file_id = ?", [.integer(id)]
            ).isEmpty
            guard !isKnown else { return }
            try transaction.insert(
                .storedFileDeletion,
                [.integer(id), .integer(transaction.logIndex), .integer(requestID.rawValue)])
            try transaction.execute("DELETE FROM stored_object WHERE kind = 1 AND id = ?", [.integer(id)])
        }
    }

    /// Keeps what a provider told of a batch last, for lists.
    ///
    /// - Throws: `ledger_unavailable` or `overloaded`.
    package func note(_ object: String, of batch: StoredBatch) async throws {
        try await administer(.event, organizationID: batch.organizationID) { transaction in
            try transaction.put(.batch, id: batch.requestID.rawValue, object)
        }
    }

    /// Settles a batch by its results: charges, the hold's release and the files that it wrote, in one transaction.
    ///
    /// - Returns: false when it had been settled before; nothing is written then.
    /// - Throws: `ledger_unavailable` or `overloaded`.
    package func settle(_ batch: StoredBatch, _ end: BatchEnd) async throws -> Bool {
        try await perform { try $0.settle(batch, end) }
    }
}

extension LedgerTransaction {
    /// Inserts a file under the next id.
    func insert(_ file: StoredFile, object: String?) throws {
        let id = try nextID(.storedFile)
        try insert(
            .storedFile,
            [
                .integer(id), .integer(logIndex), .integer(file.requestID.rawValue), .integer(file.projectID),
                .integer(file.providerID), .optional(file.credentialID), .integer(file.routeID),
                .text(file.upstreamID), .text(file.purpose), .optional(file.bytes),
                .optional(file.lines?.deploymentID), .optional(file.lines.map { Int64($0.endpoint.rawValue) }),
                .optional(file.lines?.count), .optional(file.lines?.estimatedInputTokens),
                .optional(file.lines?.heldOutputTokens),
            ])
        if let object { try put(.file, id: id, object) }
    }

    /// Keeps an object for lists, in place of what was kept of it before.
    func put(_ kind: StoredKind, id: Int64, _ object: String) throws {
        try execute(
            """
            INSERT INTO stored_object (kind, id, body)
            VALUES (?, ?, ?)
            ON CONFLICT DO UPDATE SET body = excluded.body
            """, [.integer(kind.rawValue), .integer(id), .text(object)])
    }
}

extension Value {
    /// An integer, or NULL.
    fileprivate static func optional(_ value: Int64?) -> Value { value.map { .integer($0) } ?? .null }
}
