package import SQLite
internal import TollbookCore
internal import TollbookPolicy

/// Builds the governance state from the tables of versions in force and the price book.
package enum GovernanceLoader {
    /// Reads everything that is open. Closed objects are left out, and with them what hangs on them: keys of a
    /// closed project or application, deployments of a closed provider.
    ///
    /// Reads a few small tables and every open key; 10,000 keys take some 20 ms. Runs on the connection's thread,
    /// outside or inside a transaction.
    ///
    /// - Parameter revision: the journal index of the last governance change.
    /// - Throws: `SQLiteError`; `TollbookError` with `governance_corrupt` when a stored value is none that this
    ///   version writes.
    package static func load(connection: Connection, revision: Int64) throws -> GovernanceState {
        let directory = try DirectoryReader.read(connection)
        let providers = try ProviderSideReader.read(connection)
        let keys = try KeyReader.read(connection, directory: directory)
        let snapshot = GovernanceSnapshot(
            revision: revision, keys: keys.byHash, routesInOrder: providers.routes, providers: providers.providers,
            credentials: providers.credentials)
        var reaches = try LimitReachReader(connection, directory: directory, keyNames: keys.scopeTexts)
        let budgets = try BudgetReader.read(connection, &reaches)
        let rateLimits = try RateLimitReader.read(connection, &reaches)
        return GovernanceState(snapshot: snapshot, budgets: budgets, rateLimits: rateLimits)
    }
}

extension TollbookError {
    /// A stored value that cannot be read; names the place, never the value.
    static func corruptGovernance(table: String, column: String, id: Int64) -> TollbookError {
        TollbookError(
            .governanceCorrupt, "\(table) \(id) has a \(column) that this version cannot read",
            hint: "Run tollbook verify; if it finds nothing, the file was written by a newer version.")
    }
}
