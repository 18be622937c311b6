package import TollbookCore

/// What a call about a file or batch at a provider is bound to.
package struct StoredPin: Sendable {
    /// The route that it goes by if it can; nil: any that leads to the provider.
    package let routeID: Int64?
    package let providerID: Int64
    /// nil: any of the provider's.
    package let deploymentID: Int64?
    /// The credential that the file was made with; nil: the first that may serve the project.
    package let credentialID: Int64?
    /// What a batch's lines ask for; nil: the call costs nothing.
    package let load: BatchLoad?

    package init(routeID: Int64?, providerID: Int64, deploymentID: Int64?, credentialID: Int64?, load: BatchLoad?) {
        self.routeID = routeID
        self.providerID = providerID
        self.deploymentID = deploymentID
        self.credentialID = credentialID
        self.load = load
    }
}

/// What the lines of a batch ask for, added up.
package struct BatchLoad: Sendable {
    /// What its lines call.
    package let endpoint: Endpoint
    package let lines: Int64
    package let estimatedInputTokens: Int64
    package let heldOutputTokens: Int64

    package init(endpoint: Endpoint, lines: Int64, estimatedInputTokens: Int64, heldOutputTokens: Int64) {
        self.endpoint = endpoint
        self.lines = lines
        self.estimatedInputTokens = estimatedInputTokens
        self.heldOutputTokens = heldOutputTokens
    }

    /// The worst case of all lines; nil: unpriced, or it does not fit.
    package func hold(_ prices: PriceSet?, acceptedMicros: Int64) -> NanoAmount? {
        guard prices != nil || !endpoint.isFreeUnlessPriced else { return .zero }
        guard let prices else { return nil }
        let facts = CallFacts(
            routeName: "", endpoint: endpoint, estimatedInputTokens: estimatedInputTokens, maxOutputTokens: nil,
            choices: 1, units: lines, acceptedMicros: acceptedMicros)
        guard let tokens = Hold.amount(facts, outputTokens: heldOutputTokens, prices: prices) else { return nil }
        // One call's own price is in it.
        guard lines > 1, let call = prices[.request]?.price else { return tokens }
        return call.amount(quantity: lines - 1).flatMap { tokens.adding($0) }
    }
}

extension Planner {
    /// Authorizes a call about a file or batch and plans it: to the provider that has it, and with its credential.
    package static func admit(
        _ facts: CallFacts, pin: StoredPin, key: KeyRecord, snapshot: GovernanceSnapshot
    ) -> Admission {
        let named = pin.routeID.flatMap { id in snapshot.routesInOrder.first { $0.id == id } }
        // Governance may have moved on since the file was made: what leads there now will do.
        let others = snapshot.routesInOrder.filter { !$0.isPassThrough && key.project.permits(route: $0) }
        let candidates = [named].compactMap(\.self) + others
        let route =
            candidates.first { key.project.permits(route: $0) && deployment($0, pin) != nil } ?? named
        guard let route else { return .unknownRoute }
        let authorization = authorize(key: key, route: route, nowMicros: facts.acceptedMicros)
        guard authorization.verdict == .allow else {
            return .denied(denial(route, authorization.reason, [authorization], key: key, facts))
        }
        let list = TargetList(route: route)
        guard let deployment = deployment(route, pin) else {
            return .denied(
                denial(route, .noTarget, [authorization, list.decision(.deny, .noTarget)], key: key, facts))
        }
        switch TargetRules.check(deployment, facts: facts, project: key.project) {
        case .refused(let reason):
            let refusals = [list.decision(.deny, reason, of: deployment), list.decision(.deny, .noTarget)]
            return .denied(denial(route, reason, [authorization] + refusals, key: key, facts))
        case .admitted(let first, let service):
            let pinned = deployment.credentials.first {
                $0.id == pin.credentialID && ($0.projects?.contains(key.project.id) ?? true)
            }
            let target = target(deployment, service, pinned ?? first, pin, facts)
            let chosen = list.decision(.route, .targetChosen, of: deployment)
            return .planned(
                Plan(
                    route: route, targets: [target], hold: target.hold, currency: target.prices?.currency,
                    heldOutputTokens: target.heldOutputTokens, decisions: [authorization, chosen]))
        }
    }

    /// The route's deployment that is asked for, else another one of the provider, unless a price depends on it.
    private static func deployment(_ route: RouteRecord, _ pin: StoredPin) -> DeploymentRecord? {
        let own = route.targets.filter { $0.provider.id == pin.providerID }
        if let exact = own.first(where: { $0.id == pin.deploymentID }) { return exact }
        return pin.load == nil ? own.first : nil
    }

    private static func target(
        _ deployment: DeploymentRecord, _ service: EndpointService, _ credential: CredentialRecord?, _ pin: StoredPin,
        _ facts: CallFacts
    ) -> PlannedTarget {
        let prices = deployment.prices.prices(atMicros: facts.acceptedMicros)
        let hold = pin.load.map { $0.hold(prices, acceptedMicros: facts.acceptedMicros) } ?? .zero
        return PlannedTarget(
            deployment: deployment, service: service, credential: credential, prices: prices, hold: hold,
            heldOutputTokens: pin.load?.heldOutputTokens ?? 0)
    }

    private static func denial(
        _ route: RouteRecord, _ reason: DecisionReason, _ decisions: [Decision], key: KeyRecord, _ facts: CallFacts
    ) -> Denial {
        Denial(
            route: route, reason: reason, decisions: decisions,
            message: message(for: reason, route: route, key: key, endpoint: facts.endpoint))
    }
}
