package import SQLite
internal import TollbookCore
internal import TollbookPolicy
package import TollbookReports

/// Which events a caller asks for: texts and numbers, none of them checked yet.
package struct FeedRequest: Sendable {
    /// The cursor: events after this journal index; nil with `since` nil: from the first.
    package var after: Int64?
    /// An RFC 3339 time or a date (UTC) that the events begin at, in place of `after`.
    package var since: String?
    /// About so many events at a time.
    package var limit: Int?
    /// `budget.updated`, `budget.*`; empty: every type.
    package var types: [String]

    package init(after: Int64? = nil, since: String? = nil, limit: Int? = nil, types: [String] = []) {
        self.after = after
        self.since = since
        self.limit = limit
        self.types = types
    }

    /// - Throws: `invalid_request` for a number or a type that makes no sense.
    package func check() throws {
        if let limit, !(1...ReportLimits.feedEvents).contains(limit) {
            throw TollbookError(
                .invalidRequest, "limit is \(limit)", hint: "write 1 to \(ReportLimits.feedEvents)")
        }
        if after != nil, since != nil {
            throw TollbookError(.invalidRequest, "after and since are both given", hint: "write one of the two")
        }
        for type in types where !EventType.isPattern(type) {
            throw TollbookError(
                .invalidRequest, "`\(TextTable.printable(String(type.prefix(64))))` is no type of events",
                hint: "write for example budget.updated, budget.* or request.denied")
        }
    }

    /// As `GET /api/v1/events` takes it.
    ///
    /// - Parameter cursor: where to go on after; nil: the request's own beginning.
    package func query(after cursor: Int64?) -> [(String, String?)] {
        [
            ("after", (cursor ?? after).map { String($0) }), ("since", cursor == nil ? since : nil),
            ("limit", limit.map { String($0) }), ("type", types.isEmpty ? nil : types.joined(separator: ",")),
        ]
    }

    /// The journal index after which the events begin; -1: from the first.
    ///
    /// - Throws: `time_malformed`; `SQLiteError`.
    package func cursor(_ connection: Connection) throws -> Int64 {
        guard let since else { return after ?? -1 }
        guard let micros = CalendarText.micros(since, timeZone: "UTC") else {
            throw TollbookError(
                .timeMalformed, "since is no date or time", hint: "write 2027-01-31, or 2027-01-31T12:00:00Z")
        }
        return try FeedReader.cursor(connection, sinceMicros: micros)
    }

    /// The events after a cursor.
    ///
    /// - Throws: what `FeedReader.page` throws.
    package func page(_ connection: Connection, after: Int64) throws -> FeedPage {
        try FeedReader.page(
            connection, after: after, limit: limit ?? FeedReader.defaultLimit, types: FeedTypes(types))
    }
}
