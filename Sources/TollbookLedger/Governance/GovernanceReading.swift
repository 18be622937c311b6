package import SQLite

/// Something that the governance state is read from: a reader's connection for a dry run, the writer's transaction
/// for a change.
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

extension LedgerTransaction: GovernanceReading {}
