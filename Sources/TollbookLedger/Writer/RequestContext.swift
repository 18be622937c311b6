internal import TollbookCore
internal import TollbookPolicy

/// What the ledger needs of a request at its settlement, whether it comes from memory or, after a crash, from
/// the file.
struct RequestContext {
    let id: RequestID
    let acceptedMicros: Int64
    let organizationID: Int64
    let teamID: Int64
    let projectID: Int64
    let applicationID: Int64?
    let keyID: Int64
    let userSubjectID: Int64?
    /// Known where a limit is on end users.
    var endUserSubjectID: Int64?
    /// As the request's row has them.
    let tags: String?
    let routeID: Int64
    /// The first target of the plan; 0: none.
    let deploymentID: Int64
    /// nil: unpriced.
    let hold: NanoAmount?
    let currency: String?
    /// The provider that the hold's transfer credits.
    let holdProviderID: Int64?
    /// What the hold covers, as budgets in tokens count it.
    let heldTokens: TokenCounts
    /// A batch runs for hours at the provider: it counts as one request, and takes neither tokens nor a place of calls.
    let isBatch: Bool

    init(_ request: OpenRequest) {
        id = request.id
        acceptedMicros = request.acceptedMicros
        organizationID = request.key.organizationID
        teamID = request.key.teamID
        projectID = request.key.project.id
        applicationID = request.key.applicationID
        keyID = request.key.id
        userSubjectID = request.key.userSubjectID
        tags = request.tags.map(Bounded.text)
        routeID = request.route.id
        deploymentID = request.target?.deployment.id ?? 0
        hold = request.hold
        currency = request.currency
        holdProviderID = request.target?.deployment.provider.id
        isBatch = request.endpoint == .batches
        heldTokens = TokenCounts(input: request.estimatedInputTokens, output: request.heldOutputTokens)
    }

    init(
        id: RequestID, acceptedMicros: Int64, organizationID: Int64, teamID: Int64, projectID: Int64,
        applicationID: Int64?, keyID: Int64, userSubjectID: Int64?, endUserSubjectID: Int64?, tags: String?,
        routeID: Int64, deploymentID: Int64, hold: NanoAmount?, currency: String?, holdProviderID: Int64?,
        heldTokens: TokenCounts, isBatch: Bool
    ) {
        self.id = id
        self.acceptedMicros = acceptedMicros
        self.organizationID = organizationID
        self.teamID = teamID
        self.projectID = projectID
        self.applicationID = applicationID
        self.keyID = keyID
        self.userSubjectID = userSubjectID
        self.endUserSubjectID = endUserSubjectID
        self.tags = tags
        self.routeID = routeID
        self.deploymentID = deploymentID
        self.hold = hold
        self.currency = currency
        self.holdProviderID = holdProviderID
        self.heldTokens = heldTokens
        self.isBatch = isBatch
    }

    var holdNano: Int64 { hold?.nano ?? 0 }

    /// What rate limits count of it until its settlement.
    var reservedTokens: TokenCounts {
        RateLimitBook.reservedTokens(
            estimatedInputTokens: heldTokens.input, heldOutputTokens: heldTokens.output, isBatch: isBatch)
    }

    /// The most that it may use, in a budget's unit; nil: unknown, since the model has no price.
    func demand(_ unit: BudgetUnit) -> Int64? {
        switch unit {
        case .money: hold?.nano
        case .tokens: heldTokens.total
        case .requests: 1
        }
    }

    /// What limits match it by, with the parts that they look at.
    func scopes(_ parts: RequestParts) -> RequestScopes {
        var scopes = RequestScopes(
            organizationID: organizationID, teamID: teamID, projectID: projectID, applicationID: applicationID,
            keyID: keyID)
        guard !parts.isEmpty else { return scopes }
        if parts.contains(.user) { scopes.userSubjectID = userSubjectID }
        if parts.contains(.endUser) { scopes.endUserSubjectID = endUserSubjectID }
        if parts.contains(.tags) { scopes.tags = tags }
        if parts.contains(.route) { scopes.routeID = routeID }
        if parts.contains(.deployment) { scopes.deploymentID = deploymentID }
        return scopes
    }

    func rollupKey(deploymentID: Int64, currency: String) -> RollupBook.Key {
        RollupBook.Key(
            quarterStartMicros: acceptedMicros / RollupBook.quarterMicros * RollupBook.quarterMicros,
            organizationID: organizationID, teamID: teamID, projectID: projectID,
            applicationID: applicationID ?? 0, keyID: keyID, userSubjectID: userSubjectID ?? 0, routeID: routeID,
            deploymentID: deploymentID, currency: currency)
    }
}
