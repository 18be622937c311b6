package import TollbookCore

/// What the planner needs to know of a call; read from the body without decoding it.
package struct CallFacts: Sendable {
    package let routeName: String
    package let endpoint: Endpoint
    package let estimatedInputTokens: Int64
    /// `max_completion_tokens` or `max_tokens`, whichever is given; nil: neither.
    package let maxOutputTokens: Int64?
    /// `n`; 1 when absent.
    package let choices: Int64
    /// Images, characters or seconds that the call asks for, as its endpoint's `unit` counts; 0: it has no unit.
    package let units: Int64
    package let acceptedMicros: Int64

    package init(
        routeName: String, endpoint: Endpoint = .chatCompletions, estimatedInputTokens: Int64,
        maxOutputTokens: Int64?, choices: Int64, units: Int64 = 0, acceptedMicros: Int64
    ) {
        self.routeName = routeName
        self.endpoint = endpoint
        self.estimatedInputTokens = estimatedInputTokens
        self.maxOutputTokens = maxOutputTokens
        self.choices = choices
        self.units = units
        self.acceptedMicros = acceptedMicros
    }
}

/// A deployment that the call may go to, with the credential and prices it would use.
package struct PlannedTarget: Sendable {
    package let deployment: DeploymentRecord
    /// How its provider serves the endpoint that was called.
    package let service: EndpointService
    /// nil when the provider needs none.
    package let credential: CredentialRecord?
    /// nil when the deployment has no price at the call's time.
    package let prices: PriceSet?
    /// The worst case at this target; nil when unpriced.
    package let hold: NanoAmount?
    /// The answer tokens that the hold covers, over all choices.
    package let heldOutputTokens: Int64
}

/// What will be opened: the route, the admissible targets in order, the hold, and the decisions so far.
package struct Plan: Sendable {
    package let route: RouteRecord
    /// Never empty; the first is tried first.
    package let targets: [PlannedTarget]
    /// The dearest of the targets' holds; nil when a target is unpriced.
    package let hold: NanoAmount?
    package let currency: String?
    package let heldOutputTokens: Int64
    package let decisions: [Decision]
}

/// A refusal, with the decisions that led to it (the last one denied).
package struct Denial: Sendable {
    /// nil when the call has no route (no row is written then).
    package let route: RouteRecord?
    package let reason: DecisionReason
    package let decisions: [Decision]
    /// For people, without secrets: what to do about it.
    package let message: String
}

/// What translating a request for a target came to.
package enum TranslationVerdict: Sendable {
    /// It can be sent; the names of fields that are left out or changed, for the decision; nil: none.
    case translates(notes: String?)
    /// It cannot: the field that stands against it.
    case refused(field: String)
}

/// The planner's answer.
package enum Admission: Sendable {
    case planned(Plan)
    case denied(Denial)
    case unknownRoute
}

