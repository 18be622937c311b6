internal import TollbookCore
internal import TollbookLedger
internal import TollbookPolicy

/// A route that a budget without room has put in place of another.
struct Reroute {
    let name: String
    /// Why, for the call's record.
    let decision: Decision
}

extension Call {
    /// The decisions that brought the call to its route, ahead of its plan's; usually none.
    var rerouteDecisions: [Decision] { reroutes.map(\.decision) }

    /// A budget has no room for the call, and names a cheaper route: it is planned again with that one.
    func reroute(_ reroute: BudgetReroute) {
        guard machine.stop == nil else { return finish() }
        let snapshot = loop.ledger.snapshot
        guard let key = snapshot.keys[intake.secretHash], let asked = request?.route else {
            return answerWithoutSettlement(.unknownKey, hasRow: false)
        }
        let route = snapshot.routesInOrder.first { $0.id == reroute.routeID }
        guard let route, route.id != asked.id, intake.stored == nil, reroutes.count < GatewayLimits.budgetReroutes
        else { return refuseReroute(reroute, asked, key: key, snapshot: snapshot) }
        reroutes.append(
            Reroute(
                name: route.name,
                decision: Decision(
                    stage: .plan, policyKind: .route, policyID: asked.id, policyVersion: asked.version,
                    verdict: .fallBack, reason: .budgetFallback,
                    detail: "budget \(reroute.budgetName) has no room: \(route.name) serves in place of \(asked.name)"))
        )
        planAttempts = 0
        start()
    }

    /// The cheaper route is closed, or the call cannot be served by another: the budget refuses it.
    private func refuseReroute(
        _ reroute: BudgetReroute, _ asked: RouteRecord, key: KeyRecord, snapshot: GovernanceSnapshot
    ) {
        let error = GatewayError(
            .budgetExhausted,
            "Budget '\(reroute.budgetName)' has no room for this call, and its cheaper route cannot serve it.")
        let decision = Decision(
            stage: .plan, policyKind: .route, policyID: asked.id, policyVersion: asked.version, verdict: .deny,
            reason: .budgetExhausted,
            detail: "budget \(reroute.budgetName) has no room, and no cheaper route can serve it")
        deny(error, asked, decisions: rerouteDecisions + [decision], key: key, snapshot: snapshot)
    }
}
