internal import SQLite
internal import TollbookCore
internal import TollbookPolicy

/// Every open budget with its periods' sums, mirrored in memory so that a check costs no query.
///
/// The mirror is the writer's alone: it is changed when a command succeeds, written to `budget_period` before the
/// batch's COMMIT, and read again from the file after a failed one. Used by the writer's thread only.
final class BudgetBook {
    struct Scope: Hashable {
        let kind: ScopeKind
        let id: Int64
    }

    /// What one period of one budget adds up to.
    struct Sums {
        var spentNano: Int64 = 0
        var heldNano: Int64 = 0
    }

    final class Entry {
        let record: BudgetRecord
        fileprivate var periods: [Int64: Sums] = [:]
        fileprivate var dirty: Set<Int64> = []
        fileprivate var lastBounds = PeriodBounds(startMicros: 0, endMicros: 0)

        init(record: BudgetRecord) {
            self.record = record
        }

        func bounds(atMicros micros: Int64) -> PeriodBounds {
            if !lastBounds.contains(micros) {
                lastBounds = BudgetCalendar.period(
                    containing: micros, kind: record.period, timeZone: record.timeZone)
            }
            return lastBounds
        }

        func sums(inPeriodOf micros: Int64) -> Sums {
            periods[bounds(atMicros: micros).startMicros] ?? Sums()
        }

        /// What a hold of `asked` meets: limit, spent and held of the period.
        func figures(asked: NanoAmount, atMicros micros: Int64) -> LimitFigures {
            let sums = sums(inPeriodOf: micros)
            return LimitFigures(
                limit: record.limit, spent: NanoAmount(nano: sums.spentNano), held: NanoAmount(nano: sums.heldNano),
                asked: asked)
        }

        func add(spentNano: Int64, heldNano: Int64, atMicros micros: Int64) {
            let start = bounds(atMicros: micros).startMicros
            periods[start, default: Sums()].spentNano += spentNano
            periods[start, default: Sums()].heldNano += heldNano
            dirty.insert(start)
        }
    }

    private(set) var entries: [Entry] = []
    private var byScope: [Scope: [Entry]] = [:]

    /// Takes over a new governance state: sums are read from the file; budgets without rows are built from the
    /// truth.
    func load(_ records: [BudgetRecord], connection: Connection) throws {
        entries = records.map(Entry.init)
        byScope = Dictionary(grouping: entries) { Scope(kind: $0.record.scopeKind, id: $0.record.scopeID) }
        var byID: [Int64: Entry] = [:]
        for entry in entries { byID[entry.record.id] = entry }
        try connection.prepare(
            "SELECT budget_id, period_start_micros, spent_nano, held_nano FROM budget_period"
        ).forEachRow { row in
            byID[row.int64(at: 0)]?.periods[row.int64(at: 1)] = Sums(
                spentNano: row.int64(at: 2), heldNano: row.int64(at: 3))
        }
    }

    /// The open budgets that a call of this key counts under, in the order organization, team, project,
    /// application, key.
    func applicable(to scopes: RequestScopes) -> [Entry] {
        guard !entries.isEmpty else { return [] }
        var found: [Entry] = []
        for scope in scopes.all {
            if let matches = byScope[scope] { found.append(contentsOf: matches) }
        }
        return found
    }

    /// Writes what the batch changed.
    func flush(_ connection: Connection) throws {
        for entry in entries where !entry.dirty.isEmpty {
            let statement = try connection.cached(
                """
                INSERT INTO budget_period (budget_id, period_start_micros, spent_nano, held_nano)
                VALUES (?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET spent_nano = excluded.spent_nano, held_nano = excluded.held_nano
                """)
            for start in entry.dirty {
                let sums = entry.periods[start] ?? Sums()
                try statement.bind(entry.record.id, at: 1)
                try statement.bind(start, at: 2)
                try statement.bind(sums.spentNano, at: 3)
                try statement.bind(sums.heldNano, at: 4)
                try statement.run()
            }
            entry.dirty.removeAll(keepingCapacity: true)
        }
    }
}

/// The ids that budgets match a request by.
struct RequestScopes {
    let organizationID: Int64
    let teamID: Int64
    let projectID: Int64
    let applicationID: Int64?
    let keyID: Int64

    /// From the widest to the narrowest.
    var all: [BudgetBook.Scope] {
        var scopes: [BudgetBook.Scope] = [
            .init(kind: .organization, id: organizationID), .init(kind: .team, id: teamID),
            .init(kind: .project, id: projectID),
        ]
        if let applicationID { scopes.append(.init(kind: .application, id: applicationID)) }
        scopes.append(.init(kind: .key, id: keyID))
        return scopes
    }
}
