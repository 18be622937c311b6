internal import SQLite

/// One inserter per truth table that calls write, and the journal's.
final class TruthInserters {
    let request: RowInserter
    let decision: RowInserter
    let attempt: RowInserter
    let outcome: RowInserter
    let charge: RowInserter
    let account: RowInserter
    let transfer: RowInserter
    let upload: RowInserter
    let journal: RowInserter
    /// Journal rows belong to no leaf; they wait encoded in the same way.
    private let journalRows = LeafBuffer()
    private let all: [RowInserter]

    init(connection: Connection, leaf: LeafBuffer) {
        func make(_ table: TruthTable) -> RowInserter {
            RowInserter(table: table.rawValue, columns: table.columns, connection: connection, leaf: leaf)
        }
        request = make(.request)
        decision = make(.decision)
        attempt = make(.attempt)
        outcome = make(.outcome)
        charge = make(.charge)
        account = make(.account)
        transfer = make(.transfer)
        upload = make(.upload)
        journal = RowInserter(
            table: "journal",
            columns: [
                "log_id", "log_index", "leaf_version", "kind", "time_micros", "organization_id", "object_id", "salt",
                "body_hash",
            ],
            connection: connection, leaf: journalRows)
        all = [request, decision, attempt, outcome, charge, account, transfer, upload, journal]
    }

    /// Stores the rows that wait.
    ///
    /// - Throws: what a row ran into; whatever was inserted since the last `flush()` must be undone then.
    func flush() throws(SQLiteError) {
        for inserter in all { try inserter.flush() }
        journalRows.removeAll()
    }

    /// Forgets the rows that wait.
    func discard() {
        for inserter in all { inserter.discard() }
        journalRows.removeAll()
    }
}
