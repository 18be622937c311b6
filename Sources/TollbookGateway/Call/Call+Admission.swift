internal import TollbookCore
internal import TollbookLedger
internal import TollbookPolicy

/// A call's place among the calls in flight: it is taken before the ledger is asked, and held until the settlement.
extension Call {
    /// Opens a planned call if there is a place for it; else it waits, or is refused.
    func admit(_ plan: Plan, key: KeyRecord, snapshot: GovernanceSnapshot) {
        switch turn {
        case .none:
            let places = loop.places(of: key.project.id)
            guard loop.gate.enter(places) else { return wait(for: places, plan, key: key, snapshot: snapshot) }
            turn = .placed(places)
            open(plan, key: key, snapshot: snapshot)
        case .placed: open(plan, key: key, snapshot: snapshot)
        case .waiting: preconditionFailure("a call that waits is planned again when it has its answer")
        case .stopped:
            guard takeRecordPlace() else { return finish() }
            open(plan, key: key, snapshot: snapshot)
        case .shed(let shed): refuse(shed, plan, key: key, snapshot: snapshot)
        }
    }

    private func wait(for places: ProjectPlaces, _ plan: Plan, key: KeyRecord, snapshot: GovernanceSnapshot) {
        let waiter = CallGate.Waiter(loop: loop, ticket: takeTicket(), places: places)
        switch loop.gate.wait(waiter, share: key.project.share) {
        case .entered:
            turn = .placed(places)
            open(plan, key: key, snapshot: snapshot)
        case .queued(let number):
            turn = .waiting(number, places)
            machine.waits()
            queuedNanos = loop.readNanos()
            setDeadline(inMillis: loop.configuration.timeouts.queueMillis)
        case .full:
            turn = .shed(.queueFull)
            refuse(.queueFull, plan, key: key, snapshot: snapshot)
        }
    }

    /// The plan's decisions; behind them, that the call had to wait, if it had to.
    func decisions(of plan: Plan, key: KeyRecord) -> [Decision] {
        let decisions = rerouteDecisions + plan.decisions
        guard let waitedMillis else { return decisions }
        return decisions + [key.queued(millis: waitedMillis)]
    }

    private func refuse(_ shed: AdmissionShed, _ plan: Plan, key: KeyRecord, snapshot: GovernanceSnapshot) {
        loop.metrics.count(shed)
        let decision = key.overloaded(shed, millis: waitedMillis ?? 0)
        deny(
            .overloaded(shed), plan.route, decisions: rerouteDecisions + plan.decisions + [decision], key: key,
            snapshot: snapshot)
    }

    // MARK: After a wait

    /// The gate's answer to a call that waits.
    func gateAnswered(_ answer: CallGate.Answer) {
        switch answer {
        case .admitted(let places): turn = .placed(places)
        case .displaced: turn = machine.stop == nil ? .shed(.displaced) : .stopped
        }
        resume()
    }

    /// It waited as long as calls may.
    func queueTimedOut() {
        guard withdraw() else { return clearDeadline() }
        turn = .shed(.waitedTooLong)
        resume()
    }

    /// A stop reached it while it waited. It is opened all the same and settled unused: its row says what became of it.
    func leaveQueue(_ reason: CallStateMachine.Stop) {
        if reason == .clientGone {
            outcome = .clientGone
        } else {
            answerAhead(reason)
        }
        // The place that is on its way brings it here.
        guard withdraw() else { return }
        turn = .stopped
        resume()
    }

    private func withdraw() -> Bool {
        guard case .waiting(let number, let places) = turn else { return false }
        return loop.gate.withdraw(number, places)
    }

    /// Plans it again: the governance state may have changed meanwhile.
    private func resume() {
        let nanos = loop.readNanos() &- queuedNanos
        waitedMillis = Int64(nanos / 1_000_000)
        loop.metrics.admissionWait.record(micros: Int64(nanos / 1_000))
        machine.resumes()
        planAttempts = 0
        start()
    }

    // MARK: End

    /// Gives the call's place to the next one.
    func leaveGate() {
        if case .placed(let places) = turn {
            turn = .none
            loop.gate.leave(places)
        }
        if holdsRecordPlace {
            holdsRecordPlace = false
            loop.giveRecordPlaceBack()
        }
    }

    /// Takes a place among the calls without one in flight that are to be recorded; false: there are too many.
    func takeRecordPlace() -> Bool {
        if !holdsRecordPlace { holdsRecordPlace = loop.takeRecordPlace() }
        return holdsRecordPlace
    }
}
