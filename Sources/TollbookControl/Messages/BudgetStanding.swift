/// A budget and what is left of its running period, as `GET /api/v1/budgets` tells it.
///
/// Amounts are texts in the budget's unit: money as a decimal with nine decimals, tokens and requests as whole numbers.
package struct BudgetStanding: Codable, Sendable, Equatable {
    package var id: Int64
    package var name: String
    /// As governance files write it: `project/ranking & model/gpt-4o`.
    package var scope: String
    /// As governance files write it: `month`, `rolling 30d`.
    package var period: String
    /// RFC 3339, inclusive; nil for a period without end.
    package var periodStart: String?
    /// RFC 3339, exclusive; nil for a period without end, and for a rolling one, which ends now.
    package var periodEnd: String?
    /// IANA name.
    package var timeZone: String
    /// `money`, `tokens` or `requests`.
    package var unit: String
    /// With the raises in force.
    package var limit: String
    package var spent: String
    /// Reserved by calls in flight.
    package var held: String
    /// The limit less spent and held; negative after an overrun.
    package var left: String
    /// What will have been spent at the period's end if it goes on as until now; nil for periods without end, rolling
    /// ones, and until a hundredth of the period has passed.
    package var forecast: String?
    /// nil for tokens and requests.
    package var currency: String?
    /// `hard`, `soft`, `throttle` or `fallback`.
    package var enforcement: String
    /// Whom a refused caller may ask.
    package var contact: String?

    enum CodingKeys: String, CodingKey {
        case id, name, scope, period
        case periodStart = "period_start"
        case periodEnd = "period_end"
        case timeZone = "time_zone"
        case unit, limit, spent, held, left, forecast, currency, enforcement, contact
    }
}

/// The answer of `GET /api/v1/budgets`.
package struct BudgetList: Codable, Sendable, Equatable {
    package var budgets: [BudgetStanding]

    package init(budgets: [BudgetStanding]) {
        self.budgets = budgets
    }
}

/// The answer of `GET /api/v1/budgets/{id}`.
package struct BudgetDetail: Codable, Sendable, Equatable {
    package var budget: BudgetStanding
    /// Those that are not over, the earliest first.
    package var raises: [Raise]
    /// The keys that spent most in the running period, most first, at most 20; nil: a budget on tags or end users.
    package var spenders: [Spender]?
    /// The periods that have a row, newest first, at most 24; of a rolling budget, none.
    package var periods: [Period]

    /// What is added to the limit for a while.
    package struct Raise: Codable, Sendable, Equatable {
        package var amount: String
        /// RFC 3339, inclusive.
        package var from: String
        /// RFC 3339, exclusive.
        package var to: String
    }

    /// What a key spent.
    package struct Spender: Codable, Sendable, Equatable {
        package var project: String
        package var key: String
        package var spent: String
    }

    /// What a period adds up to.
    package struct Period: Codable, Sendable, Equatable {
        /// RFC 3339, inclusive; nil for a period without end.
        package var start: String?
        package var spent: String
        package var held: String
    }
}

/// The body of `POST /api/v1/budgets/{id}/raises`.
package struct RaiseRequest: Codable, Sendable {
    /// As a governance file writes limits: `10.00 USD`, `1000 requests`.
    package var amount: String
    /// RFC 3339 time or date (UTC); nil: now.
    package var from: String?
    /// RFC 3339 time or date (UTC), exclusive.
    package var until: String
    /// Why; no place for personal data.
    package var reason: String
    /// The caller's reference for the change, for example a ticket.
    package var changeReference: String?

    package init(amount: String, from: String?, until: String, reason: String, changeReference: String?) {
        self.amount = amount
        self.from = from
        self.until = until
        self.reason = reason
        self.changeReference = changeReference
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case amount, from, until, reason
        case changeReference = "change_ref"
    }
}
