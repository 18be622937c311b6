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

    /// One period of a budget in memory.
    fileprivate struct Period {
        let startMicros: Int64
        var sums = Sums()
        /// Changed since the last flush.
        var isDirty = false
    }

    final class Entry {
        let record: BudgetRecord
        /// By start as read; calls count in the newest, which is found first from the end.
        fileprivate var periods: [Period] = []
        /// Whether a period changed since the last flush.
        fileprivate var isDirty = false
        private var lastBounds = PeriodBounds(startMicros: 0, endMicros: 0)

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
            let start = bounds(atMicros: micros).startMicros
            return periods.last { $0.startMicros == start }?.sums ?? Sums()
        }

        /// What a hold of `asked` meets: limit, spent and held of the period.
        func figures(asked: NanoAmount, atMicros micros: Int64) -> LimitFigures {
            let sums = sums(inPeriodOf: micros)
            return LimitFigures(
                limit: record.limit, spent: NanoAmount(nano: sums.spentNano), held: NanoAmount(nano: sums.heldNano),
                asked: asked)
        }

        fileprivate func add(spentNano: Int64, heldNano: Int64, atMicros micros: Int64) {
            let start = bounds(atMicros: micros).startMicros
            let index = periods.lastIndex { $0.startMicros == start } ?? periods.endIndex
            if index == periods.endIndex { periods.append(Period(startMicros: start)) }
            periods[index].sums.spentNano += spentNano
            periods[index].sums.heldNano += heldNano
            periods[index].isDirty = true
        }

        fileprivate func flush(_ statement: Statement) throws {
            for index in periods.indices where periods[index].isDirty {
                try statement.bind(record.id, at: 1)
                try statement.bind(periods[index].startMicros, at: 2)
                try statement.bind(periods[index].sums.spentNano, at: 3)
                try statement.bind(periods[index].sums.heldNano, at: 4)
                try statement.run()
                periods[index].isDirty = false
            }
            isDirty = false
        }
    }

    private(set) var entries: [Entry] = []
    private var index = ScopeIndex<Entry>([]) { Scope(kind: $0.record.scopeKind, id: $0.record.scopeID) }
    /// Entries that the batch changed, each once.
    private var dirty: [Entry] = []

    /// Takes over a new governance state: sums are read from the file; budgets without rows are built from the
    /// truth.
    func load(_ records: [BudgetRecord], connection: Connection) throws {
        entries = records.map(Entry.init)
        index = ScopeIndex(entries) { Scope(kind: $0.record.scopeKind, id: $0.record.scopeID) }
        dirty.removeAll()
        var byID: [Int64: Entry] = [:]
        for entry in entries { byID[entry.record.id] = entry }
        try connection.prepare(
            """
            SELECT budget_id, period_start_micros, spent_nano, held_nano
            FROM budget_period
            ORDER BY budget_id, period_start_micros
            """
        ).forEachRow { row in
            let sums = Sums(spentNano: row.int64(at: 2), heldNano: row.int64(at: 3))
            byID[row.int64(at: 0)]?.periods.append(Period(startMicros: row.int64(at: 1), sums: sums))
        }
    }

    /// The open budgets that a call of this key counts under, in the order organization, team, project,
    /// application, key.
    func applicable(to scopes: RequestScopes) -> [Entry] {
        entries.isEmpty ? [] : index.entries(of: scopes)
    }

    /// Adds to the period of one of this book's entries.
    func add(spentNano: Int64, heldNano: Int64, to entry: Entry, atMicros micros: Int64) {
        entry.add(spentNano: spentNano, heldNano: heldNano, atMicros: micros)
        guard !entry.isDirty else { return }
        entry.isDirty = true
        dirty.append(entry)
    }

    /// Writes what the batch changed.
    func flush(_ connection: Connection) throws {
        guard !dirty.isEmpty else { return }
        let statement = try connection.cached(
            """
            INSERT INTO budget_period (budget_id, period_start_micros, spent_nano, held_nano)
            VALUES (?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET spent_nano = excluded.spent_nano, held_nano = excluded.held_nano
            """)
        for entry in dirty { try entry.flush(statement) }
        dirty.removeAll(keepingCapacity: true)
    }
}

/// The ids that budgets match a request by.
struct RequestScopes: Hashable {
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
