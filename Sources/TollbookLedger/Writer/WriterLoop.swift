internal import SQLite
internal import Synchronization
internal import TollbookCore
internal import TollbookPolicy

/// The writer's thread: takes batches, commits them, answers, checkpoints, and recovers from a full disk.
///
/// `run()` is called once, on a thread of its own; everything here is used by that thread only.
final class WriterLoop {
    private let writer: LedgerWriter
    private let queue: CommandQueue
    private let metrics: MetricsRecorder
    private let publish: (GovernanceSnapshot) -> Void
    private let report: @Sendable (LedgerNotice) -> Void
    private var ballast: Ballast
    /// Settlements that could not commit, or that failed alone; tried again, then closed as after a crash.
    private var deferred: [QueuedCall] = []
    private var lastRetry = ContinuousClock.now
    private var walFrames = 0
    private var unreadySinceMicros: Int64?
    private var refusedSince = 0

    init(
        writer: LedgerWriter, queue: CommandQueue, metrics: MetricsRecorder, ballast: Ballast,
        publish: @escaping (GovernanceSnapshot) -> Void, report: @escaping @Sendable (LedgerNotice) -> Void
    ) throws {
        self.writer = writer
        self.queue = queue
        self.metrics = metrics
        self.ballast = ballast
        self.publish = publish
        self.report = report
        try writer.connection.setLogHook { [metrics] frames in
            metrics.walFrames.store(frames, ordering: .relaxed)
        }
    }

    /// Serves the queue until it is closed and empty.
    func run() {
        while true {
            let isTroubled = unreadySinceMicros != nil || !deferred.isEmpty
            let batch = queue.take(waitMillis: isTroubled ? LedgerLimits.retryMillis : LedgerLimits.idleMillis)
            if batch.isClosed && batch.isIdle {
                finish()
                return
            }
            if batch.isIdle {
                idle()
            } else {
                process(batch.calls, batch.administration)
                retryIfDue()
            }
            checkpointIfDue(isIdle: batch.isIdle)
        }
    }

    private func process(_ calls: [QueuedCall], _ administration: [QueuedAdministration]) {
        let start = ContinuousClock.now
        do {
            try writer.begin()
            let results = try execute(calls)
            var failures: [(any Error)?] = []
            for command in administration { failures.append(try execute(command)) }
            try flushCountedDenials()
            try writer.commit()
            metrics.commitMicros.add((ContinuousClock.now - start).inMicros)
            metrics.batchSize.add(Int64(calls.count + administration.count))
            metrics.logIndex.store(writer.journal.nextIndex - 1, ordering: .relaxed)
            publish(writer.snapshot)
            acknowledge(calls, results)
            for (command, failure) in zip(administration, failures) { command.finish(failure) }
        } catch {
            failed(calls, administration, error)
        }
    }

    /// Runs the calls of a batch in its open transaction. When one of them fails, all are undone and run again, each
    /// in a savepoint, so that it fails alone. Only an error that ends the whole transaction is thrown on.
    private func execute(_ calls: [QueuedCall]) throws -> [LedgerResult] {
        let flood = writer.flood
        do {
            let results = try calls.map { try run($0.command) }
            try writer.flushRows()
            return results
        } catch {
            guard writer.connection.isInTransaction, !Self.endsBatch(error) else { throw error }
            try writer.rollback()
            writer.flood = flood
            try writer.begin()
            writer.isolatesCalls = true
            defer { writer.isolatesCalls = false }
            return try calls.map { try executeAlone($0) }
        }
    }

    private func executeAlone(_ call: QueuedCall) throws -> LedgerResult {
        do {
            return try run(call.command)
        } catch {
            guard writer.connection.isInTransaction, !Self.endsBatch(error) else { throw error }
            report(LedgerNotice(.commandFailed, error))
            return Self.failure(of: call.command)
        }
    }

    private func run(_ command: CallCommand) throws -> LedgerResult {
        switch command {
        case .open(let request): try writer.open(request)
        case .deny(let request, let status): try writer.deny(request, status: status)
        case .settle(let settlement): try writer.settle(settlement)
        }
    }

