/// A budget of a governance document.
package struct BudgetEntry: Codable, Equatable, Sendable {
    /// nil: named after scope and period.
    package var name: String?
    package var was: String?
    /// `project/ranking`; see `ScopePath`.
    package var scope: String
    /// `25.00 USD`
    package var limit: String
    /// `total`, `day` or `month`.
    package var period: String
    /// `hard` or `soft`; nil: hard.
    package var enforcement: String?
    /// IANA name of the zone that days and months begin in; nil: UTC.
    package var timeZone: String?
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
        case timeZone = "time_zone"
        case contact, location
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.strictContainer(CodingKeys.self)
        name = try values.decodeIfPresent(String.self, forKey: .name)
        was = try values.decodeIfPresent(String.self, forKey: .was)
        scope = try values.decode(String.self, forKey: .scope)
        limit = try values.decode(String.self, forKey: .limit)
        period = try values.decode(String.self, forKey: .period)
        enforcement = try values.decodeIfPresent(String.self, forKey: .enforcement)
        timeZone = try values.decodeIfPresent(String.self, forKey: .timeZone)
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
    package var scope: String
    package var requestsPerMinute: Int64?
    package var tokensPerMinute: Int64?
    package var concurrent: Int64?
    package var location: EntryLocation?

    package init(scope: String) {
        self.scope = scope
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case name, was, scope
        case requestsPerMinute = "requests_per_minute"
        case tokensPerMinute = "tokens_per_minute"
        case concurrent, location
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.strictContainer(CodingKeys.self)
        name = try values.decodeIfPresent(String.self, forKey: .name)
        was = try values.decodeIfPresent(String.self, forKey: .was)
        scope = try values.decode(String.self, forKey: .scope)
        requestsPerMinute = try values.decodeIfPresent(Int64.self, forKey: .requestsPerMinute)
        tokensPerMinute = try values.decodeIfPresent(Int64.self, forKey: .tokensPerMinute)
        concurrent = try values.decodeIfPresent(Int64.self, forKey: .concurrent)
        location = try values.decodeIfPresent(EntryLocation.self, forKey: .location)
    }

    /// The name, or the one that a rate limit without a name has: its scope.
    package var effectiveName: String { name ?? scope }
}
