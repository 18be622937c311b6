internal import SQLite
internal import TollbookCore
internal import TollbookPolicy

/// Open rate limits whose scopes are open.
enum RateLimitReader {
    static func read(_ connection: Connection, _ reaches: inout LimitReachReader) throws -> [RateLimitRecord] {
        let statement = try connection.prepare(
            """
            SELECT id, log_index, name, \(LimitReachReader.columns), concurrent,
              \(RateQuota.Kind.all.map(\.key).joined(separator: ", "))
            FROM rate_limit
            WHERE closed = 0
            ORDER BY id
            """)
        var records: [RateLimitRecord] = []
        try statement.forEachRow { row in
            let id = row.int64(at: 0)
            guard let reach = try reaches.reach(row, at: 3, table: "rate_limit", id: id, connection) else { return }
            let quotas = RateQuota.Kind.all.enumerated().compactMap { offset, kind in
                row.optionalInt64(at: 8 + offset).map { RateQuota(kind, limit: $0) }
            }
            records.append(
                RateLimitRecord(
                    id: id, version: row.int64(at: 1), name: row.string(at: 2), reach: reach, quotas: quotas,
                    concurrent: row.optionalInt64(at: 7)))
        }
        return records
    }
}
