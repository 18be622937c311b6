internal import SQLite

/// The rows of versions, prices, accounts, events and exports by the command that wrote them.
///
/// Accounts are kept in memory (a project or provider each): a request's command can make them too.
final class GovernedRows {
    private struct Source {
        let table: LeafLayout.Table
        let statement: Statement
        /// The same rows as leaf version 1 covered them; nil: no otherwise.
        let earlier: Earlier?
        var consumed: Int64 = 0

        init(_ table: LeafLayout.Table, _ layout: LeafLayout, _ connection: Connection) throws {
            self.table = table
            statement = try Self.statement(table, connection)
            earlier = try layout.tablesOfVersion1.first { $0.name == table.name }.map { former in
                Earlier(
                    table: former, statement: try Self.statement(former, connection),
                    added: layout.addedColumns(of: table).map(table.position))
            }
        }

        private static func statement(_ table: LeafLayout.Table, _ connection: Connection) throws -> Statement {
            try connection.prepare(
                "SELECT \(table.columnList) FROM \(table.name) WHERE log_index = ? ORDER BY \(table.keyList)",
                persistent: true)
        }
    }

    private struct Earlier {
        let table: LeafLayout.Table
        let statement: Statement
        /// Positions of the columns that came later.
        let added: [Int]
    }

    private let connection: Connection
    private var sources: [Source]
    private let account: LeafLayout.Table
    private var accountRows: [Int64: [(key: String, bytes: LeafBytes)]] = [:]
    private var accountsLeft: Set<Int64> = []

    init(_ layout: LeafLayout, _ connection: Connection) throws {
        self.connection = connection
        account = layout["account"]
        sources = try layout.tables.filter { !LeafLayout.requestTables.contains($0.name) && $0.name != "account" }.map {
            try Source($0, layout, connection)
        }
        let row = try connection.prepare("SELECT \(account.columnList) FROM account ORDER BY id")
        while try row.step() {
            var bytes = LeafBytes()
            bytes.append(account, row)
            let index = row.int64(at: account.position(of: "log_index"))
            accountRows[index, default: []].append((account.key(row), bytes))
        }
        accountsLeft = Set(accountRows.keys)
    }

    /// How many rows were taken.
    var consumed: Int64 {
        sources.reduce(0) { $0 + $1.consumed }
            + accountRows.reduce(0) {
                accountsLeft.contains($1.key) ? $0 : $0 + Int64($1.value.count)
            }
    }

    /// The accounts that a command made, and their names for a message.
    func takeAccounts(at logIndex: Int64) -> (bytes: [LeafBytes], names: [String]) {
        guard let rows = accountRows[logIndex] else { return ([], []) }
        accountsLeft.remove(logIndex)
        return (rows.map(\.bytes), rows.map { "account \($0.key)" })
    }

    /// Every row of a command that is not about a request, in order of table and key, as its leaf version covers it.
    func take(at logIndex: Int64, leafVersion: Int64) throws -> (bytes: [LeafBytes], names: [String]) {
        // "account" comes before every other name.
        var (bytes, names) = takeAccounts(at: logIndex)
        for position in sources.indices {
            let source = sources[position]
            let earlier = leafVersion == 1 ? source.earlier : nil
            let statement = earlier?.statement ?? source.statement
            let table = earlier?.table ?? source.table
            try statement.bind(logIndex, at: 1)
            while try statement.step() {
                var row = LeafBytes()
                row.append(table, statement)
                bytes.append(row)
                names.append("\(table.name) \(table.key(statement))")
                sources[position].consumed += 1
            }
            if let earlier, let row = try uncovered(source, earlier, at: logIndex) {
                // No hash tells of a column that came later: what is written there makes the leaf another.
                bytes.append(row)
            }
        }
        return (bytes, names)
    }

    /// Something, if a row that leaf version 1 covers has in a later column what its migration did not put there:
    /// nothing, the unit 1 or the flag 0.
    private func uncovered(_ source: Source, _ earlier: Earlier, at logIndex: Int64) throws -> LeafBytes? {
        try source.statement.bind(logIndex, at: 1)
        var found: LeafBytes?
        while try source.statement.step() {
            for position in earlier.added {
                let value = source.statement.values[position]
                let isFilled: Bool =
                    switch source.table.columns[position] {
                    case "unit": value == .integer(1)
                    case "overcommit": value == .integer(0)
                    default: value == .null
                    }
                guard !isFilled else { continue }
                var bytes = LeafBytes()
                bytes.append(text: source.table.columns[position])
                found = bytes
            }
        }
        return found
    }

    /// Names rows that no command of the journal took.
    func reportLeftOver(_ log: FindingLog, journal: JournalReader) throws {
        for index in accountsLeft.sorted() {
            for row in accountRows[index] ?? [] {
                log.add(.journal, "account", row.key, at: index, "no journal row covers it")
            }
        }
        for source in sources {
            let count = try connection.query("SELECT count(*) FROM \(source.table.name)").first?.first?.integer ?? 0
            if count != source.consumed { try reportLeftOver(source.table, log, journal: journal) }
        }
    }

    private func reportLeftOver(_ table: LeafLayout.Table, _ log: FindingLog, journal: JournalReader) throws {
        let row = try connection.prepare("SELECT \(table.columnList) FROM \(table.name) ORDER BY \(table.keyList)")
        let position = table.position(of: "log_index")
        while !log.isFull, try row.step() {
            let index = row.int64(at: position)
            let isCovered = try journal.find(index) { header, _ in !JournalCheck.isOfRequest(header.kind) } ?? false
            if !isCovered { log.add(.journal, table.name, table.key(row), at: index, "no journal row covers it") }
        }
    }
}
