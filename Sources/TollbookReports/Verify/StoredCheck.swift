internal import SQLite
internal import TollbookCore

/// Checks batches against their requests: a batch's request is open until its result, and settled with it.
struct StoredCheck {
    let connection: Connection
    let log: FindingLog

    func compare() throws {
        try report(
            """
            SELECT b.request_id, b.log_index
            FROM stored_batch AS b
            WHERE NOT EXISTS (SELECT 1 FROM request AS r WHERE r.id = b.request_id)
            """, .reference, "its request is not there")
        try report(
            """
            SELECT b.request_id, b.log_index
            FROM stored_batch AS b
              JOIN outcome AS o ON o.request_id = b.request_id
            WHERE NOT EXISTS (SELECT 1 FROM stored_batch_result AS e WHERE e.request_id = b.request_id)
            """, .outcome, "its request is settled, and it has no result")
        try report(
            """
            SELECT e.request_id, e.log_index
            FROM stored_batch_result AS e
            WHERE NOT EXISTS (SELECT 1 FROM outcome AS o WHERE o.request_id = e.request_id)
            """, .outcome, "it has a result, and its request is not settled")
    }

    private func report(_ sql: String, _ check: VerifyCheck, _ message: String) throws {
        let row = try connection.prepare(sql)
        while !log.isFull, try row.step() {
            let id = row.int64(at: 0)
            let text = id >= 0 ? RequestID(rawValue: id).text : String(id)
            log.add(check, "stored_batch", text, at: row.int64(at: 1), message)
        }
    }
}