/// Authorizes a call and plans where it goes. Pure: reads the snapshot and the facts, nothing else.
package enum Planner {
    /// Decides whether a call may go out, and where: its permission, its route, the targets in order, and its hold.
    ///
    /// - Parameter translation: asked for each target that another rule has not refused and whose dialect is another.
    package static func admit(
        _ facts: CallFacts, key: KeyRecord, snapshot: GovernanceSnapshot,
        translation: (PlannedTarget) -> TranslationVerdict = { _ in .translates(notes: nil) }
    ) -> Admission {
        guard let route = snapshot.routes[facts.routeName],
            route.isPassThrough == (facts.endpoint == .passthrough)
        else { return .unknownRoute }
        let authorization = authorize(key: key, route: route, nowMicros: facts.acceptedMicros)
        guard authorization.verdict == .allow else {
            return .denied(
                Denial(
                    route: route, reason: authorization.reason, decisions: [authorization],
                    message: message(for: authorization.reason, route: route, key: key, endpoint: facts.endpoint)))
        }
        return plan(facts, key: key, route: route, authorization: authorization, translation: translation)
    }

    static func authorize(key: KeyRecord, route: RouteRecord, nowMicros: Int64) -> Decision {
        if let expires = key.expiresMicros, nowMicros >= expires {
            return Decision(
                stage: .authorize, policyKind: .apiKey, policyID: key.id, policyVersion: key.version, verdict: .deny,
                reason: .keyExpired)
        }
        guard key.project.permits(route: route) else {
            return Decision(
                stage: .authorize, policyKind: .project, policyID: key.project.id,
                policyVersion: key.project.version, verdict: .deny, reason: .routeNotPermitted)
        }
        return Decision(
            stage: .authorize, policyKind: .apiKey, policyID: key.id, policyVersion: key.version, verdict: .allow,
            reason: .keyPermitted)
    }

    private static func plan(
        _ facts: CallFacts, key: KeyRecord, route: RouteRecord, authorization: Decision,
        translation: (PlannedTarget) -> TranslationVerdict
    ) -> Admission {
        var list = TargetList(route: route)
        for deployment in route.targets {
            list.consider(deployment, facts, project: key.project, translation: translation)
        }
        guard let first = list.targets.first else {
            let reason = list.decidingReason
            return .denied(
                Denial(
                    route: route, reason: reason,
                    decisions: [authorization] + list.refusals + [list.decision(.deny, .noTarget)],
                    message: message(for: reason, route: route, key: key, endpoint: facts.endpoint)))
        }
        let chosen = list.decision(.route, .targetChosen, of: first.deployment, detail: list.notes)
        return .planned(
            Plan(
                route: route, targets: list.targets, hold: dearestHold(list.targets),
                currency: first.prices?.currency,
                heldOutputTokens: list.targets.reduce(0) { max($0, $1.heldOutputTokens) },
                decisions: list.refusals.isEmpty
                    ? [authorization, chosen] : [authorization] + list.refusals + [chosen]))
    }

    /// nil when a target is unpriced.
    private static func dearestHold(_ targets: [PlannedTarget]) -> NanoAmount? {
        var dearest = NanoAmount.zero
        for target in targets {
            guard let hold = target.hold else { return nil }
            dearest = max(dearest, hold)
        }
        return dearest
    }

    static func message(
        for reason: DecisionReason, route: RouteRecord, key: KeyRecord, endpoint: Endpoint
    ) -> String {
        switch reason {
        case .endpointNotServed: endpointMessage(endpoint, route: route)
        case .untranslatableField:
            "No model behind '\(route.name)' can serve a field of this request."
        case .keyExpired:
            "This key has expired. Ask for a new one."
        case .routeNotPermitted:
            "Project '\(key.project.name)' may not use '\(route.name)'. Add it to the project's routes."
        case .overContextWindow:
            "The prompt is larger than the context window of every model behind '\(route.name)'."
        case .regionNotAllowed:
            "No model behind '\(route.name)' runs in a region that project '\(key.project.name)' allows."
        case .credentialNotAllowed:
            "No credential of the providers behind '\(route.name)' may serve project '\(key.project.name)'."
        default:
            "No model behind '\(route.name)' can serve this call."
        }
    }

    private static func endpointMessage(_ endpoint: Endpoint, route: RouteRecord) -> String {
        let able = ProviderDialect.allCases.filter { $0 != .simulated && $0.service(of: endpoint) != nil }
        let advice =
            "Add a deployment of a provider with dialect \(Quoted.alternatives(able.map(\.rawValue))) to the route."
        return "No provider behind '\(route.name)' \(endpoint.deed). \(advice)"
    }
}

extension Endpoint {
    /// What a provider does that serves its calls, as a sentence has it.
    fileprivate var deed: String {
        switch self {
        case .passthrough: "can be called"
        case .rerank, .rerankV2: "ranks documents"
        case .completions, .embeddings, .moderations, .imageGenerations, .speech, .transcriptions, .translations,
            .imageEdits, .chatCompletions, .responses:
            "answers OpenAI \(name.split(separator: "_").joined(separator: " "))"
        case .responsesInputTokens: "counts the input tokens of OpenAI responses"
        case .messages: "answers Anthropic messages"
        case .countTokens: "counts the tokens of Anthropic messages"
        case .geminiCountTokens: "answers Gemini's countTokens"
        case .generateContent: "answers Gemini's generateContent"
        case .streamGenerateContent: "answers Gemini's streamGenerateContent"
        case .embedContent: "answers Gemini's embedContent"
        case .batchEmbedContents: "answers Gemini's batchEmbedContents"
        case .files, .batches, .batch: "keeps files and batches"
        case .converse, .converseStream: "answers Bedrock's Converse"
        case .converseCountTokens: "answers Bedrock's CountTokens"
        }
    }
}
