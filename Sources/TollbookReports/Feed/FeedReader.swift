internal import Foundation
package import SQLite
internal import TollbookCore

/// Reads the feed: audit events and refused requests in journal order, from a cursor on.
///
/// The journal is dense and grows in the order of commits, so that what was read up to an index stays as it is: whoever
/// goes on after it misses nothing. Stays on its connection's thread.
package struct FeedReader {
    private let connection: Connection
    private let logID: Int64
    private let source: String
    private let head: Int64

    /// Events read at a time when the caller names no number.
    package static let defaultLimit = 500

    private init(_ connection: Connection, logID: Int64) throws {
        self.connection = connection
        self.logID = logID
        head = try LedgerHead.index(connection)
        source = try Self.source(connection, logID: logID)
    }

    /// The events after a journal index: about `limit` of them, because a command's are never parted.
    ///
    /// Reads at most `ReportLimits.feedRows` rows of the journal; `next` says how far it came, also where nothing was
    /// found. Some 50 ms at most.
    ///
    /// - Throws: `as_of_unknown` for a cursor beyond the newest index.
    package static func page(
        _ connection: Connection, after: Int64, limit: Int = defaultLimit, types: FeedTypes = FeedTypes()
    ) throws -> FeedPage {
        try connection.transaction(.deferred) {
            guard let logID = try LedgerHead.logID(connection) else { return FeedPage(events: [], next: -1, head: -1) }
            return try FeedReader(connection, logID: logID).page(after: after, limit: limit, types: types)
        }
    }

    /// The cursor before the first command from a time on, going by the journal's own times.
    package static func cursor(_ connection: Connection, sinceMicros: Int64) throws -> Int64 {
        try connection.transaction(.deferred) {
            guard let logID = try LedgerHead.logID(connection) else { return -1 }
            var low: Int64 = 0
            var high = try LedgerHead.index(connection) + 1
            while low < high {
                let middle = (low + high) / 2
                let time = try row(connection, logID, middle)?.timeMicros ?? 0
                if time < sinceMicros { low = middle + 1 } else { high = middle }
            }
            return low - 1
        }
    }

    private func page(after: Int64, limit: Int, types: FeedTypes) throws -> FeedPage {
        let start = after < 0 ? -1 : try LedgerHead.asOf(after, connection)
        let tellsRefusals = types.contains(FeedEvent.requestDenied)
        var through = tellsRefusals ? min(head, start + Int64(ReportLimits.feedRows)) : head
        if let cut = try eventCut(after: start, through: through, limit: limit) { through = cut }
        var refusals: [Refusal] = []
        if tellsRefusals {
            refusals = try self.refusals(after: start, through: through, limit: limit)
            if refusals.count == limit, let last = refusals.last { through = last.logIndex }
        }
        let audit = try events(after: start, through: through).filter { types.contains($0.type) }
        let denied = try refusals.map(event)
        let all = (audit + denied).sorted { ($0.logIndex, $0.position) < ($1.logIndex, $1.position) }
        return FeedPage(events: all, next: through, head: head)
    }

    /// The index at which the limit is reached; nil: it is not.
    private func eventCut(after: Int64, through: Int64, limit: Int) throws -> Int64? {
        let statement = try connection.cached(FeedQueries.eventCut)
        try statement.bind(after, at: 1)
        try statement.bind(through, at: 2)
        try statement.bind(Int64(limit - 1), at: 3)
        return try statement.first { $0.int64(at: 0) }
    }

    private func events(after: Int64, through: Int64) throws -> [FeedEvent] {
        let statement = try connection.cached(FeedQueries.events)
        try statement.bind(logID, at: 1)
        try statement.bind(after, at: 2)
        try statement.bind(through, at: 3)
        let names = FeedNames(connection)
        return try statement.map { row in
            let (kind, id) = (row.optionalString(at: 5), row.optionalInt64(at: 6))
            let (index, actor) = (row.int64(at: 0), row.optionalInt64(at: 3))
            return FeedEvent(
                logIndex: index,
                // A refusal of the same command comes first.
                position: row.int64(at: 1) + 1, timeMicros: row.int64(at: 2), organizationID: row.optionalInt64(at: 9),
                type: row.string(at: 4), subject: Self.subject(kind, id), source: source,
                data: .members([
                    "log_index": .integer(index),
                    "actor": .optional(try names.name(FeedQueries.principal, actor, asOf: index)),
                    "object_kind": .optional(kind), "object_id": .optional(id),
                    "outcome": .string(row.string(at: 7)), "detail": Self.detail(row.optionalString(at: 8)),
                ]))
        }
    }

    private struct Refusal {
        let logIndex: Int64
        let requestID: Int64
        let timeMicros: Int64
        let organizationID: Int64?
    }

    private func refusals(after: Int64, through: Int64, limit: Int) throws -> [Refusal] {
        let statement = try connection.cached(FeedQueries.refusals)
        try statement.bind(logID, at: 1)
        try statement.bind(after, at: 2)
        try statement.bind(through, at: 3)
        try statement.bind(Int64(JournalKind.deny.rawValue), at: 4)
        try statement.bind(Int64(limit), at: 5)
        return try statement.map { row in
            Refusal(
                logIndex: row.int64(at: 0), requestID: row.optionalInt64(at: 1) ?? 0, timeMicros: row.int64(at: 2),
                organizationID: row.optionalInt64(at: 3))
        }
    }

    private func event(_ refusal: Refusal) throws -> FeedEvent {
        let id = RequestID(rawValue: max(0, refusal.requestID)).text
        return FeedEvent(
            logIndex: refusal.logIndex, position: 0, timeMicros: refusal.timeMicros,
            organizationID: refusal.organizationID, type: FeedEvent.requestDenied, subject: "request/\(id)",
            source: source,
            data: try FeedRefusal(FeedNames(connection), asOf: refusal.logIndex).data(of: refusal.requestID, text: id))
    }

    private static func subject(_ kind: String?, _ id: Int64?) -> String? {
        kind.map { kind in id.map { "\(kind)/\($0)" } ?? kind }
    }

    /// The JSON that the row holds; a text where it is none.
    private static func detail(_ text: String?) -> ReportJSON {
        guard let text else { return .null }
        let isJSON = (try? JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)) != nil
        return isJSON ? .raw(text) : .string(text)
    }

    /// A URN made of the hash of the log's first row, as a UUID of version 8 (RFC 9562, section 5.8).
    private static func source(_ connection: Connection, logID: Int64) throws -> String {
        var bytes = Array((try row(connection, logID, 0)?.bodyHash ?? []).prefix(16))
        guard bytes.count == 16 else { return "urn:uuid:00000000-0000-8000-8000-000000000000" }
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        let parts = [bytes[0..<4], bytes[4..<6], bytes[6..<8], bytes[8..<10], bytes[10..<16]]
        return "urn:uuid:" + parts.map { Hexadecimal.text($0) }.joined(separator: "-")
    }

    private static func row(
        _ connection: Connection, _ logID: Int64, _ index: Int64
    ) throws -> (timeMicros: Int64, bodyHash: [UInt8])? {
        let statement = try connection.cached(FeedQueries.journalRow)
        try statement.bind(logID, at: 1)
        try statement.bind(index, at: 2)
        return try statement.first { ($0.int64(at: 0), $0.bytes(at: 1)) }
    }
}
