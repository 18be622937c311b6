internal import NIOCore
internal import NIOPosix
internal import TollbookCore
internal import TollbookPolicy
internal import TollbookWire

extension FrontHandler {
    /// A call about files or batches is whole: it is looked up and read on a background thread.
    func startStored(_ operation: StoredOperation) {
        guard let request, let storage = loop.storage else { return refuse(.ledgerUnavailable) }
        let bytes = request.body.body
        let finished: (scan: ChatRequestScan, hash: [UInt8])
        do throws(WireError) {
            finished = try request.body.finish()
        } catch {
            return refuse(.unreadable(error))
        }
        let preparation = StoredPreparation(
            operation: operation, key: request.key, snapshot: loop.ledger.snapshot,
            acceptedMicros: request.acceptedMicros, body: bytes, boundary: request.head.formBoundary,
            routeName: request.head.headers.route, query: request.head.query)
        phase = .calling
        NIOThreadPool.singleton.runIfActive(eventLoop: loop.eventLoop) { try preparation.run(storage.ledger) }
            .assumeIsolated().whenComplete { [self] result in
                // The connection may have closed meanwhile.
                guard phase == .calling, call == nil, self.request === request else { return }
                _ = loop.readNanos()
                decided(result, operation, finished.scan, finished.hash)
            }
    }

    private func decided(
        _ result: Result<StoredDecision, any Error>, _ operation: StoredOperation, _ scan: ChatRequestScan,
        _ hash: [UInt8]
    ) {
        switch result {
        case .success(.answer(let body)):
            request?.release(loop)
            answer(with: body)
        case .success(.refusal(let error)): refuse(error)
        case .success(.plan(let plan)): begin(plan, operation, scan, hash)
        case .failure: refuse(.ledgerUnavailable)
        }
    }

    private func begin(_ plan: StoredPlan, _ operation: StoredOperation, _ scan: ChatRequestScan, _ hash: [UInt8]) {
        guard let request else { return }
        let body = CallBody(scan: scan, bytes: plan.body ?? request.body.body, hash: hash)
        var intake = makeIntake(request, operation.endpoint, plan.routeName, body)
        intake.passed = plan.line
        intake.query = nil
        intake.stored = plan
        let call = Call(loop: loop, front: self, intake: intake, upload: nil)
        self.call = call
        loop.metrics.requestBytes &+= UInt64(scan.bodyBytes)
        call.start()
    }
}
