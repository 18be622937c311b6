import SQLite
import TollbookCore

/// Many requests at once, made by SQL: rows as the writer's, without journal rows. For reports, not for `verify`.
enum SyntheticCalls {
    /// One request a second from `firstMicros` on: settled, one attempt, two charges, the fixture's key and route.
    static func insert(count: Int, firstMicros: Int64, into file: LedgerFile) throws {
        try file.execute("BEGIN")
        try file.execute(
            """
            INSERT INTO request
            WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < \(count - 1))
            SELECT ((\(firstMicros / 1_000) + i * 1000) << 21) | 1, 0, \(firstMicros) + i * 1000000, 1, 1,
              1 + i % 2, NULL, 1 + i % 3, NULL, NULL, NULL, NULL, NULL, 1, NULL, 1, 1, 1, 0, 10,
              x'00000000000000000000000000000000', 100, 100, 1, NULL
            FROM n
            """)
        try file.execute(
            """
            INSERT INTO attempt
            SELECT id, 0, 0, 1, 1, NULL, 'eu', 1, NULL, NULL, accepted_micros, 1, 2, 3, 200, NULL, 1, NULL FROM request
            """)
        try file.execute(
            """
            INSERT INTO charge
            SELECT id, 0, 0, 0, 1, 100, 1, 15000 + id % 7, 'USD', 1, 1, 1, NULL, NULL, accepted_micros, 202603
            FROM request UNION ALL
            SELECT id, 1, 0, 0, 8, 20, 2, 12000, 'USD', 1, 1, 1, NULL, NULL, accepted_micros, 202603 FROM request
            """)
        try file.execute(
            """
            INSERT INTO outcome
            SELECT id, 0, accepted_micros + 9, 200, 1, 27000 + id % 7, 'USD', 3, NULL FROM request
            """)
        try file.execute("COMMIT")
    }
}
