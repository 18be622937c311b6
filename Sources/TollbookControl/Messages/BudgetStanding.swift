/// A budget and what is left of its running period, as `GET /api/v1/budgets` tells it.
package struct BudgetStanding: Codable, Sendable, Equatable {
    package var id: Int64
    package var name: String
    /// As governance files write it: `project/ranking`.
    package var scope: String
    /// `total`, `day` or `month`.
    package var period: String
    /// RFC 3339, inclusive; nil for a period without end.
    package var periodStart: String?
    /// RFC 3339, exclusive; nil for a period without end.
    package var periodEnd: String?
    /// IANA name.
    package var timeZone: String
    /// Decimal with nine decimals, as the next three.
    package var limit: String
    package var spent: String
    /// Reserved by calls in flight.
    package var held: String
    /// The limit less spent and held; negative after an overrun.
    package var left: String
    package var currency: String
    /// `hard` or `soft`.
    package var enforcement: String
    /// Whom a refused caller may ask.
    package var contact: String?

    enum CodingKeys: String, CodingKey {
        case id, name, scope, period
        case periodStart = "period_start"
        case periodEnd = "period_end"
        case timeZone = "time_zone"
        case limit, spent, held, left, currency, enforcement, contact
    }
}

/// The answer of `GET /api/v1/budgets`.
package struct BudgetList: Codable, Sendable, Equatable {
    package var budgets: [BudgetStanding]
}