    private func execute(_ command: QueuedAdministration) throws -> (any Error)? {
        do {
            try command.run(writer)
            return nil
        } catch {
            guard writer.connection.isInTransaction, !Self.endsBatch(error) else { throw error }
            return error
        }
    }

    /// The batch did not commit: gives the ballast back, settles what can be settled, refuses the rest.
    private func failed(_ calls: [QueuedCall], _ administration: [QueuedAdministration], _ error: any Error) {
        metrics.failedBatches.add(1, ordering: .relaxed)
        report(LedgerNotice(.commitFailed, error))
        becomeUnready()
        restore()
        var settlements: [QueuedCall] = []
        var refused: [QueuedCall] = []
        for call in calls {
            if case .settle = call.command { settlements.append(call) } else { refused.append(call) }
        }
        refusedSince += refused.count
        queue.leave(refused.count)
        answer(refused, refused.map { _ in .unavailable })
        let failure = TollbookError(
            .ledgerUnavailable, "the ledger cannot commit", hint: "Check the free disk space; nothing was changed.")
        for command in administration { command.finish(failure) }
        guard !settlements.isEmpty, !settle(settlements) else { return }
        answer(settlements, settlements.map { _ in .settlementDeferred })
        keep(settlements)
    }

    /// Commits settlements alone. True when they are durable and answered.
    private func settle(_ calls: [QueuedCall]) -> Bool {
        do {
            try writer.begin()
            let results = try execute(calls)
            try writer.commit()
            metrics.logIndex.store(writer.journal.nextIndex - 1, ordering: .relaxed)
            acknowledge(calls, results)
            return true
        } catch {
            report(LedgerNotice(.commitFailed, error))
            restore()
            return false
        }
    }

    /// Tries deferred settlements and, when the ledger was not ready, whether it can commit again.
    private func idle() {
        guard retryDeferred() else { return }
        if unreadySinceMicros != nil { becomeReadyIfPossible() }
        if writer.flood.hasCounted { process([], []) }
    }

    /// A busy queue never idles: what is owed is tried between two batches then.
    private func retryIfDue() {
        guard !deferred.isEmpty, unreadySinceMicros == nil,
            ContinuousClock.now - lastRetry >= .milliseconds(LedgerLimits.retryMillis)
        else { return }
        _ = retryDeferred()
    }

    /// Settles what is owed; false when the ledger cannot commit.
    private func retryDeferred() -> Bool {
        guard !deferred.isEmpty else { return true }
        lastRetry = .now
        guard settleDeferred(deferred) else { return false }
        deferred.removeAll()
        metrics.deferredSettlements.store(0, ordering: .relaxed)
        return true
    }

    /// After the COMMIT: gives places back, keeps the settlements that failed alone, and answers.
    private func acknowledge(_ calls: [QueuedCall], _ results: [LedgerResult]) {
        queue.leave(results.count(where: Self.endsPlace))
        keep(zip(calls, results).filter { Self.isDeferred($1) }.map(\.0))
        answer(calls, results)
    }

    /// Settlements to try again.
    private func keep(_ settlements: [QueuedCall]) {
        guard !settlements.isEmpty else { return }
        if deferred.isEmpty { lastRetry = .now }
        deferred += settlements
        metrics.deferredSettlements.store(deferred.count, ordering: .relaxed)
    }

    /// Their clients were told already; only the rows are owed. What fails alone once more is closed as a crash would
    /// close it: the hold is posted, as estimated.
    private func settleDeferred(_ calls: [QueuedCall]) -> Bool {
        do {
            try writer.begin()
            let results = try execute(calls)
            for (call, result) in zip(calls, results) where Self.isDeferred(result) {
                try closeAsAfterCrash(call)
            }
            try writer.commit()
            queue.leave(calls.count)
            return true
        } catch {
            restore()
            return false
        }
    }

    /// A request that cannot even be closed so stays open until the next start.
    private func closeAsAfterCrash(_ call: QueuedCall) throws {
        guard case .settle(let settlement) = call.command else { return }
        writer.isolatesCalls = true
        defer { writer.isolatesCalls = false }
        do {
            try writer.recover([settlement.request.id])
        } catch {
            guard writer.connection.isInTransaction, !Self.endsBatch(error) else { throw error }
            report(LedgerNotice(.settlementsLeft, error))
        }
    }

