internal import SQLite
internal import TollbookCore

/// Adds up requests and charges by quarter hour and compares the sums with `rollup_quarter`.
///
/// Holds the differences between truth and table. Requests come nearly in order of time, so old quarters are compared
/// as the walk goes on and what agrees is forgotten; a late request brings its key back, with a difference.
struct RollupTally {
    private struct Key: Hashable {
        let quarterStartMicros: Int64
        let organizationID: Int64
        let teamID: Int64
        let projectID: Int64
        let applicationID: Int64
        let keyID: Int64
        let userSubjectID: Int64
        let routeID: Int64
        let deploymentID: Int64
        let currency: String

        /// For a person, as the table's key orders them.
        var text: String {
            let ids = [
                quarterStartMicros, organizationID, teamID, projectID, applicationID, keyID, userSubjectID, routeID,
                deploymentID,
            ]
            return ids.map(String.init).joined(separator: "/") + "/" + (currency.isEmpty ? "-" : currency)
        }
    }

    private struct Difference {
        var requests: Int64 = 0
        var denied: Int64 = 0
        var estimated: Int64 = 0
        var unpriced: Int64 = 0
        var amountNano: Int64? = 0
        var inputTokens: Int64? = 0
        var outputTokens: Int64? = 0
        /// The highest index of the truth, and of the table.
        var lastOfTruth: Int64 = -1
        var lastOfTable: Int64 = -1

        var isNone: Bool {
            requests == 0 && denied == 0 && estimated == 0 && unpriced == 0 && amountNano == 0
                && inputTokens == 0 && outputTokens == 0 && lastOfTruth == lastOfTable
        }
    }

    private var differences: [Key: Difference] = [:]
    /// Quarters before this one were compared.
    private var comparedBefore: Int64 = .min
    private var nextComparison = ReportLimits.rollupKeys

    /// Adds a request that has an outcome.
    mutating func add(_ call: StoredCall, _ request: StoredCall.Request, _ outcome: StoredCall.Outcome) {
        let currency = call.charges.first { $0.currency != nil }?.currency ?? ""
        let last = call.attempts.last?.deploymentID ?? 0
        change(key(request, deploymentID: last, currency: currency), at: outcome.logIndex) { sums in
            sums.requests += 1
            sums.denied += outcome.endReason == Int64(EndReason.denied.rawValue) ? 1 : 0
            sums.estimated += call.charges.contains { $0.isEstimated } ? 1 : 0
            sums.unpriced += call.charges.contains { $0.amountNano == nil } ? 1 : 0
        }
        for charge in call.charges {
            let deployment = call.attempt(charge.attemptOrdinal)?.deploymentID ?? 0
            let key = key(request, deploymentID: deployment, currency: charge.currency ?? currency)
            change(key, at: charge.logIndex) { sums in
                sums.amountNano = CheckedSum.adding(sums.amountNano, charge.amountNano ?? 0)
                if charge.isInput { sums.inputTokens = CheckedSum.adding(sums.inputTokens, charge.quantity) }
                if charge.isOutput { sums.outputTokens = CheckedSum.adding(sums.outputTokens, charge.quantity) }
            }
        }
    }

    private mutating func change(_ key: Key, at logIndex: Int64, _ body: (inout Difference) -> Void) {
        var difference = differences[key] ?? Difference()
        body(&difference)
        difference.lastOfTruth = max(difference.lastOfTruth, logIndex)
        differences[key] = difference
    }

    private func key(_ request: StoredCall.Request, deploymentID: Int64, currency: String) -> Key {
        Key(
            quarterStartMicros: CivilTime.floor(request.acceptedMicros, toMultipleOf: SpendReport.quarterMicros),
            organizationID: request.organizationID, teamID: request.teamID, projectID: request.projectID,
            applicationID: request.applicationID ?? 0, keyID: request.keyID,
            userSubjectID: request.userSubjectID ?? 0, routeID: request.routeID, deploymentID: deploymentID,
            currency: currency)
    }

    /// Compares the quarters that the walk has left behind, when many keys have come together.
    mutating func compareOldQuarters(nowMicros: Int64, _ connection: Connection) throws {
        guard differences.count >= nextComparison else { return }
        let (old, overflow) = nowMicros.subtractingReportingOverflow(2 * ReportLimits.clockSlackMicros)
        guard !overflow else { return }
        try subtractTable(before: CivilTime.floor(old, toMultipleOf: SpendReport.quarterMicros), connection)
        // What stays is recent, or differs; either way the next comparison waits for as much again.
        nextComparison = differences.count + ReportLimits.rollupKeys
    }

    /// Compares the rest and names what differs.
    mutating func compare(_ connection: Connection, _ log: FindingLog) throws {
        try subtractTable(before: .max, connection)
        let left = differences.map { (key: $0.key.text, difference: $0.value) }.sorted { $0.key < $1.key }
        for (key, difference) in left {
            let message =
                difference.lastOfTable < 0
                ? "its requests have no row" : "it is not the sum of its requests and charges"
            log.add(.derived, "rollup_quarter", key, message)
        }
    }

    private mutating func subtractTable(before end: Int64, _ connection: Connection) throws {
        guard end > comparedBefore else { return }
        let row = try connection.prepare(
            """
            SELECT quarter_start_micros, organization_id, team_id, project_id, application_id, api_key_id,
              user_subject_id, route_id, deployment_id, currency, requests, denied, estimated, unpriced, amount_nano,
              last_log_index, input_tokens, output_tokens
            FROM rollup_quarter
            WHERE quarter_start_micros >= ? AND quarter_start_micros < ?
            """)
        try row.bind(comparedBefore, at: 1)
        try row.bind(end, at: 2)
        while try row.step() { subtract(row) }
        comparedBefore = end
        differences = differences.filter { $0.key.quarterStartMicros >= end || !$0.value.isNone }
    }

    private mutating func subtract(_ row: Statement) {
        let key = Key(
            quarterStartMicros: row.int64(at: 0), organizationID: row.int64(at: 1), teamID: row.int64(at: 2),
            projectID: row.int64(at: 3), applicationID: row.int64(at: 4), keyID: row.int64(at: 5),
            userSubjectID: row.int64(at: 6), routeID: row.int64(at: 7), deploymentID: row.int64(at: 8),
            currency: row.string(at: 9))
        var difference = differences[key] ?? Difference()
        difference.requests &-= row.int64(at: 10)
        difference.denied &-= row.int64(at: 11)
        difference.estimated &-= row.int64(at: 12)
        difference.unpriced &-= row.int64(at: 13)
        difference.amountNano = Self.subtracting(row.int64(at: 14), from: difference.amountNano)
        difference.lastOfTable = row.int64(at: 15)
        difference.inputTokens = Self.subtracting(row.int64(at: 16), from: difference.inputTokens)
        difference.outputTokens = Self.subtracting(row.int64(at: 17), from: difference.outputTokens)
        differences[key] = difference
    }

    private static func subtracting(_ amount: Int64, from sum: Int64?) -> Int64? {
        amount == .min ? nil : CheckedSum.adding(sum, -amount)
    }
}
