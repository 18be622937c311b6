package import TollbookCore
package import TollbookPolicy

/// A budget in force, as the writer checks holds against it.
package struct BudgetRecord: Sendable, Equatable {
    package let id: Int64
    /// The journal index of the budget's version in force.
    package let version: Int64
    package let name: String
    package let reach: LimitReach
    package let unit: BudgetUnit
    /// A period's limit without raises: nano-units of `currency`, tokens or requests.
    package let limit: Int64
    /// ISO 4217; empty for tokens and requests.
    package let currency: String
    package let span: BudgetSpan
    package let enforcement: Enforcement
    /// Calls a minute once a throttling budget has no room.
    package let throttlePerMinute: Int64?
    /// The route that serves calls once a budget that falls back has no room.
    package let fallbackRouteID: Int64?
    /// IANA name of the zone that periods begin in.
    package let timeZone: String
    /// Percentages of the limit whose crossing is an event, ascending.
    package let alerts: [Int64]
    /// Whom a refused caller may ask; nil: nobody named.
    package let contact: String?
    /// In force or still to come when the budget was read.
    package let raises: [BudgetRaise]

    package init(
        id: Int64, version: Int64, name: String, reach: LimitReach, unit: BudgetUnit, limit: Int64, currency: String,
        span: BudgetSpan, enforcement: Enforcement, throttlePerMinute: Int64? = nil, fallbackRouteID: Int64? = nil,
        timeZone: String, alerts: [Int64] = Self.standardAlerts, contact: String? = nil, raises: [BudgetRaise] = []
    ) {
        self.id = id
        self.version = version
        self.name = name
        self.reach = reach
        self.unit = unit
        self.limit = limit
        self.currency = currency
        self.span = span
        self.enforcement = enforcement
        self.throttlePerMinute = throttlePerMinute
        self.fallbackRouteID = fallbackRouteID
        self.timeZone = timeZone
        self.alerts = alerts
        self.contact = contact
        self.raises = raises
    }

    /// What a budget that names no alerts has.
    package static let standardAlerts: [Int64] = [80, 100]

    /// The limit with the raises that are in force at a time; a sum that does not fit is the largest there is.
    package func limit(atMicros micros: Int64) -> Int64 {
        raises.reduce(limit) { sum, raise in
            guard raise.fromMicros <= micros, micros < raise.toMicros else { return sum }
            let (raised, overflow) = sum.addingReportingOverflow(raise.amount)
            return overflow ? .max : raised
        }
    }
}

/// What is added to a budget's limit for a while.
package struct BudgetRaise: Sendable, Equatable {
    /// In the budget's unit.
    package let amount: Int64
    package let fromMicros: Int64
    /// Exclusive.
    package let toMicros: Int64

    package init(amount: Int64, fromMicros: Int64, toMicros: Int64) {
        self.amount = amount
        self.fromMicros = fromMicros
        self.toMicros = toMicros
    }
}
