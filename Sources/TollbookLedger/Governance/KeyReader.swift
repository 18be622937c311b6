internal import SQLite
internal import TollbookPolicy

/// Open keys of open projects.
struct KeyReader {
    private(set) var byHash: [SecretHash: KeyRecord] = [:]
    /// How a governance file writes each key as a scope, by id.
    private(set) var scopeTexts: [Int64: String] = [:]

    static func read(_ connection: Connection, directory: DirectoryReader) throws -> KeyReader {
        var reader = KeyReader()
        let count = try connection.cached("SELECT count(*) FROM api_key WHERE closed = 0").first { $0.int(at: 0) }
        reader.byHash.reserveCapacity(count ?? 0)
        try reader.readKeys(connection, directory: directory)
        try reader.readScopeTexts(connection, directory: directory)
        return reader
    }

    private mutating func readKeys(_ connection: Connection, directory: DirectoryReader) throws {
        // Imported hashes are made without the ledger's secret: a presented secret is not looked up by them.
        let sql: StaticString = """
            SELECT id, log_index, project_id, application_id, user_subject_id, name, secret_hash, expires_micros
            FROM api_key
            WHERE closed = 0 AND hash_kind = 'hmac'
            """
        try connection.cached(sql).forEachRow { row in
            guard let project = directory.projects[row.int64(at: 2)],
                let hash = row.withBytes(at: 6, { SecretHash(bytes: $0) })
            else { return }
            let applicationID = row.optionalInt64(at: 3)
            if let applicationID, directory.applications[applicationID] == nil { return }
            byHash[hash] = KeyRecord(
                id: row.int64(at: 0), version: row.int64(at: 1), name: row.string(at: 5),
                organizationID: project.organizationID, teamID: project.teamID, project: project.record,
                applicationID: applicationID, userSubjectID: row.optionalInt64(at: 4),
                expiresMicros: row.optionalInt64(at: 7))
        }
    }

    /// Only keys that a budget or a rate limit names: the rest need no text.
    private mutating func readScopeTexts(_ connection: Connection, directory: DirectoryReader) throws {
        let sql: StaticString = """
            SELECT id, project_id, name
            FROM api_key
            WHERE closed = 0 AND id IN (
              SELECT scope_id FROM budget WHERE scope_kind = 6 AND closed = 0
              UNION
              SELECT scope_id FROM rate_limit WHERE scope_kind = 6 AND closed = 0)
              OR closed = 0 AND EXISTS (
              SELECT 1 FROM budget WHERE scope_also IS NOT NULL AND closed = 0
              UNION ALL
              SELECT 1 FROM rate_limit WHERE scope_also IS NOT NULL AND closed = 0)
            """
        try connection.cached(sql).forEachRow { row in
            guard let project = directory.projects[row.int64(at: 1)] else { return }
            scopeTexts[row.int64(at: 0)] = "key/\(project.record.name)/\(row.string(at: 2))"
        }
    }
}
