internal import SQLite

/// The bodies of one request's commands, collected row by row and then compared with the journal.
struct CallLeaves {
    private struct Body {
        var logIndex: Int64 = 0
        var bytes = LeafBytes()
        var rows: [(table: Int, ordinal: Int64)] = []
    }

    private var bodies: [Body] = []
    private var count = 0
    /// The request's commands that the journal has, once checked.
    private(set) var commands: [JournalReader.Header] = []

    mutating func begin() {
        count = 0
        commands.removeAll(keepingCapacity: true)
    }

    /// Adds a row to its command's body; tables come in ASCII order, rows in order of their key.
    mutating func append(_ table: LeafLayout.Table, number: Int, ordinal: Int64, logIndex: Int64, _ row: Statement) {
        let position = position(of: logIndex)
        bodies[position].bytes.append(table, row)
        bodies[position].rows.append((number, ordinal))
    }

    /// Compares each body with its journal row.
    mutating func check(
        _ call: StoredCall, tables: [LeafLayout.Table], journal: JournalReader, governed: GovernedRows,
        log: FindingLog
    ) throws {
        for position in 0..<count {
            let index = bodies[position].logIndex
            let isKnown: Void? = try journal.find(index) { header, row in
                guard JournalCheck.isOfRequest(header.kind), header.objectID == call.id else {
                    let rows = names(position, call, tables).joined(separator: ", ")
                    return log.add(
                        .journal, table(position, tables), key(position, call, tables), at: index,
                        "its journal row is about something else; rows: \(rows)")
                }
                commands.append(header)
                let accounts = governed.takeAccounts(at: index)
                guard !journal.covers(accounts.bytes, then: bodies[position].bytes, header: header, row) else { return }
                let rows = ["journal \(header.logID)/\(index)"] + accounts.names + names(position, call, tables)
                log.add(.leaf, "request", call.text, at: index, LeafMessage.mismatch(rows))
            }
            guard isKnown == nil else { continue }
            let rows = names(position, call, tables).joined(separator: ", ")
            log.add(
                .journal, table(position, tables), key(position, call, tables), at: index,
                "no journal row covers: \(rows)")
        }
    }

    private mutating func position(of logIndex: Int64) -> Int {
        for position in 0..<count where bodies[position].logIndex == logIndex { return position }
        if count == bodies.count { bodies.append(Body()) }
        bodies[count].logIndex = logIndex
        bodies[count].bytes.removeAll()
        bodies[count].rows.removeAll(keepingCapacity: true)
        count += 1
        return count - 1
    }

    /// The table of the body's first row.
    private func table(_ position: Int, _ tables: [LeafLayout.Table]) -> String {
        bodies[position].rows.first.map { tables[$0.table].name } ?? "request"
    }

    /// The key of the body's first row.
    private func key(_ position: Int, _ call: StoredCall, _ tables: [LeafLayout.Table]) -> String {
        bodies[position].rows.first.map { Self.key(tables[$0.table], call, ordinal: $0.ordinal) } ?? call.text
    }

    private func names(_ position: Int, _ call: StoredCall, _ tables: [LeafLayout.Table]) -> [String] {
        bodies[position].rows.map { row in
            tables[row.table].name + " " + Self.key(tables[row.table], call, ordinal: row.ordinal)
        }
    }

    private static func key(_ table: LeafLayout.Table, _ call: StoredCall, ordinal: Int64) -> String {
        table.primaryKey.count == 1 ? call.text : "\(call.text)/\(ordinal)"
    }
}
