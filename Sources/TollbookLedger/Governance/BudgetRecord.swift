package import TollbookCore

/// A budget in force, as the writer checks holds against it.
package struct BudgetRecord: Sendable, Equatable {
    package let id: Int64
    /// The journal index of the budget's version in force.
    package let version: Int64
    package let name: String
    package let scopeKind: ScopeKind
    /// Id of the organization, team, project, application or key.
    package let scopeID: Int64
    /// For people, as governance files write it: `project/ranking`.
    package let scopeText: String
    /// A period's limit.
    package let limit: NanoAmount
    /// ISO 4217.
    package let currency: String
    package let period: BudgetPeriod
    package let enforcement: Enforcement
    /// IANA name of the zone that days and months begin in.
    package let timeZone: String
    /// Whom a refused caller may ask; nil: nobody named.
    package let contact: String?

    package init(
        id: Int64, version: Int64, name: String, scopeKind: ScopeKind, scopeID: Int64, scopeText: String,
        limit: NanoAmount, currency: String, period: BudgetPeriod, enforcement: Enforcement, timeZone: String,
        contact: String?
    ) {
        self.id = id
        self.version = version
        self.name = name
        self.scopeKind = scopeKind
        self.scopeID = scopeID
        self.scopeText = scopeText
        self.limit = limit
        self.currency = currency
        self.period = period
        self.enforcement = enforcement
        self.timeZone = timeZone
        self.contact = contact
    }
}
