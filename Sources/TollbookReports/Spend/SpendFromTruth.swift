internal import SQLite
internal import TollbookCore

/// The spend report from requests, attempts, charges and outcomes, walked side by side in order of the request's id.
struct SpendFromTruth {
    private struct Attempt {
        let ordinal: Int64
        let target: SpendAccumulator.Target
    }

    private struct Charge {
        let attemptOrdinal: Int64?
        let amountNano: Int64?
        let currency: String
        let isEstimated: Bool
        let postingPeriod: Int64
    }

    private let connection: Connection
    private let query: SpendQuery
    private let asOf: Int64
    private let needsTarget: Bool
    private let history: DeploymentHistory?
    private var outcomes: ChildCursor
    private var attempts: ChildCursor
    private var charges: ChildCursor
    private var accumulator: SpendAccumulator
    // One request's rows; kept so that their memory is used again.
    private var attemptRows: [Attempt] = []
    private var chargeRows: [Charge] = []

    static func run(_ connection: Connection, _ query: SpendQuery, asOf: Int64) throws -> SpendAccumulator {
        var walk = try SpendFromTruth(connection, query, asOf: asOf)
        try walk.walk()
        return walk.accumulator
    }

    private init(_ connection: Connection, _ query: SpendQuery, asOf: Int64) throws {
        self.connection = connection
        self.query = query
        self.asOf = asOf
        needsTarget = query.dimensions.contains(where: \.isOfDeployment)
        history = needsTarget ? try DeploymentHistory(asOf: asOf, connection: connection) : nil
        outcomes = ChildCursor(try connection.cached(SpendQueries.outcomes))
        attempts = ChildCursor(try connection.cached(SpendQueries.attempts))
        charges = ChildCursor(try connection.cached(SpendQueries.charges))
        accumulator = try SpendAccumulator(query)
    }

    private mutating func walk() throws {
        var window = RequestWindow(fromMicros: query.fromMicros, toMicros: query.toMicros)
        // A charge can be posted long after its request was accepted.
        if query.basis == .posted { window = RequestWindow(fromMicros: .min, toMicros: query.toMicros) }
        var firstID = window.firstID
        while let lastID = try walkPage(firstID: firstID, lastID: window.lastID) {
            firstID = lastID + 1
        }
    }

    /// - Returns: the last request of the page; nil at the end.
    private mutating func walkPage(firstID: Int64, lastID: Int64) throws -> Int64? {
        let page = try connection.cached(SpendQueries.requests)
        defer { stop(page) }
        let isUsage = query.basis == .usage
        try page.bind(firstID, at: 1)
        try page.bind(lastID, at: 2)
        try page.bind(isUsage ? query.fromMicros : .min, at: 3)
        try page.bind(isUsage ? query.toMicros : .max, at: 4)
        try page.bind(asOf, at: 5)
        try page.bind(ReportLimits.requestsPerPage, at: 6)
        var last: Int64?
        var count = 0
        while try page.step() {
            let id = page.int64(at: 0)
            if last == nil { try start(firstID: id, lastID: lastID) }
            last = id
            count += 1
            let subject = SpendSubject(page, firstColumn: 1)
            guard subject.matches(query.filter) else { continue }
            try add(id: id, subject, revision: page.int64(at: 9))
        }
        return count == ReportLimits.requestsPerPage ? last : nil
    }

    private mutating func start(firstID: Int64, lastID: Int64) throws {
        try outcomes.start(firstID: firstID, lastID: lastID, asOf: asOf)
        if needsTarget { try attempts.start(firstID: firstID, lastID: lastID, asOf: asOf) }
        try charges.start(firstID: firstID, lastID: lastID, asOf: asOf)
    }

    /// Lets go of the snapshot between two pages.
    private func stop(_ page: Statement) {
        page.reset()
        outcomes.stop()
        attempts.stop()
        charges.stop()
    }

    private mutating func add(id: Int64, _ subject: SpendSubject, revision: Int64) throws {
        var sums = SpendGroups.Sums(requests: 1, openHolds: 1)
        try outcomes.forEachRow(of: id) { row in
            sums.openHolds = 0
            sums.denied = row.int64(at: 1) == Int64(EndReason.denied.rawValue) ? 1 : 0
        }
        if needsTarget { try readAttempts(of: id, revision: revision) }
        try readCharges(of: id)
        sums.estimated = chargeRows.contains { $0.isEstimated } ? 1 : 0
        sums.unpriced = chargeRows.contains { $0.amountNano == nil } ? 1 : 0
        if subject.acceptedMicros >= query.fromMicros, subject.acceptedMicros < query.toMicros {
            let currency = chargeRows.first { $0.amountNano != nil }?.currency
            try accumulator.add(
                sums, subject, target: attemptRows.last?.target ?? .init(),
                currency: currency ?? SpendAccumulator.defaultCurrency, atMicros: subject.acceptedMicros)
        }
        for charge in chargeRows { try add(charge, subject) }
    }

    private mutating func add(_ charge: Charge, _ subject: SpendSubject) throws {
        guard let amount = charge.amountNano else { return }
        var micros = subject.acceptedMicros
        if query.basis == .posted {
            micros = PostingMonths.startMicros(ofNumber: charge.postingPeriod)
            guard micros >= query.fromMicros, micros < query.toMicros else { return }
        }
        let target = attemptRows.first { $0.ordinal == charge.attemptOrdinal }?.target
        try accumulator.add(
            SpendGroups.Sums(spendNano: amount), subject, target: target ?? .init(), currency: charge.currency,
            atMicros: micros)
    }

    private mutating func readAttempts(of id: Int64, revision: Int64) throws {
        attemptRows.removeAll(keepingCapacity: true)
        try attempts.forEachRow(of: id) { row in
            let model = history?.model(deploymentID: row.int64(at: 2), revision: revision)
            attemptRows.append(
                Attempt(ordinal: row.int64(at: 1), target: .init(providerID: row.int64(at: 3), model: model)))
        }
    }

    private mutating func readCharges(of id: Int64) throws {
        chargeRows.removeAll(keepingCapacity: true)
        try charges.forEachRow(of: id) { row in
            chargeRows.append(
                Charge(
                    attemptOrdinal: row.optionalInt64(at: 1), amountNano: row.optionalInt64(at: 2),
                    currency: row.string(at: 3),
                    isEstimated: row.int64(at: 4) == Int64(UsageSource.estimated.rawValue),
                    postingPeriod: row.int64(at: 5)))
        }
    }
}
