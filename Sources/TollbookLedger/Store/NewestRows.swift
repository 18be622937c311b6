internal import SQLite
internal import TollbookCore

/// What the newest rows of a ledger say, read once when it is opened.
struct NewestRows {
    /// The highest id, which is not always the newest request: the clock may have been set back.
    let requestID: RequestID?
    /// The time of the newest journal row, microseconds since 1970 UTC.
    let journalMicros: Int64?

    init(_ connection: Connection) throws {
        let highest = try connection.query("SELECT max(id) FROM request")
        requestID = highest.first?.first?.integer.map { RequestID(rawValue: $0) }
        let newest = try connection.query(
            "SELECT time_micros FROM journal ORDER BY log_id DESC, log_index DESC LIMIT 1")
        journalMicros = newest.first?.first?.integer
    }
}
