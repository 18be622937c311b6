internal import TollbookCore

/// The hard constraints on a target: they come before any strategy and hold for every fallback.
enum TargetRules {
    enum Answer {
        case admitted(CredentialRecord?, EndpointService)
        case refused(DecisionReason)
    }

    static func check(_ deployment: DeploymentRecord, facts: CallFacts, project: ProjectRecord) -> Answer {
        guard let service = deployment.provider.service(of: facts.endpoint) else { return .refused(.endpointNotServed) }
        if let allowed = project.regions {
            guard let region = deployment.region, Region.isContained(region, inAnyOf: allowed) else {
                return .refused(.regionNotAllowed)
            }
        }
        if let window = deployment.contextWindow, facts.estimatedInputTokens / estimateSlack > window {
            return .refused(.overContextWindow)
        }
        guard !deployment.credentials.isEmpty else { return .admitted(nil, service) }
        guard let credential = deployment.credentials.first(where: { $0.projects?.contains(project.id) ?? true })
        else { return .refused(.credentialNotAllowed) }
        return .admitted(credential, service)
    }

    /// The estimate leans high so that holds suffice; only a prompt twice the window by estimate is refused
    /// here, the rest is left to the provider.
    private static let estimateSlack: Int64 = 2
}
