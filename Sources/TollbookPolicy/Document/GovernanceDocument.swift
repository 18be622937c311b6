/// A governance file, or all files of a directory together: what should be governed how.
///
/// Values are as they were written; `DocumentValidation` says what is wrong with them. In JSON the keys are those
/// of the file, and every entry may carry its `location`.
package struct GovernanceDocument: Codable, Equatable, Sendable {
    /// The only version of the format that there is.
    package static let currentVersion = 1
    /// The manager of a file that names none.
    package static let defaultManager = "default"

    /// Which file manages the objects: `--prune` closes only what this name owns.
    package var manager = GovernanceDocument.defaultManager
    package var organizations: [OrganizationEntry] = []
    package var budgets: [BudgetEntry] = []
    package var rateLimits: [RateLimitEntry] = []
    package var providers: [ProviderEntry] = []
    package var deployments: [DeploymentEntry] = []
    package var routes: [RouteEntry] = []
    package var prices: [PriceEntry] = []
    package var webhooks: [WebhookEntry] = []
    /// Where the manager's name was written; nil when it was not.
    package var location: EntryLocation?

    package init() {}

    enum CodingKeys: String, CodingKey, CaseIterable {
        case version, manager, organizations, budgets
        case rateLimits = "rate_limits"
        case providers, deployments, routes
        case prices, webhooks, guardrails, location
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.strictContainer(CodingKeys.self)
        guard try values.decode(Int.self, forKey: .version) == Self.currentVersion else {
            throw DecodingError.dataCorruptedError(
                forKey: .version, in: values, debugDescription: "write \(Self.currentVersion)")
        }
        guard try values.list(String.self, .guardrails).isEmpty else {
            throw DecodingError.dataCorruptedError(
                forKey: .guardrails, in: values, debugDescription: "no guardrail is known here; write []")
        }
        manager = try values.decodeIfPresent(String.self, forKey: .manager) ?? Self.defaultManager
        organizations = try values.list(OrganizationEntry.self, .organizations)
        budgets = try values.list(BudgetEntry.self, .budgets)
        rateLimits = try values.list(RateLimitEntry.self, .rateLimits)
        providers = try values.list(ProviderEntry.self, .providers)
        deployments = try values.list(DeploymentEntry.self, .deployments)
        routes = try values.list(RouteEntry.self, .routes)
        prices = try values.list(PriceEntry.self, .prices)
        webhooks = try values.list(WebhookEntry.self, .webhooks)
        location = try values.decodeIfPresent(EntryLocation.self, forKey: .location)
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(Self.currentVersion, forKey: .version)
        try values.encode(manager, forKey: .manager)
        try values.encode(organizations, forKey: .organizations)
        try values.encode(budgets, forKey: .budgets)
        try values.encode(rateLimits, forKey: .rateLimits)
        try values.encode(providers, forKey: .providers)
        try values.encode(deployments, forKey: .deployments)
        try values.encode(routes, forKey: .routes)
        try values.encode(prices, forKey: .prices)
        // Absent without one, so that a server of an earlier version takes the document.
        if !webhooks.isEmpty { try values.encode(webhooks, forKey: .webhooks) }
        try values.encodeIfPresent(location, forKey: .location)
    }
}
