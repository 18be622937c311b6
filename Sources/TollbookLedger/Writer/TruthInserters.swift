internal import SQLite

/// One inserter per truth table that calls write.
final class TruthInserters {
    let request: RowInserter
    let decision: RowInserter
    let attempt: RowInserter
    let outcome: RowInserter
    let charge: RowInserter
    let account: RowInserter
    let transfer: RowInserter
    private let all: [RowInserter]

    init(connection: Connection, leaf: LeafBuffer) {
        func make(_ table: TruthTable) -> RowInserter {
            RowInserter(table, connection: connection, leaf: leaf)
        }
        request = make(.request)
        decision = make(.decision)
        attempt = make(.attempt)
        outcome = make(.outcome)
        charge = make(.charge)
        account = make(.account)
        transfer = make(.transfer)
        all = [request, decision, attempt, outcome, charge, account, transfer]
    }

    /// Stores the rows that wait.
    ///
    /// - Throws: what a row ran into; whatever was inserted since the last `flush()` must be undone then.
    func flush() throws(SQLiteError) {
        for inserter in all { try inserter.flush() }
    }

    /// Forgets the rows that wait.
    func discard() {
        for inserter in all { inserter.discard() }
    }
}
