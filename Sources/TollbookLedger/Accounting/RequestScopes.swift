internal import TollbookCore

/// The parts of a request, beyond its key and what the key is of, that limits may be on.
struct RequestParts: OptionSet {
    let rawValue: Int

    static let user = RequestParts(rawValue: 1)
    static let endUser = RequestParts(rawValue: 2)
    static let tags = RequestParts(rawValue: 4)
    static let route = RequestParts(rawValue: 8)
    static let deployment = RequestParts(rawValue: 16)

    init(rawValue: Int) {
        self.rawValue = rawValue
    }

    /// What a scope of the kind looks at.
    init(_ kind: ScopeKind) {
        switch kind {
        case .organization, .team, .project, .application, .key: self = []
        case .user: self = .user
        case .endUser: self = .endUser
        case .tag: self = .tags
        case .route: self = .route
        case .model, .provider: self = .deployment
        }
    }
}

/// What limits match a request by. What no limit looks at is left out, so that few differ and look-ups are remembered.
struct RequestScopes: Hashable {
    let organizationID: Int64
    let teamID: Int64
    let projectID: Int64
    let applicationID: Int64?
    let keyID: Int64
    var userSubjectID: Int64?
    var endUserSubjectID: Int64?
    /// `k=v` joined with commas.
    var tags: String?
    /// 0: left out.
    var routeID: Int64 = 0
    /// 0: left out, or no deployment.
    var deploymentID: Int64 = 0

    /// Each by itself, from the widest to the narrowest; models and providers are found by their deployments.
    var all: [LimitScope] {
        var scopes = [
            LimitScope(.organization, id: organizationID), LimitScope(.team, id: teamID),
            LimitScope(.project, id: projectID),
        ]
        if let applicationID { scopes.append(LimitScope(.application, id: applicationID)) }
        if let userSubjectID { scopes.append(LimitScope(.user, id: userSubjectID)) }
        scopes.append(LimitScope(.key, id: keyID))
        if let endUserSubjectID { scopes.append(LimitScope(.endUser, id: endUserSubjectID)) }
        scopes += tagList.map { LimitScope(.tag, value: $0) }
        if routeID != 0 { scopes.append(LimitScope(.route, id: routeID)) }
        return scopes
    }

    /// Whether the request is within a scope; a model's or provider's deployments are matched elsewhere.
    func matches(_ scope: LimitScope) -> Bool {
        switch scope.kind {
        case .organization: scope.id == organizationID
        case .team: scope.id == teamID
        case .project: scope.id == projectID
        case .application: scope.id == applicationID
        case .user: scope.id == userSubjectID
        case .key: scope.id == keyID
        case .endUser: scope.id == endUserSubjectID
        case .tag: tagList.contains { $0 == scope.value }
        case .route: scope.id == routeID
        case .model, .provider: true
        }
    }

    private var tagList: [String] {
        tags?.split(separator: ",").map(String.init) ?? []
    }
}
