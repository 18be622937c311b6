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
    }
}
