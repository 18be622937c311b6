internal import Logging
internal import NIOCore
internal import NIOPosix
internal import Synchronization
internal import TollbookCore
internal import TollbookLedger
internal import TollbookPolicy
internal import TollbookWire

/// Looks at the batches that run at providers, again and again, so that each is settled whether its caller asks or not.
final class BatchWatch: Sendable {
    private struct Turn {
        var dueNanos: UInt64
        var delayMillis: Int64
    }

    private let service: StoredService
    private let loop: GatewayLoop
    private let firstMillis: Int64
    /// By the batch's request.
    private let turns = Mutex<[Int64: Turn]>([:])

    /// - Parameter loop: where providers are asked.
    init(_ service: StoredService, on loop: GatewayLoop) {
        self.service = service
        self.loop = loop
        firstMillis = max(1, loop.configuration.timeouts.batchPollMillis)
    }

    /// Looks for batches that are due, until the task is cancelled.
    func start() -> RepeatedTask {
        let interval = TimeAmount.milliseconds(min(firstMillis, 1_000))
        return loop.eventLoop.scheduleRepeatedAsyncTask(initialDelay: interval, delay: interval) { [self] _ in
            loop.eventLoop.makeFutureWithTask { [self] in await lookAtDue() }
        }
    }

    private func lookAtDue() async {
        let ledger = service.ledger
        let read = try? await NIOThreadPool.singleton.runIfActive {
            try ledger.readStored { try $0.openBatches(limit: GatewayLimits.watchedBatches) }
        }
        guard let open = read else { return }
        let due = due(among: open)
        for start in stride(from: 0, to: due.count, by: GatewayLimits.batchLooks) {
            await withTaskGroup(of: Void.self) { group in
                for batch in due[start..<min(due.count, start + GatewayLimits.batchLooks)] {
                    group.addTask { [self] in await look(at: batch) }
                }
            }
        }
    }

    /// Those whose time has come; each gets its next time.
    private func due(among open: [StoredBatch]) -> [StoredBatch] {
        let now = NIODeadline.now().uptimeNanoseconds
        return turns.withLock { turns in
            let ids = Set(open.map(\.requestID.rawValue))
            turns = turns.filter { ids.contains($0.key) }
            return open.filter { batch in
                let id = batch.requestID.rawValue
                guard let turn = turns[id] else {
                    // One found at the start may have ended long ago; a new one has just been answered.
                    turns[id] = Turn(dueNanos: Self.after(now, firstMillis), delayMillis: firstMillis)
                    return isOlder(batch, thanMillis: firstMillis)
                }
                guard turn.dueNanos <= now else { return false }
                let delay = min(turn.delayMillis + turn.delayMillis / 2, GatewayLimits.batchPollMostMillis)
                turns[id] = Turn(dueNanos: Self.after(now, delay), delayMillis: delay)
                return true
            }
        }
    }

    private static func after(_ nanos: UInt64, _ millis: Int64) -> UInt64 { nanos &+ UInt64(millis) &* 1_000_000 }

    private func isOlder(_ batch: StoredBatch, thanMillis millis: Int64) -> Bool {
        loop.configuration.clock.nowMicros() - batch.acceptedMicros > millis * 1_000
    }

    private func look(at batch: StoredBatch) async {
        do {
            guard let source = source(of: batch) else { return try await giveUpIfOld(batch) }
            let answer = try await source.object("/batches/\(batch.upstreamID)")
            guard (200..<300).contains(answer.status), let object = StoredObjectText(answer.body) else {
                return try await giveUpIfOld(batch)
            }
            try await service.take(object, of: batch, source)
        } catch is UpstreamExchange.Failure {
            try? await giveUpIfOld(batch)
        } catch {
            service.logger.error(
                "a batch could not be settled; it is tried again",
                metadata: ["request": "\(batch.requestID.text)", "error": "\(error)"])
        }
    }

    /// The provider as it is now, with the credential that made the batch; nil: there is none any more.
    private func source(of batch: StoredBatch) -> BatchSource? {
        let snapshot = service.ledger.snapshot
        guard let provider = snapshot.providers[batch.file.providerID] else { return nil }
        let credentials = snapshot.credentials
        let own = batch.file.credentialID.flatMap { credentials[$0] }
        // A credential that was replaced is most often of the same account.
        let other = credentials.values.filter { credential in
            credential.providerID == provider.id && (credential.projects?.contains(batch.file.projectID) ?? true)
        }.min { $0.id < $1.id }
        return BatchSource(provider: provider, credential: own ?? other, loop: loop)
    }

    /// Charges the hold of a batch that was asked for in vain for long enough.
    private func giveUpIfOld(_ batch: StoredBatch) async throws {
        guard isOlder(batch, thanMillis: GatewayLimits.batchGiveUpMillis) else { return }
        _ = try await service.ledger.settle(batch, BatchResults.unknown(batch))
        service.logger.error(
            "a batch's results never came; its hold is charged",
            metadata: ["request": "\(batch.requestID.text)"])
    }
}