    private func becomeUnready() {
        ballast.release()
        metrics.isReady.store(false, ordering: .relaxed)
        if unreadySinceMicros == nil { unreadySinceMicros = writer.clock.nowMicros() }
    }

    /// Ready again means: the ballast is back, and a row that names the gap is committed.
    private func becomeReadyIfPossible() {
        guard let since = unreadySinceMicros, ballast.hold() else { return }
        do {
            try writer.begin()
            try writer.record(
                action: "ledger.gap", objectKind: nil, objectID: nil,
                detail: "{\"from_micros\":\(since),\"to_micros\":\(writer.nowMicros),\"refused\":\(refusedSince)}")
            try writer.commit()
            unreadySinceMicros = nil
            refusedSince = 0
            metrics.isReady.store(true, ordering: .relaxed)
            report(LedgerNotice(.readyAgain, nil))
        } catch {
            ballast.release()
            restore()
        }
    }

    private func flushCountedDenials() throws {
        for due in writer.flood.takeDue(nowMicros: writer.nowMicros) {
            try writer.record(
                action: "calls.denied", objectKind: "api_key", objectID: due.key.keyID,
                detail: "{\"reason\":\"\(due.key.reason.name)\",\"count\":\(due.count)}")
        }
    }

    /// Reads back what memory mirrors; a file that cannot be read leaves the ledger unready, tried again later.
    private func restore() {
        do {
            try writer.rollback()
        } catch {
            report(LedgerNotice(.commitFailed, error))
        }
    }

    private func checkpointIfDue(isIdle: Bool) {
        let frames = metrics.walFrames.load(ordering: .relaxed)
        guard frames >= LedgerLimits.checkpointPages || (isIdle && frames > 0) else { return }
        let start = ContinuousClock.now
        do {
            let result = try writer.connection.checkpoint(isIdle ? .truncate : .passive)
            if result.logFrames == result.checkpointedFrames, !result.isBusy {
                metrics.walFrames.store(0, ordering: .relaxed)
            }
        } catch {
            report(LedgerNotice(.checkpointFailed, error))
        }
        let micros = (ContinuousClock.now - start).inMicros
        if micros > metrics.longestCheckpointMicros.load(ordering: .relaxed) {
            metrics.longestCheckpointMicros.store(micros, ordering: .relaxed)
        }
    }

    private func finish() {
        if !deferred.isEmpty, !settleDeferred(deferred) {
            report(LedgerNotice(.settlementsLeft, nil))
        }
        _ = try? writer.connection.checkpoint(.truncate)
        try? writer.connection.close()
    }

    /// One call of each client with everything that concerns it.
    private func answer(_ calls: [QueuedCall], _ results: [LedgerResult]) {
        var groups: [(client: any LedgerClient, replies: [LedgerReply])] = []
        for (call, result) in zip(calls, results) {
            let reply = LedgerReply(ticket: call.ticket, result: result)
            if let index = groups.firstIndex(where: { $0.client === call.client }) {
                groups[index].replies.append(reply)
            } else {
                groups.append((call.client, [reply]))
            }
        }
        for group in groups { group.client.complete(group.replies) }
    }

    /// Whether the request gives its place in the queue back.
    private static func endsPlace(_ result: LedgerResult) -> Bool {
        if case .opened = result { return false }
        return !isDeferred(result)
    }

    private static func isDeferred(_ result: LedgerResult) -> Bool {
        if case .settlementDeferred = result { return true }
        return false
    }

    private static func failure(of command: CallCommand) -> LedgerResult {
        if case .settle = command { return .settlementDeferred }
        return .unavailable
    }

    /// Errors after which nothing else of the batch can be trusted to commit.
    private static func endsBatch(_ error: any Error) -> Bool {
        guard let error = error as? SQLiteError else { return false }
        switch error.code.primary {
        case .full, .ioError, .corrupt, .notADatabase, .readOnly, .cannotOpen, .noMemory: return true
        default: return error.isDiskFull
        }
    }
}

extension Duration {
    /// Whole microseconds.
    var inMicros: Int64 {
        components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
    }
}
