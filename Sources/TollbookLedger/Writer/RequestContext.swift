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
    let routeID: Int64
    /// nil: unpriced.
    let hold: NanoAmount?
    let currency: String?
    /// The provider that the hold's transfer credits.
    let holdProviderID: Int64?
    /// What rate limits count of it until its settlement.
    let reservedTokens: Int64
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
        routeID = request.route.id
        hold = request.hold
        currency = request.currency
        holdProviderID = request.target?.deployment.provider.id
        isBatch = request.endpoint == .batches
        reservedTokens = RateLimitBook.reservedTokens(
            estimatedInputTokens: request.estimatedInputTokens, heldOutputTokens: request.heldOutputTokens,
            isBatch: isBatch)
    }

    init(
        id: RequestID, acceptedMicros: Int64, organizationID: Int64, teamID: Int64, projectID: Int64,
        applicationID: Int64?, keyID: Int64, userSubjectID: Int64?, routeID: Int64, hold: NanoAmount?,
        currency: String?, holdProviderID: Int64?, reservedTokens: Int64, isBatch: Bool
    ) {
        self.id = id
        self.acceptedMicros = acceptedMicros
        self.organizationID = organizationID
        self.teamID = teamID
        self.projectID = projectID
        self.applicationID = applicationID
        self.keyID = keyID
        self.userSubjectID = userSubjectID
        self.routeID = routeID
        self.hold = hold
        self.currency = currency
        self.holdProviderID = holdProviderID
        self.reservedTokens = reservedTokens
        self.isBatch = isBatch
    }

    var holdNano: Int64 { hold?.nano ?? 0 }

    /// The second of its acceptance, since 1970.
    var acceptedSecond: Int64 { acceptedMicros / 1_000_000 }

    var scopes: RequestScopes {
        RequestScopes(
            organizationID: organizationID, teamID: teamID, projectID: projectID, applicationID: applicationID,
            keyID: keyID)
    }

    func rollupKey(deploymentID: Int64, currency: String) -> RollupBook.Key {
        RollupBook.Key(
            quarterStartMicros: acceptedMicros / RollupBook.quarterMicros * RollupBook.quarterMicros,
            organizationID: organizationID, teamID: teamID, projectID: projectID,
            applicationID: applicationID ?? 0, keyID: keyID, userSubjectID: userSubjectID ?? 0, routeID: routeID,
            deploymentID: deploymentID, currency: currency)
    }
}
