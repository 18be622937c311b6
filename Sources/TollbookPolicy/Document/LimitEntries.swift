/// A budget of a governance document.
package struct BudgetEntry: Codable, Equatable, Sendable {
    /// nil: named after scope and period.
    package var name: String?
    package var was: String?
    /// `project/ranking`; see `ScopeExpression`.
    package var scope: String
    /// `25.00 USD`, `1000000 tokens`, `500 requests`; see `LimitText`.
    package var limit: String
    /// `month`, `rolling 30d`; see `BudgetSpan`.
    package var period: String
    /// A word of `Enforcement`; nil: hard.
    package var enforcement: String?
    /// Calls a minute that a throttling budget lets through once it has no room.
    package var throttlePerMinute: Int64?
    /// The route that serves calls once a budget that falls back has no room.
    package var fallbackRoute: String?
    /// IANA name of the zone that periods begin in; nil: UTC.
    package var timeZone: String?
    /// Whether the budgets below it may add up to more than its limit; nil: no.
    package var overcommit: Bool?
    /// Percentages of the limit whose crossing is an event; nil: 80 and 100.
    package var alerts: [Int64]?
    /// A role address that a refused caller may ask.
    package var contact: String?
    package var location: EntryLocation?

    package init(scope: String, limit: String, period: String) {
        self.scope = scope
        self.limit = limit
        self.period = period
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case name, was, scope, limit, period, enforcement
        case throttlePerMinute = "throttle_requests_per_minute"
        case fallbackRoute = "fallback_route"
        case timeZone = "time_zone"
        case overcommit, alerts, contact, location
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.strictContainer(CodingKeys.self)
        name = try values.decodeIfPresent(String.self, forKey: .name)
        was = try values.decodeIfPresent(String.self, forKey: .was)
        scope = try values.decode(String.self, forKey: .scope)
        limit = try values.decode(String.self, forKey: .limit)
        period = try values.decode(String.self, forKey: .period)
        enforcement = try values.decodeIfPresent(String.self, forKey: .enforcement)
        throttlePerMinute = try values.decodeIfPresent(Int64.self, forKey: .throttlePerMinute)
        fallbackRoute = try values.decodeIfPresent(String.self, forKey: .fallbackRoute)
        timeZone = try values.decodeIfPresent(String.self, forKey: .timeZone)
        overcommit = try values.decodeIfPresent(Bool.self, forKey: .overcommit)
        alerts = try values.decodeIfPresent([Int64].self, forKey: .alerts)
        contact = try values.decodeIfPresent(String.self, forKey: .contact)
        location = try values.decodeIfPresent(EntryLocation.self, forKey: .location)
    }

    /// The name, or the one that a budget without a name has: `project/ranking month`.
    package var effectiveName: String { name ?? "\(scope) \(period)" }
}

/// A rate limit of a governance document.
package struct RateLimitEntry: Codable, Equatable, Sendable {
    /// nil: named after the scope.
    package var name: String?
    package var was: String?
    /// `project/ranking`; see `ScopeExpression`.
    package var scope: String
    /// By `RateQuota.Kind.key`: `requests_per_minute`.
    package var quotas: [RateQuota.Kind: Int64] = [:]
    package var concurrent: Int64?
    package var location: EntryLocation?

    package init(scope: String) {
        self.scope = scope
    }

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case name, was, scope, concurrent, location
        case requestsPerSecond = "requests_per_second"
        case requestsPerMinute = "requests_per_minute"
        case requestsPerHour = "requests_per_hour"
        case requestsPerDay = "requests_per_day"
        case tokensPerSecond = "tokens_per_second"
        case tokensPerMinute = "tokens_per_minute"
        case tokensPerHour = "tokens_per_hour"
        case tokensPerDay = "tokens_per_day"
        case inputTokensPerSecond = "input_tokens_per_second"
        case inputTokensPerMinute = "input_tokens_per_minute"
        case inputTokensPerHour = "input_tokens_per_hour"
        case inputTokensPerDay = "input_tokens_per_day"
        case outputTokensPerSecond = "output_tokens_per_second"
        case outputTokensPerMinute = "output_tokens_per_minute"
        case outputTokensPerHour = "output_tokens_per_hour"
        case outputTokensPerDay = "output_tokens_per_day"
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.strictContainer(CodingKeys.self)
        name = try values.decodeIfPresent(String.self, forKey: .name)
        was = try values.decodeIfPresent(String.self, forKey: .was)
        scope = try values.decode(String.self, forKey: .scope)
        for kind in RateQuota.Kind.all {
            guard let key = CodingKeys(rawValue: kind.key) else { continue }
            quotas[kind] = try values.decodeIfPresent(Int64.self, forKey: key)
        }
        concurrent = try values.decodeIfPresent(Int64.self, forKey: .concurrent)
        location = try values.decodeIfPresent(EntryLocation.self, forKey: .location)
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encodeIfPresent(name, forKey: .name)
        try values.encodeIfPresent(was, forKey: .was)
        try values.encode(scope, forKey: .scope)
        for (kind, limit) in quotas {
            guard let key = CodingKeys(rawValue: kind.key) else { continue }
            try values.encode(limit, forKey: key)
        }
        try values.encodeIfPresent(concurrent, forKey: .concurrent)
        try values.encodeIfPresent(location, forKey: .location)
    }

    /// The name, or the one that a rate limit without a name has: its scope.
    package var effectiveName: String { name ?? scope }
}
