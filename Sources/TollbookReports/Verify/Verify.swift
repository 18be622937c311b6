package import SQLite

/// Recomputes everything that can be recomputed: hashes, sums, prices, balances, derived tables.
///
/// One pass over the journal and one over the requests in order of their id; memory does not grow with the ledger. It
/// holds one read transaction, so that the writer's log can grow while it runs.
package enum Verify {
    /// Runs on a connection that only reads and may run PRAGMA (`LedgerConnection.openReader`, not a confined one).
    ///
    /// - Parameter progress: told now and then; what it throws ends the verification.
    /// - Throws: an `SQLiteError` where the file cannot be read at all.
    package static func run(
        _ connection: Connection, progress: (VerifyProgress) throws -> Void = { _ in }
    ) throws -> VerifyResult {
        try connection.transaction(.deferred) {
            let log = FindingLog()
            try progress(VerifyProgress(stage: .schema, done: 0))
            guard try SchemaCheck(connection: connection, log: log).run() else {
                return VerifyResult(findings: log.findings, counts: .init(), headIndex: -1, isComplete: false)
            }
            return try checkRows(connection, log, progress)
        }
    }

    private static func checkRows(
        _ connection: Connection, _ log: FindingLog, _ progress: (VerifyProgress) throws -> Void
    ) throws -> VerifyResult {
        let layout = try LeafLayout()
        let journal = try JournalReader(connection)
        let governed = try GovernedRows(layout, connection)
        var check = JournalCheck(connection, journal: journal, governed: governed, log: log)
        try check.run { try progress(VerifyProgress(stage: .journal, done: $0)) }
        let calls = try CallsCheck(layout, connection, journal: journal, governed: governed, log: log)
        try calls.run { try progress(VerifyProgress(stage: .requests, done: $0)) }
        if !log.isFull { try calls.findCommandsWithoutRows(expected: check.requestCommands) }
        if !log.isFull { try governed.reportLeftOver(log, journal: journal) }
        try progress(VerifyProgress(stage: .derived, done: 0))
        if !log.isFull { try calls.compareDerived() }
        if !log.isFull { try CurrentTables(layout: layout, connection: connection, log: log).compare() }
        if !log.isFull { try StoredCheck(connection: connection, log: log).compare() }
        let file = FileCheck(connection: connection, log: log)
        if !log.isFull { try file.checkForeignKeys() }
        try progress(VerifyProgress(stage: .integrity, done: 0))
        if !log.isFull { try file.checkIntegrity() }
        var counts = calls.counts
        counts.journalRows = check.count
        counts.otherRows = governed.consumed
        return VerifyResult(
            findings: log.findings, counts: counts, headIndex: journal.head, isComplete: !log.isFull)
    }
}
