internal import SQLite
internal import TollbookCore

/// The spend report from the quarter-hour roll-up and the requests in flight.
///
/// It answers where the period, its days and months lie on quarter hours, the index is the newest, the basis is usage,
/// and every deployment that has to be named by provider or model always called the same one.
enum SpendFromRollup {
    /// - Returns: nil where the roll-up cannot answer.
    static func run(_ connection: Connection, _ query: SpendQuery) throws -> SpendResult? {
        guard query.basis == .usage, query.fromMicros % SpendReport.quarterMicros == 0,
            query.toMicros % SpendReport.quarterMicros == 0
        else { return nil }
        var accumulator = try SpendAccumulator(query)
        if let buckets = accumulator.buckets, !buckets.areOnQuarterHours { return nil }
        // One snapshot: the newest index, the roll-ups and the open requests belong together.
        return try connection.transaction(.deferred) {
            let head = try LedgerHead.index(connection)
            guard query.asOf == nil || query.asOf == head else { return nil }
            let history = try DeploymentHistory(asOf: head, connection: connection)
            guard try targetsAreKnown(connection, query, history) else { return nil }
            try addRollups(connection, query, history, to: &accumulator)
            try addOpenRequests(connection, query, to: &accumulator)
            return try SpendLabels.result(accumulator, asOf: head, connection: connection)
        }
    }

    private static func targetsAreKnown(
        _ connection: Connection, _ query: SpendQuery, _ history: DeploymentHistory
    ) throws -> Bool {
        guard query.dimensions.contains(where: \.isOfDeployment) else { return true }
        let statement = try connection.cached(SpendQueries.rollupDeployments)
        try bindPeriod(query, to: statement)
        var areKnown = true
        try statement.forEachRow { row in
            let id = row.int64(at: 0)
            if id != 0, history.only(deploymentID: id) == nil { areKnown = false }
        }
        return areKnown
    }

    private static func addRollups(
        _ connection: Connection, _ query: SpendQuery, _ history: DeploymentHistory,
        to accumulator: inout SpendAccumulator
    ) throws {
        let row = try connection.cached(SpendQueries.rollups)
        try bindPeriod(query, to: row)
        defer { row.reset() }
        while try row.step() {
            let subject = SpendSubject(row, firstColumn: 0)
            guard subject.matches(query.filter) else { continue }
            let only = history.only(deploymentID: row.int64(at: 8))
            let currency = row.string(at: 9)
            let sums = SpendGroups.Sums(
                requests: row.int64(at: 10), denied: row.int64(at: 11), estimated: row.int64(at: 12),
                unpriced: row.int64(at: 13), spendNano: row.int64(at: 14))
            try accumulator.add(
                sums, subject, target: .init(providerID: only?.providerID ?? 0, model: only?.model),
                currency: currency.isEmpty ? SpendAccumulator.defaultCurrency : currency,
                atMicros: subject.acceptedMicros)
        }
    }

    private static func addOpenRequests(
        _ connection: Connection, _ query: SpendQuery, to accumulator: inout SpendAccumulator
    ) throws {
        let row = try connection.cached(SpendQueries.openRequests)
        try bindPeriod(query, to: row)
        defer { row.reset() }
        while try row.step() {
            let subject = SpendSubject(row, firstColumn: 1)
            guard subject.matches(query.filter) else { continue }
            try accumulator.add(
                SpendGroups.Sums(requests: 1, openHolds: 1), subject, target: .init(),
                currency: SpendAccumulator.defaultCurrency, atMicros: subject.acceptedMicros)
        }
    }

    private static func bindPeriod(_ query: SpendQuery, to statement: Statement) throws {
        try statement.bind(query.fromMicros, at: 1)
        try statement.bind(query.toMicros, at: 2)
    }
}
