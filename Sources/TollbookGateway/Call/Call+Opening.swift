internal import NIOCore
internal import TollbookCore
internal import TollbookLedger
internal import TollbookPolicy
internal import TollbookWire

extension Call {
    /// Authorizes and plans the call on the newest governance state, and has the ledger open or deny it.
    func start() {
        planAttempts += 1
        let snapshot = loop.ledger.snapshot
        guard let key = snapshot.keys[intake.secretHash] else {
            return answerWithoutSettlement(.unknownKey, hasRow: false)
        }
        switch admission(key, snapshot) {
        case .unknownRoute:
            answerWithoutSettlement(.unknownRoute(intake.model), hasRow: false)
        case .denied(let denial): deny(denial, key: key, snapshot: snapshot)
        case .planned(let plan): admit(plan, key: key, snapshot: snapshot)
        }
    }

    private func admission(_ key: KeyRecord, _ snapshot: GovernanceSnapshot) -> Admission {
        if let stored = intake.stored {
            return Planner.admit(
                intake.facts(routeName: reroutes.last?.name ?? intake.model), pin: stored.pin, key: key,
                snapshot: snapshot)
        }
        return Planner.admit(intake.facts(routeName: reroutes.last?.name ?? intake.model), key: key, snapshot: snapshot)
        { target in
            translation?.verdict(for: target) ?? .translates(notes: nil)
        }
    }

    /// The governance state changed between planning and opening.
    func replan() {
        guard machine.stop == nil else { return finish() }
        guard planAttempts < GatewayLimits.planAttempts else {
            return answerWithoutSettlement(.overloaded, hasRow: false)
        }
        start()
    }

    /// Has the ledger open it; the call has its place.
    func open(_ plan: Plan, key: KeyRecord, snapshot: GovernanceSnapshot) {
        targets = plan.targets
        let request = makeRequest(
            key: key, route: plan.route, snapshot: snapshot, decisions: decisions(of: plan, key: key),
            plan: plan)
        self.request = request
        setDeadline(inMillis: loop.configuration.timeouts.openMillis)
        guard let mailbox = loop.mailbox, loop.ledger.submit(open: request, client: mailbox, ticket: takeTicket())
        else { return notQueued() }
    }

    private func deny(_ denial: Denial, key: KeyRecord, snapshot: GovernanceSnapshot) {
        guard let route = denial.route else {
            return answerWithoutSettlement(.unknownRoute(intake.model), hasRow: false)
        }
        if denial.reason == .untranslatableField, let unreadable = translation?.unreadable {
            return answerWithoutSettlement(.unreadable(unreadable), hasRow: false)
        }
        deny(
            .denied(denial, translation?.refusal), route, decisions: rerouteDecisions + denial.decisions, key: key,
            snapshot: snapshot)
    }

    /// Has the ledger record a refusal, which the caller is told then.
    func deny(
        _ error: GatewayError, _ route: RouteRecord, decisions: [Decision], key: KeyRecord,
        snapshot: GovernanceSnapshot
    ) {
        guard takeRecordPlace() else { return notQueued() }
        self.denial = error
        let request = makeRequest(key: key, route: route, snapshot: snapshot, decisions: decisions, plan: nil)
        self.request = request
        setDeadline(inMillis: loop.configuration.timeouts.openMillis)
        guard let mailbox = loop.mailbox,
            loop.ledger.submit(deny: request, status: error.status, client: mailbox, ticket: takeTicket())
        else { return notQueued() }
    }

    /// The ledger took nothing: it cannot commit, or its queue is full.
    private func notQueued() {
        answerWithoutSettlement(loop.ledger.isReady ? .overloaded : .ledgerUnavailable, hasRow: false)
    }

    private func makeRequest(
        key: KeyRecord, route: RouteRecord, snapshot: GovernanceSnapshot, decisions: [Decision], plan: Plan?
    ) -> OpenRequest {
        OpenRequest(
            id: request?.id ?? loop.nextID(nowMicros: intake.acceptedMicros), acceptedMicros: intake.acceptedMicros,
            key: key, endUser: intake.endUser, address: intake.address, interaction: intake.interaction,
            tags: intake.tags, endpoint: intake.endpoint, dialect: intake.endpoint.dialect, route: route,
            isStream: intake.scan.stream, bodyBytes: upload == nil ? Int64(intake.body.readableBytes) : 0,
            bodyHash: intake.bodyHash, estimatedInputTokens: intake.estimatedInputTokens,
            heldOutputTokens: plan?.heldOutputTokens ?? 0, revision: snapshot.revision, traceID: intake.traceID,
            decisions: decisions, target: plan?.targets.first, hold: plan?.hold, currency: plan?.currency)
    }

    /// The request row and its hold are durable.
    func opened() {
        openedNanos = loop.readNanos()
        switch machine.opened() {
        case .attempt: if isToBeEstimated { answerWithEstimate() } else { tryTarget(0) }
        case .settleUnused(let stop): settleUnused(stop)
        }
    }
}
