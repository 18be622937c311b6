internal import SQLite
internal import TollbookCore
internal import TollbookPolicy

/// A budget with what its periods add up to. Used by the writer's thread only.
///
/// Only periods that a call can still count in are kept, and the quarter hours that a rolling period looks back on;
/// what changed is added to `budget_period`, which has all.
final class BudgetSums: Limited {
    /// What one period adds up to, in the budget's unit.
    struct Amounts: Equatable {
        var spent: Int64 = 0
        var held: Int64 = 0
    }

    /// A period, or a quarter hour of a rolling one.
    private struct Slice {
        let startMicros: Int64
        var amounts = Amounts()
        /// Since the last flush.
        var change = Amounts()
    }

    let record: BudgetRecord
    /// Calls that a throttling budget let through for want of room.
    var throttled = RateWindow(.minute)
    /// Whether a slice changed since the last flush.
    private(set) var isDirty = false
    /// Ascending by start.
    private var slices: [Slice] = []
    private var lastBounds = PeriodBounds(startMicros: 0, endMicros: 0)
    /// Of a rolling period: the slices from here on are in the window, and add up to this.
    private var firstInWindow = 0
    private var window = Amounts()

    var reach: LimitReach { record.reach }

    init(record: BudgetRecord) {
        self.record = record
    }

    /// The period, or the quarter hour of a rolling one, that a time lies in.
    func bounds(atMicros micros: Int64) -> PeriodBounds {
        if !lastBounds.contains(micros) {
            lastBounds = BudgetCalendar.period(containing: micros, span: record.span, timeZone: record.timeZone)
        }
        return lastBounds
    }

    /// When there is room again if nothing more is called; nil: never by itself.
    func endMicros(atMicros micros: Int64) -> Int64? {
        record.span.period == .rolling ? nil : bounds(atMicros: micros).endMicros
    }

    /// Before this nothing needs to be in memory: two days past what a call can count in or look back on.
    func oldestNeeded(atMicros micros: Int64) -> Int64 {
        let lookBack = (record.span.rollingSeconds ?? 0) * 1_000_000
        return bounds(atMicros: micros).startMicros - lookBack - LedgerLimits.budgetSlackMicros
    }

    /// Takes a row of `budget_period` over; rows come ascending by start.
    func restore(startMicros: Int64, _ amounts: Amounts) {
        slices.append(Slice(startMicros: startMicros, amounts: amounts))
        firstInWindow = slices.count
        window = Amounts()
    }

    /// What the period of a time adds up to; of a rolling one, all that is at most its length ago.
    func amounts(atMicros micros: Int64) -> Amounts {
        guard let length = record.span.rollingSeconds else {
            let start = bounds(atMicros: micros).startMicros
            return slices.last { $0.startMicros == start }?.amounts ?? Amounts()
        }
        let step = BudgetSpan.rollingStepSeconds * 1_000_000
        // A quarter hour stays until all of it is too old.
        moveWindow(to: micros - length * 1_000_000 - step)
        return window
    }

    /// What a call that may use as much as `asked` meets.
    func figures(asked: Int64, atMicros micros: Int64) -> LimitFigures {
        let amounts = amounts(atMicros: micros)
        return LimitFigures(
            limit: record.limit(atMicros: micros), spent: amounts.spent, held: amounts.held, asked: asked)
    }

    func add(_ amounts: Amounts, atMicros micros: Int64) {
        let index = slice(startingAt: bounds(atMicros: micros).startMicros)
        slices[index].amounts.spent += amounts.spent
        slices[index].amounts.held += amounts.held
        slices[index].change.spent += amounts.spent
        slices[index].change.held += amounts.held
        isDirty = true
        guard record.span.period == .rolling, index >= firstInWindow else { return }
        window.spent += amounts.spent
        window.held += amounts.held
    }

    /// Adds what changed to `budget_period`.
    func flush(_ statement: Statement) throws {
        for index in slices.indices.reversed() where slices[index].change != Amounts() {
            try statement.bind(record.id, at: 1)
            try statement.bind(slices[index].startMicros, at: 2)
            try statement.bind(slices[index].change.spent, at: 3)
            try statement.bind(slices[index].change.held, at: 4)
            try statement.run()
            slices[index].change = Amounts()
        }
        isDirty = false
        forgetOld()
    }

    /// The place of a slice, made when it is new.
    private func slice(startingAt start: Int64) -> Int {
        // Nearly always the newest, or the one before.
        var index = slices.endIndex
        while index > 0, slices[index - 1].startMicros > start { index -= 1 }
        if index > 0, slices[index - 1].startMicros == start { return index - 1 }
        slices.insert(Slice(startMicros: start), at: index)
        if index < firstInWindow { firstInWindow += 1 }
        return index
    }

    /// Lets slices that start by `micros` out of the window; takes them in again when a clock was set back.
    private func moveWindow(to micros: Int64) {
        while firstInWindow < slices.count, slices[firstInWindow].startMicros <= micros {
            window.spent -= slices[firstInWindow].amounts.spent
            window.held -= slices[firstInWindow].amounts.held
            firstInWindow += 1
        }
        while firstInWindow > 0, slices[firstInWindow - 1].startMicros > micros {
            firstInWindow -= 1
            window.spent += slices[firstInWindow].amounts.spent
            window.held += slices[firstInWindow].amounts.held
        }
    }

    /// Minutes and hours would add up for as long as the process runs.
    private func forgetOld() {
        guard slices.count > LedgerLimits.budgetSlices, record.span.period != .rolling else { return }
        slices.removeFirst(slices.count - LedgerLimits.budgetSlices / 2)
    }
}
