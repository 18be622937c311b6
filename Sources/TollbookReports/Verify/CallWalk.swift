internal import SQLite

/// Walks requests, their rows and the open holds side by side, in order of the request's id.
///
/// Eight statements, one pass, one request in memory: every row of these tables is seen exactly once, with its request
/// or without one.
final class CallWalk {
    private struct Cursor {
        let statement: Statement
        var id: Int64 = .max

        mutating func advance() throws {
            id = try statement.step() ? statement.int64(at: 0) : .max
        }
    }

    /// In ASCII order; the positions below.
    let tables: [LeafLayout.Table]
    private let columns: CallColumns
    private var cursors: [Cursor]
    private(set) var call = StoredCall()
    var leaves = CallLeaves()
    private(set) var counts = VerifyResult.Counts()

    private enum Position {
        static let attempt = 0
        static let charge = 1
        static let decision = 2
        static let outcome = 3
        static let request = 4
        static let transfer = 5
        static let upload = 6
        static let hold = 7
    }

    init(_ layout: LeafLayout, _ connection: Connection) throws {
        tables = layout.tables.filter { LeafLayout.requestTables.contains($0.name) }
        columns = CallColumns(layout)
        var statements = try tables.map {
            try connection.prepare("SELECT \($0.columnList) FROM \($0.name) ORDER BY \($0.keyList)")
        }
        statements.append(
            try connection.prepare("SELECT request_id, amount_nano, currency FROM open_hold ORDER BY request_id"))
        cursors = statements.map { Cursor(statement: $0) }
        for position in cursors.indices { try cursors[position].advance() }
    }

    /// Reads the next request into `call` and `leaves`.
    ///
    /// - Returns: false at the end.
    func next() throws -> Bool {
        let id = cursors.reduce(Int64.max) { min($0, $1.id) }
        guard id != .max else { return false }
        call.begin(id)
        leaves.begin()
        try readAttempts()
        try readCharges()
        try readDecisions()
        try readOutcome()
        try readRequest()
        try readTransfers()
        try readUpload()
        try readHold()
        return true
    }

    /// Calls `body` with each of the request's rows in a table.
    private func forEach(_ position: Int, _ body: (Statement) -> Void) throws {
        while cursors[position].id == call.id {
            body(cursors[position].statement)
            try cursors[position].advance()
        }
    }

    private func cover(_ position: Int, ordinal: Int64, logIndex: Int64, _ row: Statement) {
        leaves.append(tables[position], number: position, ordinal: ordinal, logIndex: logIndex, row)
    }

    private func readAttempts() throws {
        try forEach(Position.attempt) { row in
            let attempt = columns.attempt(row)
            cover(Position.attempt, ordinal: attempt.ordinal, logIndex: attempt.logIndex, row)
            call.attempts.append(attempt)
            counts.attempts += 1
        }
    }

    private func readCharges() throws {
        try forEach(Position.charge) { row in
            let charge = columns.charge(row)
            cover(Position.charge, ordinal: charge.ordinal, logIndex: charge.logIndex, row)
            call.charges.append(charge)
            counts.charges += 1
        }
    }

    private func readDecisions() throws {
        try forEach(Position.decision) { row in
            let decision = columns.decision(row)
            cover(Position.decision, ordinal: decision.ordinal, logIndex: decision.logIndex, row)
            call.decisions.append(decision)
            counts.decisions += 1
        }
    }

    private func readOutcome() throws {
        try forEach(Position.outcome) { row in
            let outcome = columns.outcome(row)
            cover(Position.outcome, ordinal: 0, logIndex: outcome.logIndex, row)
            call.outcome = outcome
        }
    }

    private func readRequest() throws {
        try forEach(Position.request) { row in
            let request = columns.request(row)
            cover(Position.request, ordinal: 0, logIndex: request.logIndex, row)
            call.request = request
            counts.requests += 1
        }
    }

    private func readTransfers() throws {
        try forEach(Position.transfer) { row in
            let transfer = columns.transfer(row)
            cover(Position.transfer, ordinal: transfer.ordinal, logIndex: transfer.logIndex, row)
            call.transfers.append(transfer)
            counts.transfers += 1
        }
    }

    private func readUpload() throws {
        try forEach(Position.upload) { row in
            let upload = columns.upload(row)
            cover(Position.upload, ordinal: 0, logIndex: upload.logIndex, row)
            call.upload = upload
        }
    }

    private func readHold() throws {
        try forEach(Position.hold) { row in
            call.hold = StoredCall.Hold(amountNano: row.optionalInt64(at: 1), currency: row.optionalString(at: 2))
            counts.openRequests += 1
        }
    }
}
