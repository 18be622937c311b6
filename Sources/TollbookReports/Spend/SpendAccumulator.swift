internal import SQLite
internal import TollbookCore

/// Turns requests and amounts into groups of a query; shared by the two sources, so that they cannot differ in how.
struct SpendAccumulator {
    /// What a request without a priced charge is counted under.
    static let defaultCurrency = "USD"

    /// What a group's deployment decides; 0 and nil: no attempt was made.
    struct Target {
        var providerID: Int64 = 0
        var model: String?
    }

    let query: SpendQuery
    private(set) var groups = SpendGroups()
    private(set) var models = TextNumbers()
    private(set) var currencies = TextNumbers()
    private(set) var buckets: TimeBuckets?

    /// - Throws: `report_too_large`.
    init(_ query: SpendQuery) throws {
        self.query = query
        guard let dimension = query.dimensions.first(where: { $0 == .day }) ?? query.dimensions.first(where: \.isOfTime)
        else { return }
        buckets = try TimeBuckets(
            dimension, fromMicros: query.fromMicros, toMicros: query.toMicros, timeZone: query.timeZone)
    }

    /// Adds to the group of a request; the time decides the day or month.
    mutating func add(
        _ sums: SpendGroups.Sums, _ subject: SpendSubject, target: Target, currency: String, atMicros micros: Int64
    ) throws {
        var key = SpendGroups.Key()
        for dimension in query.dimensions {
            key.append(value(dimension, subject, target: target, micros: micros))
        }
        key.append(currencies.number(currency))
        try groups.add(sums, to: key)
    }

    private mutating func value(
        _ dimension: SpendDimension, _ subject: SpendSubject, target: Target, micros: Int64
    ) -> Int64 {
        switch dimension {
        case .organization: subject.organizationID
        case .team: subject.teamID
        case .project: subject.projectID
        case .application: subject.applicationID
        case .user: subject.userSubjectID
        case .key: subject.keyID
        case .route: subject.routeID
        case .provider: target.providerID
        case .model: target.model.map { models.number($0) } ?? 0
        case .day, .month: Int64(buckets?.index(ofMicros: micros) ?? 0)
        }
    }
}
