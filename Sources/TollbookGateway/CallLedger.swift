package import TollbookCore
package import TollbookLedger
package import TollbookPolicy

/// What the data plane needs of the ledger. `Ledger` is one; tests script their own.
package protocol CallLedger: AnyObject, Sendable {
    /// The newest governance state; cheap.
    var snapshot: GovernanceSnapshot { get }
    /// The highest request id in the ledger when it was opened; nil: none.
    var newestRequestID: RequestID? { get }
    /// False while the ledger cannot commit.
    var isReady: Bool { get }
    /// Opens a request. The answer comes to `client` under `ticket`; false: nothing was queued.
    func submit(open: OpenRequest, client: any LedgerClient, ticket: UInt64) -> Bool
    /// Records a refusal that the caller gets as `status`; as `submit(open:client:ticket:)`.
    func submit(deny: OpenRequest, status: Int, client: any LedgerClient, ticket: UInt64) -> Bool
    /// Settles an opened request. Never refused: its place was reserved by the open.
    func submit(settle: Settlement, client: any LedgerClient, ticket: UInt64)
    /// The keyed hash by which a virtual key is found; nil: not hashable, hence unknown.
    func hashSecret(_ secret: UnsafeRawBufferPointer) -> SecretHash?
    /// A hasher for one body; a copy of an unused one serves the next body.
    func makeBodyHasher() -> BodyHasher
}

/// What the data plane needs of a ledger that records files and batches.
package protocol StoredLedger: CallLedger {
    /// Reads what projects keep at providers. Blocks for a moment.
    func readStored<R: Sendable>(_ body: @Sendable (borrowing StoredReader) throws -> R) throws -> R
    /// Records a file that a provider has taken.
    func record(_ file: StoredFile, object: String, organizationID: Int64) async throws
    /// Records a batch that a provider has taken; its request stays open until it is settled.
    func record(
        batch upstreamID: String, of requestID: RequestID, fileID: Int64, startedMicros: Int64, object: String,
        organizationID: Int64) async throws
    /// Records that a file was deleted at its provider.
    func recordDeletion(ofFile id: Int64, by requestID: RequestID, organizationID: Int64) async throws
    /// Keeps what a provider told of a batch last.
    func note(_ object: String, of batch: StoredBatch) async throws
    /// Settles a batch by its results; false when it had been settled before.
    func settle(_ batch: StoredBatch, _ end: BatchEnd) async throws -> Bool
}

extension Ledger: StoredLedger {}
