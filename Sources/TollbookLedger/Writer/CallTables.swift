internal import SQLite
internal import TollbookCore

/// What calls write: one inserter per truth table, the journal's, and the holds' comings and goings.
final class CallTables {
    let request: RowInserter
    let decision: RowInserter
    let attempt: RowInserter
    let outcome: RowInserter
    let charge: RowInserter
    let account: RowInserter
    let transfer: RowInserter
    let journal: RowInserter
    let openHold: RowInserter
    /// Requests that are open no more.
    let closedHold: RowDeleter
    /// Rows of the journal and of what is derived belong to no leaf; they wait encoded in the same way.
    private let uncovered = LeafBuffer()
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
        journal = RowInserter(
            table: "journal",
            columns: [
                "log_id", "log_index", "leaf_version", "kind", "time_micros", "organization_id", "object_id", "salt",
                "body_hash",
            ],
            connection: connection, leaf: uncovered)
        openHold = RowInserter(
            table: "open_hold", columns: ["request_id", "amount_nano", "currency"], connection: connection,
            leaf: uncovered)
        closedHold = RowDeleter(table: "open_hold", key: "request_id", connection: connection)
        all = [request, decision, attempt, outcome, charge, account, transfer, journal, openHold]
    }

    /// Stores the rows that wait.
    ///
    /// - Throws: what a row ran into, `request_not_open` for a hold that is not there; whatever was written since the
    ///   last `flush()` must be undone then.
    func flush() throws {
        for inserter in all { try inserter.flush() }
        uncovered.removeAll()
        guard try closedHold.flush() else {
            throw TollbookError(.requestNotOpen, "a settled request was not open")
        }
    }

    /// Forgets the rows that wait.
    func discard() {
        for inserter in all { inserter.discard() }
        closedHold.discard()
        uncovered.removeAll()
    }
}
