internal import SQLite
internal import TollbookCore
internal import TollbookPolicy

/// Executes commands on the one connection that writes. Lives on the writer's thread and never leaves it.
///
/// One transaction a batch, one journal row a command. What is derived is added up in memory and written once before
/// COMMIT. A command that fails leaves nothing behind: administrative bodies run in a savepoint each; calls, which
/// refuse before they write, do so only when the batch is run again because one of them failed (a savepoint costs a
/// copy of every page that a command touches, a seventh of the instructions of a call).
final class LedgerWriter {
    let connection: Connection
    let directory: LedgerDirectory
    let hasher: SecretHasher
    let clock: any WallClock
    let leaf = LeafBuffer()
    let tables: CallTables
    let budgets = BudgetBook()
    let rateLimits = RateLimitBook()
    var journal: JournalWriter
    var accounts: AccountBook
    var rollups = RollupBook()
    var subjects: SubjectBook
    var flood = DenialFlood()
    /// What the command under way will change in memory once it has succeeded.
    var effects = CommandEffects()
    /// The journal index of the last governance change in force.
    private(set) var revision: Int64 = -1
    /// The newest governance state; the owner publishes it after COMMIT.
    private(set) var snapshot = GovernanceSnapshot.empty
    /// Wall clock of the batch under way.
    var nowMicros: Int64 = 0
    /// Whether each call runs in a savepoint: set for the second run of a batch in which a call failed.
    var isolatesCalls = false

    init(directory: LedgerDirectory, clock: any WallClock) throws {
        self.directory = directory
        self.clock = clock
        hasher = try SecretHasher(directory: directory)
        connection = try LedgerConnection.openWriter(path: directory.database)
        try Migrator.migrate(connection)
        try LedgerConnection.guardTruth(connection)
        tables = CallTables(connection: connection, leaf: leaf)
        journal = try JournalWriter(connection: connection, rows: tables.journal)
        accounts = try AccountBook(connection: connection)
        subjects = SubjectBook(hasher: hasher)
        nowMicros = clock.nowMicros()
        try reloadGovernance()
    }

    /// Opens the batch's transaction.
    func begin() throws {
        nowMicros = clock.nowMicros()
        try connection.begin(.immediate)
    }

    /// Stores the rows of the calls so far.
    ///
    /// - Throws: what a row ran into; the transaction, or the savepoint under way, must be rolled back then.
    func flushRows() throws {
        try tables.flush()
        leaf.removeAll()
    }

    /// Writes what waits and the derived sums, and makes the batch durable.
    func commit() throws {
        for crossing in budgets.takeCrossings() { try record(crossing) }
        try flushRows()
        try accounts.flush(connection)
        try rollups.flush(connection)
        try budgets.flush(connection)
        try connection.commit()
    }

    /// Undoes the batch and reads back what memory mirrors.
    func rollback() throws {
        try connection.rollback()
        tables.discard()
        leaf.removeAll()
        effects = CommandEffects()
        rollups = RollupBook()
        subjects = SubjectBook(hasher: hasher)
        accounts = try AccountBook(connection: connection)
        journal = try JournalWriter(connection: connection, rows: tables.journal)
        try reloadGovernance()
        try RateRecount.run(rateLimits, nowMicros: nowMicros, connection: connection)
    }

    /// Runs what a call's command writes.
    ///
    /// - Throws: what the command threw; unless `isolatesCalls`, the transaction must be rolled back then.
    func asCall<R>(_ body: () throws -> R) throws -> R {
        guard !isolatesCalls else { return try inSavepoint(body) }
        if leaf.count > LedgerLimits.leafBytes { try flushRows() }
        leaf.beginCommand()
        let result = try body()
        succeed()
        return result
    }

    /// Runs one command in a savepoint: everything it wrote, and its journal row, or nothing.
    ///
    /// - Throws: what the command threw; the batch can go on unless the whole transaction is gone.
    func inSavepoint<R>(_ body: () throws -> R) throws -> R {
        try flushRows()
        let index = journal.nextIndex
        do {
            let result = try connection.withSavepoint {
                let result = try body()
                try flushRows()
                return result
            }
            succeed()
            return result
        } catch {
            tables.discard()
            leaf.removeAll()
            effects.removeAll()
            subjects.rollback()
            journal.rewind(to: index)
            throw error
        }
    }

    private func succeed() {
        effects.apply(to: self)
        subjects.commit()
    }

    /// Takes over the governance state that the transaction holds now.
    func reloadGovernance() throws {
        revision = try GovernanceRevision.newest(connection)
        let state = try GovernanceLoader.load(connection: connection, revision: revision)
        snapshot = state.snapshot
        try budgets.load(state.budgets, nowMicros: nowMicros, connection: connection)
        if rateLimits.load(state.rateLimits) {
            try RateRecount.run(rateLimits, nowMicros: nowMicros, connection: connection)
        }
    }

    /// After a governance command: sums of new budgets, the new snapshot. The derived sums of the batch so far are
    /// written first, so that the rebuild sees them.
    func governanceDidChange() throws {
        try accounts.flush(connection)
        try rollups.flush(connection)
        try budgets.flush(connection)
        let before = budgets.records
        try reloadGovernance()
        try budgets.rebuildChanged(since: before, nowMicros: nowMicros, connection: connection)
    }
}
