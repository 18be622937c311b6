/// What a spend report is asked for.
package struct SpendQuery: Sendable {
    /// Which period an amount belongs to.
    package enum Basis: String, CaseIterable, Sendable {
        /// The one that its request was accepted in, as budgets count it.
        case usage
        /// The month (UTC) that it was posted in, as the books are closed.
        case posted
    }

    /// Narrows a report; nil: everything. Several are combined with and.
    package struct Filter: Sendable, Equatable {
        package var organizationID: Int64?
        package var teamID: Int64?
        package var projectID: Int64?
        package var applicationID: Int64?
        package var keyID: Int64?
        package var userSubjectID: Int64?
        package var routeID: Int64?

        package init() {}
    }

    /// Microseconds since 1970 UTC, inclusive.
    package var fromMicros: Int64
    /// Microseconds since 1970 UTC, exclusive.
    package var toMicros: Int64
    /// IANA name; days and months begin in it.
    package var timeZone: String
    /// In the order of the columns and of sorting; each at most once.
    package var dimensions: [SpendDimension]
    package var basis: Basis
    /// Only rows up to this journal index; nil: the newest.
    package var asOf: Int64?
    package var filter: Filter

    package init(
        fromMicros: Int64, toMicros: Int64, timeZone: String = "UTC", dimensions: [SpendDimension],
        basis: Basis = .usage, asOf: Int64? = nil, filter: Filter = Filter()
    ) {
        self.fromMicros = fromMicros
        self.toMicros = toMicros
        self.timeZone = timeZone
        self.dimensions = dimensions
        self.basis = basis
        self.asOf = asOf
        self.filter = filter
    }
}
