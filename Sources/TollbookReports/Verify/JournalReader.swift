internal import Crypto
internal import SQLite

/// Finds journal rows by index and compares their hash with the rows that they cover.
final class JournalReader {
    /// A journal row without its salt and hash.
    typealias Header = LeafHash.Header

    /// The oldest log; this version writes no other.
    let logID: Int64
    /// The newest index; -1: none.
    let head: Int64
    private let statement: Statement

    static let columns = "log_index, leaf_version, kind, time_micros, organization_id, object_id, salt, body_hash"

    init(_ connection: Connection) throws {
        logID = try connection.query("SELECT min(log_id) FROM journal").first?.first?.integer ?? 1
        let newest = try connection.query("SELECT max(log_index) FROM journal WHERE log_id = ?", [.integer(logID)])
        head = newest.first?.first?.integer ?? -1
        statement = try connection.prepare(
            "SELECT \(Self.columns) FROM journal WHERE log_id = ? AND log_index = ?", persistent: true)
        try statement.bind(logID, at: 1)
    }

    /// Calls `body` with the row of an index while the statement stands on it; returns nil if there is none.
    func find<R>(_ logIndex: Int64, _ body: (Header, Statement) throws -> R) throws -> R? {
        try statement.bind(logIndex, at: 2)
        defer { statement.reset() }
        guard try statement.step() else { return nil }
        return try body(header(statement), statement)
    }

    /// The header of a row selected as `columns`.
    func header(_ row: Statement) -> Header {
        Header(
            leafVersion: row.int64(at: 1), logID: logID, logIndex: row.int64(at: 0), kind: row.int64(at: 2),
            timeMicros: row.int64(at: 3), organizationID: row.optionalInt64(at: 4), objectID: row.optionalInt64(at: 5))
    }

    /// Whether the row that a statement over `columns` stands on covers exactly these bytes.
    func covers(_ parts: [LeafBytes], then last: LeafBytes? = nil, header: Header, _ row: Statement) -> Bool {
        row.withBytes(at: 6) { salt in
            let digest = LeafHash.body(salt: salt, header: header, parts: parts, then: last)
            return row.withBytes(at: 7) { hash in digest.withUnsafeBytes { $0.elementsEqual(hash) } }
        }
    }
}
