package import SQLite
internal import TollbookCore

/// Something that the governance state is read from: a reader's connection, or the writer's transaction.
package protocol GovernanceReading {
    /// All rows of a query.
    func rows(_ sql: String, _ values: [Value]) throws -> [[Value]]
}

extension Connection: GovernanceReading {
    /// All rows of a query on this connection; for a few rows, since all are kept at once.
    package func rows(_ sql: String, _ values: [Value]) throws -> [[Value]] {
        try query(sql, values)
    }
}

/// What a change is planned from: the writer's transaction, or for a dry run a reader.
protocol PlanReading: GovernanceReading {
    /// The pseudonym of a user or end user; one is made for somebody new, or where nothing may be written, a negative
    /// number that stands for one.
    func subjectID(kind: SubjectKind, value: String) throws -> Int64
}

extension LedgerTransaction: PlanReading {}

/// What a dry run reads; it writes nothing.
struct GovernancePreview: PlanReading {
    let connection: Connection
    let hasher: SecretHasher

    func rows(_ sql: String, _ values: [Value]) throws -> [[Value]] {
        try connection.query(sql, values)
    }

    func subjectID(kind: SubjectKind, value: String) throws -> Int64 {
        let hash = hasher.subjectHash(kind: kind.rawValue, value: value)
        let found = try connection.query("SELECT subject_id FROM subject WHERE lookup_hash = ?", [.blob(hash)])
        return found.first?.first?.integer ?? -1
    }
}
