internal import Foundation
package import SQLite
internal import Synchronization
package import TollbookCore
package import TollbookPolicy

/// How a ledger is opened.
package struct LedgerOptions: Sendable {
    /// Disk space kept in reserve, in bytes; 0: none.
    package var ballastBytes: Int = LedgerLimits.ballastBytes
    /// Told what an operator should see; called from the writer's thread.
    package var report: @Sendable (LedgerNotice) -> Void = { _ in }

    package init() {}
}

/// The system of record: one SQLite file, one thread that writes it, acknowledgement after COMMIT.
///
/// Thread-safe. Commands are answered through `LedgerClient` or by `async`; reads use connections of their own.
package final class Ledger: Sendable {
    package let directory: LedgerDirectory
    /// The highest request id in the ledger when it was opened; nil: none.
    package let newestRequestID: RequestID?
    /// The time of the newest journal row when the ledger was opened, microseconds since 1970 UTC; nil: none.
    package let newestMicros: Int64?
    let hasher: SecretHasher
    private let queue = CommandQueue()
    private let metricsRecorder = MetricsRecorder()
    private let current: Mutex<GovernanceSnapshot>
    private let thread: WriterThread
    private let storedReader = Mutex<Connection?>(nil)
    private let clock: any WallClock

    /// Opens the ledger in `directory`: takes the lock, migrates, recovers what a crash left open, starts the writer.
    ///
    /// - Throws: `directory_unusable`, `ledger_locked`, `schema_unknown`, `pragma_not_in_force`, `secret_unusable`, or
    ///   an `SQLiteError`.
    package static func open(
        directory path: String, clock: any WallClock, options: LedgerOptions = LedgerOptions()
    ) throws -> Ledger {
        try ForeignFile.refuse(at: path + "/ledger.db")
        let directory = try LedgerDirectory(path: path)
        let writer = try LedgerWriter(directory: directory, clock: clock)
        try writer.installGenesisIfEmpty()
        let recovered = try writer.recover()
        if recovered > 0 {
            options.report(LedgerNotice(.recovered, message: "\(recovered) requests closed from their holds"))
        }
        return try Ledger(directory: directory, writer: writer, clock: clock, options: options)
    }

    private init(
        directory: LedgerDirectory, writer: sending LedgerWriter, clock: any WallClock, options: LedgerOptions
    )
        throws
    {
        self.directory = directory
        self.clock = clock
        let newest = try NewestRows(writer.connection)
        newestRequestID = newest.requestID
        newestMicros = newest.journalMicros
        hasher = writer.hasher
        current = Mutex(writer.snapshot)
        var ballast = Ballast(path: directory.ballast, bytes: options.ballastBytes)
        metricsRecorder.isReady.store(ballast.hold(), ordering: .relaxed)
        metricsRecorder.logIndex.store(writer.journal.nextIndex - 1, ordering: .relaxed)
        thread = WriterThread()
        let loop = try WriterLoop(
            writer: writer, queue: queue, metrics: metricsRecorder, ballast: ballast,
            publish: { [weak self] snapshot in self?.publish(snapshot) }, report: options.report)
        thread.start(loop)
    }

    /// The newest governance state.
    package var snapshot: GovernanceSnapshot { current.withLock { $0 } }

    /// False while the ledger cannot commit; opens are refused then.
    package var isReady: Bool { metricsRecorder.isReady.load(ordering: .relaxed) }

    /// Reads all metrics of the ledger; from any thread, without waiting for the writer.
    package func metrics() -> LedgerMetrics { metricsRecorder.reading(queue: queue) }

    /// Asks to open a request. False: the queue is full or the ledger not ready; nothing is queued.
    package func submit(open request: OpenRequest, client: any LedgerClient, ticket: UInt64) -> Bool {
        guard isReady else { return false }
        return queue.offer(open: QueuedCall(command: .open(request), client: client, ticket: ticket))
    }

    /// Asks to record a denial. False: the queue is full or the ledger not ready; nothing is queued.
    package func submit(deny request: OpenRequest, status: Int, client: any LedgerClient, ticket: UInt64) -> Bool {
        guard isReady else { return false }
        return queue.offer(
            open: QueuedCall(command: .deny(request, status: status), client: client, ticket: ticket))
    }

    /// Asks to settle an opened request. Never refused while the ledger runs: its place was reserved by the open.
    /// After `shutdown()` the client is told `.settlementDeferred`; the next start closes the request.
    package func submit(settle settlement: Settlement, client: any LedgerClient, ticket: UInt64) {
        if !queue.put(
            settlement: QueuedCall(command: .settle(settlement), client: client, ticket: ticket))
        {
            client.complete([LedgerReply(ticket: ticket, result: .settlementDeferred)])
        }
    }

    /// The keyed hash that a virtual key is found by.
    package func hashSecret(_ secret: UnsafeRawBufferPointer) -> SecretHash? {
        hasher.hash(secret: secret)
    }

    /// A hasher for a request's body.
    package func makeBodyHasher() -> BodyHasher {
        hasher.makeBodyHasher()
    }

    /// Runs an administrative command on the writer's thread, in a savepoint, and answers after COMMIT.
    ///
    /// If the body inserts no truth row, nothing is journaled. A governance command's snapshot is published first.
    /// - Throws: what the body throws; `ledger_unavailable` or `overloaded`.
    package func administer<R: Sendable>(
        _ kind: JournalKind, organizationID: Int64?,
        _ body: @escaping @Sendable (LedgerTransaction) throws -> R
    ) async throws -> R {
        try await perform { try $0.administer(kind, organizationID: organizationID, body) }
    }

    /// Runs a body on the writer's thread in a batch's transaction, and answers after COMMIT.
    ///
    /// - Throws: what the body throws, which must have undone what it wrote; `ledger_unavailable` or `overloaded`.
    func perform<R: Sendable>(_ body: @escaping @Sendable (LedgerWriter) throws -> R) async throws -> R {
        let box = ResultBox<R>()
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            let command = QueuedAdministration(
                run: { writer in box.store(try body(writer)) },
                finish: { error in
                    if let error { continuation.resume(throwing: error) } else { continuation.resume() }
                })
            if !queue.offer(administration: command) {
                continuation.resume(
                    throwing: TollbookError(
                        .overloaded, "the ledger takes no more administrative commands now",
                        hint: "Try again in a moment."))
            }
        }
        guard let result = box.take() else {
            throw TollbookError(.ledgerUnavailable, "the ledger gave no result")
        }
        return result
    }

    /// Gives back the place of a request that stays open for longer than a call.
    func leavePlace() {
        queue.leave(1)
    }

    /// Reads what projects keep at providers, on a connection of its own that one caller uses at a time. Blocks for a
    /// moment.
    package func readStored<R: Sendable>(_ body: @Sendable (borrowing StoredReader) throws -> R) throws -> R {
        try storedReader.withLock { connection in
            if connection == nil { connection = try makeReader() }
            guard let open = connection else { throw TollbookError(.ledgerUnavailable, "the ledger cannot be read") }
            return try body(StoredReader(connection: open))
        }
    }

    /// A connection that can only read. Not Sendable: the caller keeps it on one thread and its reads short.
    package func makeReader() throws -> Connection {
        let connection = try LedgerConnection.openReader(path: directory.database)
        try LedgerConnection.confine(connection)
        return connection
    }

    /// Commits what is queued, checkpoints, closes the file and releases the lock. Blocks; call it once, last.
    package func shutdown() {
        storedReader.withLock { $0 = nil }
        queue.close()
        thread.join()
        directory.release()
    }

    private func publish(_ snapshot: GovernanceSnapshot) {
        current.withLock { current in
            if current !== snapshot { current = snapshot }
        }
    }
}

/// Carries one result from the writer's thread to the command's task.
private final class ResultBox<R: Sendable>: Sendable {
    private let value = Mutex<R?>(nil)

    func store(_ result: R) {
        value.withLock { $0 = result }
    }

    func take() -> R? {
        value.withLock { $0 }
    }
}
