/// Every bound of the ledger, with its reason and what happens when it is reached.
package enum LedgerLimits {
    /// Commands in one transaction. More would make the first wait for the last; measured, the gain ends near 64.
    package static let commandsPerBatch = 256
    /// Opens and denials waiting for the writer. Full: the call is refused with 503 before anything is written.
    package static let queuedOpens = 4_096
    /// Requests opened and not yet settled. Full: opens are refused, so that a settlement always has its place.
    package static let requestsInFlight = 65_536
    /// Administrative commands waiting for the writer. Full: the command is refused.
    package static let queuedAdministration = 256
    /// Rows of one INSERT, a power of two: beyond, a row gets hardly cheaper and the statement larger.
    package static let rowsPerInsert = 16
    /// Encoded rows of a batch after which they are stored before the next command; keeps the leaf's memory.
    package static let leafBytes = 256 << 10
    /// Random bytes fetched at a time for salts; a multiple of 16.
    package static let saltBlockBytes = 4_096
    /// WAL pages after which the writer checkpoints between two batches (32 MiB). A call alone writes some 34, and one
    /// checkpoint holds one call up for several milliseconds: with 4,000 that was one call in 118, close to the p99.
    package static let checkpointPages = 8_000
    /// How long the writer waits for commands before it takes the moment for idle, and truncates the WAL.
    package static let idleMillis = 200
    /// How often a ledger that cannot commit is tried again, and deferred settlements with it.
    package static let retryMillis = 250
    /// Names, addresses and end users whose pseudonym is remembered; full: forgotten and read again.
    package static let cachedSubjects = 16_384
    /// Combinations of scopes whose budgets are remembered; full: forgotten and found again.
    package static let cachedScopes = 16_384
    /// Budget periods older than this before the one under way are not kept in memory; a clock that is set back farther
    /// makes the gateway not ready.
    package static let budgetSlackMicros: Int64 = 2 * 86_400 * 1_000_000
    /// Periods of one budget in memory; more: the older half is forgotten, `budget_period` has all.
    package static let budgetSlices = 4_096
    /// Tokens of one call that a budget holds at most; no call uses as many.
    package static let heldTokens: Int64 = 1 << 40
    /// Answer tokens that a call in flight takes of a rate limit at most. More would let few long calls shut everybody
    /// else out; what is used beyond it counts from the settlement on.
    package static let reservedOutputTokens: Int64 = 2_048
    /// Denials per key and reason that get rows of their own in one minute; the rest is counted once a second.
    package static let denialRowsPerMinute = 1_000
    /// Disk space kept in reserve so that calls in flight can settle when the disk is full.
    package static let ballastBytes = 16 << 20
    /// SQLite's page cache of the writer, in KiB.
    package static let cacheKibibytes = 8_192
    /// Longest wait of a reader for a lock, which only a checkpoint can hold.
    package static let busyMillis = 5_000
    /// Open webhooks: each has a reader of the journal and a connection of its own. More: the document is refused.
    package static let webhooks = 64
    /// Longest caller's text kept on a request (interaction, tags, end user, upstream id), in bytes.
    package static let textBytes = 2_048
}
