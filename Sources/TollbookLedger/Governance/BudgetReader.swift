internal import SQLite
internal import TollbookCore
internal import TollbookPolicy

/// Open budgets whose scopes are open, with their raises.
enum BudgetReader {
    static func read(_ connection: Connection, _ reaches: inout LimitReachReader) throws -> [BudgetRecord] {
        let raises = try raises(connection)
        let statement = try connection.cached(
            """
            SELECT id, log_index, name, scope_kind, scope_id, scope_value, scope_also, unit, limit_nano, limit_count,
              currency, period, rolling_seconds, enforcement, throttle_per_minute, fallback_route_id, time_zone, alerts,
              contact
            FROM budget
            WHERE closed = 0
            ORDER BY id
            """)
        var records: [BudgetRecord] = []
        try statement.forEachRow { row in
            let id = row.int64(at: 0)
            guard let reach = try reaches.reach(row, at: 3, table: "budget", id: id, connection) else { return }
            records.append(try record(row, reach, raises: raises[id] ?? []))
        }
        return records
    }

    private static func record(
        _ row: borrowing Row, _ reach: LimitReach, raises: [BudgetRaise]
    ) throws -> BudgetRecord {
        let id = row.int64(at: 0)
        guard let unit = BudgetUnit(rawValue: row.int(at: 7)), let period = BudgetPeriod(rawValue: row.int(at: 11)),
            let enforcement = Enforcement(rawValue: row.int(at: 13))
        else { throw TollbookError.corruptGovernance(table: "budget", column: "unit, period or enforcement", id: id) }
        let alerts = try row.list(at: 17, table: "budget", column: "alerts", id: id, JSONList.ids)
        return BudgetRecord(
            id: id, version: row.int64(at: 1), name: row.string(at: 2), reach: reach, unit: unit,
            limit: unit == .money ? row.int64(at: 8) : row.optionalInt64(at: 9) ?? 0, currency: row.string(at: 10),
            span: BudgetSpan(period, rollingSeconds: row.optionalInt64(at: 12)), enforcement: enforcement,
            throttlePerMinute: row.optionalInt64(at: 14), fallbackRouteID: row.optionalInt64(at: 15),
            timeZone: row.string(at: 16), alerts: alerts?.sorted() ?? BudgetRecord.standardAlerts,
            contact: row.optionalString(at: 18), raises: raises)
    }

    /// Raises by their budgets, those that are over too: a clock may be set back.
    private static func raises(_ connection: Connection) throws -> [Int64: [BudgetRaise]] {
        var raises: [Int64: [BudgetRaise]] = [:]
        let sql: StaticString = "SELECT budget_id, amount, from_micros, to_micros FROM budget_raise ORDER BY id"
        try connection.cached(sql).forEachRow { row in
            raises[row.int64(at: 0), default: []].append(
                BudgetRaise(amount: row.int64(at: 1), fromMicros: row.int64(at: 2), toMicros: row.int64(at: 3)))
        }
        return raises
    }
}
