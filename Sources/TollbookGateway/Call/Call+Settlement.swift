internal import NIOCore
internal import TollbookCore
internal import TollbookLedger
internal import TollbookPolicy
internal import TollbookWire

/// What the caller gets once the settlement is durable.
enum Finale {
    /// The provider's answer, which was held whole.
    case answer
    /// The gateway's own estimate of the prompt's tokens.
    case estimate
    /// The last bytes of a relayed answer.
    case relayedTail
    /// The cost comment, the terminal event if the provider sent one, and the end of the stream.
    case streamEnd
    /// An error: as an answer, as an event in a stream, or by breaking a relayed answer off.
    case failure(GatewayError)
    /// The client has gone.
    case nothing
}

extension Call {
    /// Ends the attempt and has the ledger settle the call.
    func settle(_ ending: AttemptEnding, finale: Finale, code: AnswerCode) {
        guard machine.phase != .opening, machine.phase != .waiting, progress != nil else { return }
        if case .failure = finale, isCounted, ending != .shutdown { return settleCountFailed(ending) }
        guard let resolution = endAttempt(ending) else { return }
        submitSettlement(
            status: status(finale), endReason: resolution.endReason, caveat: resolution.caveat, finale: finale,
            code: code)
    }

    /// Adds the attempt's record; nil: the call is being settled already.
    private func endAttempt(_ ending: AttemptEnding) -> Resolution? {
        guard let progress else { return nil }
        var summary = reader?.summary() ?? AnswerSummary()
        summary.evidence.wasDispatched = progress.wasDispatched
        summary.evidence.isRequestWhole = upload?.isWhole ?? true
        let resolution = Resolution(ending, summary.evidence, progress.terms(of: intake))
        self.progress = nil
        guard machine.settling() else { return nil }
        upstreamEndNanos = loop.readNanos()
        var record = progress.record(
            nanos: upstreamEndNanos, errorClass: resolution.errorClass, charges: resolution.charges)
        if summary.model != progress.target.deployment.model { record.servedModel = summary.model }
        record.upstreamRequestID = progress.upstreamRequestID ?? summary.responseID
        record.rawUsage = summary.rawUsage
        attempts.append(record)
        return resolution
    }

    /// Ends the attempt at a provider's counter that told no count: the estimate is the answer.
    func settleCountFailed(_ ending: AttemptEnding) {
        guard endAttempt(ending) != nil else { return }
        submitSettlement(status: 200, endReason: .completed, caveat: .usageEstimated, finale: .estimate, code: .ok)
    }

    /// Settles a call none of whose targets could be reached.
    func settleFailed(_ error: GatewayError) {
        guard machine.settling() else { return }
        upstreamEndNanos = loop.readNanos()
        submitSettlement(
            status: error.status, endReason: .error, caveat: nil, finale: .failure(error), code: error.code)
    }

    /// Settles a call that no provider is asked for: its tokens are to be counted, and the target counts none.
    func answerWithEstimate() {
        guard machine.settling() else { return }
        if attempts.isEmpty { upstreamStartNanos = openedNanos }
        upstreamEndNanos = attempts.isEmpty ? openedNanos : loop.readNanos()
        submitSettlement(status: 200, endReason: .completed, caveat: .usageEstimated, finale: .estimate, code: .ok)
    }

    /// Settles a call that was stopped before its first attempt.
    func settleUnused(_ stop: CallStateMachine.Stop) {
        guard machine.settling() else { return }
        upstreamStartNanos = openedNanos
        upstreamEndNanos = openedNanos
        switch stop {
        case .clientGone:
            submitSettlement(
                status: Self.clientGoneStatus, endReason: .clientGone, caveat: nil, finale: .nothing,
                code: .clientGone)
        case .shutdown:
            submitSettlement(
                status: GatewayError.shuttingDown.status, endReason: .error, caveat: .shutdown, finale: .nothing,
                code: .shuttingDown)
        case .openTimeout:
            submitSettlement(
                status: GatewayError.ledgerUnavailable.status, endReason: .error, caveat: nil, finale: .nothing,
                code: .ledgerUnavailable)
        }
    }

