internal import SQLite
internal import TollbookCore
internal import TollbookPolicy

/// Counts from their decisions the last minute's calls that throttling budgets let through for want of room.
enum ThrottleRecount {
    static func run(_ entries: [BudgetSums], nowMicros: Int64, connection: Connection) throws {
        let throttling = entries.filter { $0.record.enforcement == .throttle }
        guard !throttling.isEmpty else { return }
        let byID = Dictionary(throttling.map { ($0.record.id, $0) }, uniquingKeysWith: { first, _ in first })
        let kept = RateWindow(.minute).keptMicros
        let statement = try connection.cached(sql)
        try statement.bind(RequestID.first(atMillis: (nowMicros - kept) / 1_000).rawValue, at: 1)
        try statement.bind(Int64(PolicyKind.budget.rawValue), at: 2)
        try statement.bind(Int64(DecisionReason.withinThrottle.rawValue), at: 3)
        try statement.forEachRow { row in
            byID[row.int64(at: 0)]?.throttled.add(1, atMicros: row.int64(at: 1))
        }
    }

    static let sql: StaticString = """
        SELECT decision.policy_id, request.accepted_micros
        FROM request JOIN decision ON decision.request_id = request.id
        WHERE request.id >= ? AND decision.policy_kind = ? AND decision.reason = ?
        ORDER BY request.id
        """
}
