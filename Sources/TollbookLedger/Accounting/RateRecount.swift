internal import SQLite
internal import TollbookCore
internal import TollbookPolicy

/// Counts the calls that limits look back on, and those in flight, from their rows, as the writer counted them when
/// they came.
enum RateRecount {
    /// Reads the calls of the longest span that a limit has by their key, and those in flight; no other row. A million
    /// calls of a day take some seconds.
    ///
    /// - Parameter nowMicros: the wall clock.
    static func run(_ book: RateLimitBook, nowMicros: Int64, connection: Connection) throws {
        book.empty()
        guard !book.entries.isEmpty else { return }
        let first = RequestID.first(atMillis: (nowMicros - book.longestMicros) / 1_000)
        let statement = try connection.prepare(calls)
        try statement.bind(first.rawValue, at: 1)
        try statement.forEachRow { row in
            book.apply(change(row, book))
        }
        let open = try connection.prepare(older)
        try open.bind(first.rawValue, at: 1)
        try open.forEachRow { row in
            let scopes = RequestScopes(row, at: 0, parts: book.parts)
            book.apply(.init(entries: book.applicable(to: scopes), atMicros: 0, concurrent: 1))
        }
        book.move(book.entries, toMicros: nowMicros)
    }

    private static func change(_ row: borrowing Row, _ book: RateLimitBook) -> RateLimitBook.Change {
        let scopes = RequestScopes(row, at: 7, parts: book.parts)
        let isOpen = row.optionalInt64(at: 3) == nil
        let isBatch = row.int(at: 6) == Endpoint.batches.rawValue
        let reserved = RateLimitBook.reservedTokens(
            estimatedInputTokens: row.int64(at: 1), heldOutputTokens: row.int64(at: 2), isBatch: isBatch)
        let used = TokenCounts(input: row.optionalInt64(at: 4) ?? 0, output: row.optionalInt64(at: 5) ?? 0)
        return .init(
            entries: book.applicable(to: scopes), atMicros: row.int64(at: 0), requests: 1,
            tokens: isOpen ? reserved : isBatch ? TokenCounts() : used, concurrent: isOpen && !isBatch ? 1 : 0)
    }

    /// Calls since a moment that were not denied; end reason 4 is `denied`, meters 1 to 7 are input tokens, 8 to 11
    /// output tokens.
    static let calls = """
        SELECT request.accepted_micros, request.estimated_input_tokens, request.held_output_tokens, outcome.end_reason,
          (SELECT SUM(charge.quantity) FROM charge
           WHERE charge.request_id = request.id AND charge.meter BETWEEN 1 AND 7),
          (SELECT SUM(charge.quantity) FROM charge
           WHERE charge.request_id = request.id AND charge.meter BETWEEN 8 AND 11),
          request.endpoint, \(RequestScopes.columns)
        FROM request LEFT JOIN outcome ON outcome.request_id = request.id
        WHERE request.id >= ? AND outcome.end_reason IS NOT 4
        ORDER BY request.id
        """

    /// Calls from before that are still in flight; endpoint 31 is a batch.
    static let older = """
        SELECT \(RequestScopes.columns)
        FROM open_hold JOIN request ON request.id = open_hold.request_id
        WHERE open_hold.request_id < ? AND request.endpoint <> 31
        ORDER BY open_hold.request_id
        """
}
