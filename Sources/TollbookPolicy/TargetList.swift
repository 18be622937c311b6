internal import TollbookCore

/// A route's targets as they are considered for one call: those that can serve it, and why the others cannot.
struct TargetList {
    private let route: RouteRecord
    private(set) var targets: [PlannedTarget] = []
    private(set) var refusals: [Decision] = []
    /// What the translation for the first target leaves out or changes; nil: nothing, or no translation.
    private(set) var notes: String?

    init(route: RouteRecord) {
        self.route = route
    }

    /// Looks at the next deployment of the route.
    mutating func consider(
        _ deployment: DeploymentRecord, _ facts: CallFacts, project: ProjectRecord,
        translation: (PlannedTarget) -> TranslationVerdict
    ) {
        switch TargetRules.check(deployment, facts: facts, project: project) {
        case .refused(let reason): refusals.append(decision(.deny, reason, of: deployment))
        case .admitted(let credential, let service):
            let target = PlannedTarget(deployment, service, credential: credential, facts: facts)
            if case .counted = service { return append(counted: target, translation(target)) }
            guard case .translated = service else { return targets.append(target) }
            switch translation(target) {
            case .translates(let names):
                if targets.isEmpty { notes = names }
                targets.append(target)
            case .refused(let field):
                refusals.append(decision(.deny, .untranslatableField, of: deployment, detail: field))
            }
        }
    }

    /// A count that cannot be asked for is estimated, so that nothing refuses it.
    private mutating func append(counted target: PlannedTarget, _ verdict: TranslationVerdict) {
        if case .translates(let names) = verdict, targets.isEmpty { notes = names }
        targets.append(target)
    }

    /// Why there is no target: a target that could be asked is nearer to serving the call than one that could not.
    var decidingReason: DecisionReason {
        (refusals.first { $0.reason != .endpointNotServed } ?? refusals.first)?.reason ?? .noTarget
    }

    /// A decision of the route's.
    func decision(
        _ verdict: Verdict, _ reason: DecisionReason, of deployment: DeploymentRecord? = nil, detail: String? = nil
    ) -> Decision {
        Decision(
            stage: .plan, policyKind: .route, policyID: route.id, policyVersion: route.version, verdict: verdict,
            reason: reason, deploymentID: deployment?.id, detail: detail)
    }
}

extension PlannedTarget {
    fileprivate init(
        _ deployment: DeploymentRecord, _ service: EndpointService, credential: CredentialRecord?, facts: CallFacts
    ) {
        let prices = deployment.prices.prices(atMicros: facts.acceptedMicros)
        guard facts.endpoint.isCharged, prices != nil || !facts.endpoint.isFreeUnlessPriced else {
            self.init(
                deployment: deployment, service: service, credential: credential, prices: prices, hold: .zero,
                heldOutputTokens: 0)
            return
        }
        let output = facts.endpoint.hasOutput ? Hold.outputTokens(facts, maxOutput: deployment.maxOutput) : 0
        self.init(
            deployment: deployment, service: service, credential: credential, prices: prices,
            hold: prices.flatMap { Hold.amount(facts, outputTokens: output, prices: $0) },
            heldOutputTokens: output)
    }
}
