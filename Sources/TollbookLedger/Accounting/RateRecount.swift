internal import SQLite
internal import TollbookCore
internal import TollbookPolicy

/// Counts the last minute's calls and those in flight from their rows, as the writer counted them when they came.
enum RateRecount {
    /// Reads the calls of the last minute by their key, and those in flight; no other row.
    ///
    /// - Parameter nowMicros: the wall clock.
    static func run(_ book: RateLimitBook, nowMicros: Int64, connection: Connection) throws {
        book.empty()
        guard !book.entries.isEmpty else { return }
        let first = RequestID.first(atMillis: nowMicros / 1_000 - MinuteWindow.seconds * 1_000)
        let statement = try connection.cached(calls)
        try statement.bind(first.rawValue, at: 1)
        try statement.forEachRow { row in
            book.apply(change(row, book))
        }
        try connection.cached(older).bind(first.rawValue, at: 1)
        try connection.cached(older).forEachRow { row in
            let scopes = scopes(row)
            book.apply(.init(entries: book.applicable(to: scopes), second: 0, concurrent: 1))
        }
        book.move(book.entries, to: nowMicros / 1_000_000)
    }

    private static func change(_ row: borrowing Row, _ book: RateLimitBook) -> RateLimitBook.Change {
        let scopes = scopes(row)
        let isOpen = row.optionalInt64(at: 8) == nil
        let isBatch = row.int(at: 10) == Endpoint.batches.rawValue
        let reserved = RateLimitBook.reservedTokens(
            estimatedInputTokens: row.int64(at: 6), heldOutputTokens: row.int64(at: 7), isBatch: isBatch)
        let used = isBatch ? 0 : row.optionalInt64(at: 9) ?? 0
        return .init(
            entries: book.applicable(to: scopes), second: row.int64(at: 0) / 1_000_000, requests: 1,
            tokens: isOpen ? reserved : used, concurrent: isOpen && !isBatch ? 1 : 0)
    }

    private static func scopes(_ row: borrowing Row) -> RequestScopes {
        RequestScopes(
            organizationID: row.int64(at: 1), teamID: row.int64(at: 2), projectID: row.int64(at: 3),
            applicationID: row.optionalInt64(at: 4), keyID: row.int64(at: 5))
    }

    /// Calls since a moment that were not denied; end reason 4 is `denied`, meters 1 to 11 are tokens.
    static let calls: StaticString = """
        SELECT request.accepted_micros, request.organization_id, request.team_id, request.project_id,
          request.application_id, request.api_key_id, request.estimated_input_tokens, request.held_output_tokens,
          outcome.end_reason,
          (SELECT SUM(charge.quantity) FROM charge
           WHERE charge.request_id = request.id AND charge.meter BETWEEN 1 AND 11),
          request.endpoint
        FROM request LEFT JOIN outcome ON outcome.request_id = request.id
        WHERE request.id >= ? AND outcome.end_reason IS NOT 4
        ORDER BY request.id
        """

    /// Calls from before that are still in flight; endpoint 31 is a batch.
    static let older: StaticString = """
        SELECT request.accepted_micros, request.organization_id, request.team_id, request.project_id,
          request.application_id, request.api_key_id
        FROM open_hold JOIN request ON request.id = open_hold.request_id
        WHERE open_hold.request_id < ? AND request.endpoint <> 31
        ORDER BY open_hold.request_id
        """
}
