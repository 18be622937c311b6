internal import SQLite

/// Checks every request, and adds up what the derived tables should say.
final class CallsCheck {
    private let connection: Connection
    private let journal: JournalReader
    private let governed: GovernedRows
    private let log: FindingLog
    private let references: ReferenceBook
    private let walk: CallWalk
    private var accounts = AccountTally()
    private var budgets: BudgetTally
    private var rollups = RollupTally()
    /// Commands about requests whose rows were found.
    private var commands: Int64 = 0

    init(
        _ layout: LeafLayout, _ connection: Connection, journal: JournalReader, governed: GovernedRows,
        log: FindingLog
    ) throws {
        self.connection = connection
        self.journal = journal
        self.governed = governed
        self.log = log
        references = try ReferenceBook(connection, head: journal.head)
        walk = try CallWalk(layout, connection)
        budgets = try BudgetTally(connection)
    }

    var counts: VerifyResult.Counts { walk.counts }

    func run(_ progress: (Int64) throws -> Void) throws {
        var done: Int64 = 0
        while !log.isFull, try walk.next() {
            try check()
            done += 1
            if done % VerifyProgress.interval == 0 { try progress(done) }
        }
    }

    private func check() throws {
        let headers = try walk.checkLeaves(journal: journal, governed: governed, log: log)
        commands += Int64(headers.count)
        let call = walk.call
        guard let request = call.request else { return reportOrphans(call) }
        try CallCheck(
            call: call, request: request, commands: headers, references: references, journal: journal, log: log
        ).run()
        accounts.add(call.transfers)
        // A time that cannot be is a finding already; calendars are spared it.
        guard RequestWindow.finds(id: call.id, acceptedMicros: request.acceptedMicros) else { return }
        budgets.add(call, request)
        if let outcome = call.outcome { rollups.add(call, request, outcome) }
        try rollups.compareOldQuarters(nowMicros: request.acceptedMicros, connection)
    }

    private func reportOrphans(_ call: StoredCall) {
        let rows: [(String, Int64?)] = [
            ("decision", call.decisions.first?.ordinal), ("attempt", call.attempts.first?.ordinal),
            ("charge", call.charges.first?.ordinal), ("transfer", call.transfers.first?.ordinal),
        ]
        for (table, ordinal) in rows {
            guard let ordinal else { continue }
            log.add(.reference, table, "\(call.text)/\(ordinal)", "its request is not there")
        }
        if call.outcome != nil { log.add(.reference, "outcome", call.text, "its request is not there") }
        if call.upload != nil { log.add(.reference, "upload", call.text, "its request is not there") }
        if call.hold != nil { log.add(.reference, "open_hold", call.text, "its request is not there") }
    }

    /// Names journal rows about requests that have no rows, when the counts say that there are some.
    func findCommandsWithoutRows(expected: Int64) throws {
        guard expected != commands else { return }
        let row = try connection.prepare(
            "SELECT log_index, object_id FROM journal WHERE log_id = ? AND kind BETWEEN 2 AND 5 ORDER BY log_index")
        try row.bind(journal.logID, at: 1)
        let union = LeafLayout.requestTables.sorted().map { table in
            "SELECT 1 FROM \(table) WHERE \(table == "request" ? "id" : "request_id") = ?1 AND log_index = ?2"
        }
        let rows = try connection.prepare(union.joined(separator: " UNION ALL ") + " LIMIT 1")
        while !log.isFull, try row.step() {
            try rows.bind(row.int64(at: 1), at: 1)
            try rows.bind(row.int64(at: 0), at: 2)
            guard try rows.first({ _ in true }) == nil else { continue }
            log.add(
                .journal, "journal", "\(journal.logID)/\(row.int64(at: 0))", at: row.int64(at: 0),
                "its request's rows are not there")
        }
    }

    func compareDerived() throws {
        try accounts.compare(connection, log)
        try budgets.compare(connection, log)
        try rollups.compare(connection, log)
    }
}

extension CallWalk {
    /// Compares the request's rows with the journal.
    ///
    /// - Returns: the request's commands that the journal has.
    func checkLeaves(
        journal: JournalReader, governed: GovernedRows, log: FindingLog
    ) throws -> [JournalReader.Header] {
        try leaves.check(call, tables: tables, journal: journal, governed: governed, log: log)
        return leaves.commands
    }
}
