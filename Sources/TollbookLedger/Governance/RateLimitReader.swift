internal import SQLite
internal import TollbookCore

/// Open rate limits whose scope is open.
enum RateLimitReader {
    static func read(
        _ connection: Connection, directory: DirectoryReader, keyNames: [Int64: String]
    ) throws -> [RateLimitRecord] {
        let sql: StaticString = """
            SELECT id, log_index, name, scope_kind, scope_id, requests_per_minute, tokens_per_minute, concurrent
            FROM rate_limit
            WHERE closed = 0
            ORDER BY id
            """
        return try connection.cached(sql).map { row in try record(row, directory, keyNames) }.compactMap { $0 }
    }

    private static func record(
        _ row: borrowing Row, _ directory: DirectoryReader, _ keyNames: [Int64: String]
    ) throws -> RateLimitRecord? {
        let id = row.int64(at: 0)
        guard let kind = ScopeKind(rawValue: row.int(at: 3)) else {
            throw TollbookError.corruptGovernance(table: "rate_limit", column: "scope", id: id)
        }
        let scopeID = row.int64(at: 4)
        guard let text = kind == .key ? keyNames[scopeID] : directory.scopeText(kind, id: scopeID) else { return nil }
        return RateLimitRecord(
            id: id, version: row.int64(at: 1), name: row.string(at: 2), scopeKind: kind, scopeID: scopeID,
            scopeText: text, requestsPerMinute: row.optionalInt64(at: 5), tokensPerMinute: row.optionalInt64(at: 6),
            concurrent: row.optionalInt64(at: 7))
    }
}
