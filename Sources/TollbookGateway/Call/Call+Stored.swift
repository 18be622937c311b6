internal import NIOCore
internal import TollbookCore
internal import TollbookLedger
internal import TollbookPolicy
internal import TollbookWire

/// Calls about files and batches: what a provider made is recorded before the caller hears of it.
extension Call {
    /// Records what a whole answer with a success status tells, then settles the call, unless it stays open.
    func record(_ stored: StoredPlan) {
        guard let storage = loop.storage, let request, let progress, let object = StoredObjectText(held),
            StoredOperation.isID(object.id)
        else { return storedAnswerUnusable() }
        let record = StoredRecord(
            recording: stored.recording, object: object, requestID: request.id, key: request.key,
            routeID: request.route.id, provider: progress.target.deployment.provider,
            credential: progress.target.credential, startedMicros: progress.startedMicros)
        isRecording = true
        clearDeadline()
        loop.eventLoop.makeFutureWithTask { [loop] in await storage.take(record, on: loop) }
            .assumeIsolated().whenSuccess { [self] error in
                isRecording = false
                _ = loop.readNanos()
                recorded(stored, error)
            }
    }

    private func recorded(_ stored: StoredPlan, _ error: GatewayError?) {
        guard let error else {
            return stored.staysOpen
                ? answerUnsettled() : settle(.complete(isTerminated: true), finale: .answer, code: .ok)
        }
        guard stored.staysOpen else {
            return settle(.complete(isTerminated: true), finale: .failure(error), code: error.code)
        }
        // The batch runs, and nothing will tell when it has ended.
        reader = nil
        settle(.malformed, finale: .failure(error), code: error.code)
    }

    /// The batch holds what it may cost until it has ended.
    private func answerUnsettled() {
        outcome = .ok
        let front = self.front
        finish()
        front?.answer(with: self, nil)
    }

    /// More than is held of an answer that is to be recorded.
    func storedAnswerTooLarge() {
        connection?.abandon()
        connection = nil
        storedAnswerUnusable()
    }

    /// The provider said yes, and not what it made: if it costs something, the hold is what is known.
    private func storedAnswerUnusable() {
        reader = nil
        settle(.malformed, finale: .failure(.upstream(.upstreamMalformed)), code: .upstreamMalformed)
    }
}