    private func submitSettlement(
        status: Int, endReason: EndReason, caveat: Caveat?, finale: Finale, code: AnswerCode
    ) {
        guard let request, let mailbox = loop.mailbox else { return }
        clearDeadline()
        self.finale = finale
        outcome = code
        let settlement = Settlement(
            request: request, attempts: attempts, endedMicros: loop.configuration.clock.nowMicros(), status: status,
            endReason: endReason, caveat: caveat,
            openedAfterMicros: Int64((openedNanos &- intake.acceptedNanos) / 1_000), upload: upload?.record,
            decisions: crossing == nil ? [] : answerDecisions(request))
        loop.ledger.submit(settle: settlement, client: mailbox, ticket: takeTicket())
    }

    /// What was decided on a translated answer.
    private func answerDecisions(_ request: OpenRequest) -> [Decision] {
        guard let loss = crossing?.loss else { return [] }
        return [
            Decision(
                stage: .relay, policyKind: .route, policyID: request.route.id, policyVersion: request.route.version,
                verdict: .redact, reason: .answerFieldsDropped, deploymentID: attempts.last?.target.deployment.id,
                detail: loss)
        ]
    }

    /// nginx's number for a client that closed its request.
    private static let clientGoneStatus = 499

    /// The status that the caller got, or would have got.
    private func status(_ finale: Finale) -> Int {
        let received = answer?.status
        switch finale {
        case .answer, .estimate, .relayedTail, .streamEnd: return received ?? 200
        case .failure(let error): return isAnswerBegun ? received ?? error.status : error.status
        case .nothing: return received ?? Self.clientGoneStatus
        }
    }

    /// Whether the caller has got a head.
    var isAnswerBegun: Bool { isRelaying || (reader.map { $0.form != .plain } ?? false) }

    // MARK: After the commit

    func settled(_ receipt: SettlementReceipt) {
        let front = self.front
        let finale = self.finale
        finish()
        defer { recordLatency() }
        guard let front else { return }
        switch finale {
        case .answer: front.answer(with: self, receipt)
        case .estimate: front.answer(withEstimateFor: self, receipt)
        case .relayedTail: front.endRelay(with: withheld)
        // An array and lines have no place for a comment, and Google's SDKs take one in a stream of events for broken
        // JSON.
        case .streamEnd where intake.endpoint.dialect == .gemini || passesBareStream:
            front.endRelay(with: terminalEvent)
        case .streamEnd: front.endStream(of: self, receipt, terminalEvent: terminalEvent)
        case .failure(let error): fail(error, front, receipt)
        case .nothing: front.close()
        }
    }

    /// The ledger could not commit the settlement and retries it: the answer must not look complete.
    func settlementDeferred() {
        let front = self.front
        outcome = .ledgerUnavailable
        finish()
        guard let front else { return }
        if case .failure(let error) = finale { return fail(error, front, nil) }
        fail(.ledgerUnavailable, front, nil)
    }

    private func fail(_ error: GatewayError, _ front: FrontHandler, _ receipt: SettlementReceipt?) {
        if isRelaying {
            front.close()
        } else if reader?.form == .stream, !(crossing?.context.isArray ?? false) {
            front.endStream(of: self, with: error)
        } else if reader?.form == .lines {
            front.endRelay(with: error.line())
        } else if let reader, reader.form != .plain {
            front.endArray(of: self, with: error, isBegun: reader.hasPassedOn)
        } else {
            front.answer(error, of: self, receipt)
        }
    }

    /// Counts the time from the request's last byte to now, less the provider's.
    private func recordLatency() {
        guard wasDispatched else { return }
        let total = loop.readNanos() &- intake.acceptedNanos
        let upstream = upstreamEndNanos &- upstreamStartNanos
        loop.metrics.addedLatency.record(micros: Int64((total &- upstream) / 1_000))
    }
}
