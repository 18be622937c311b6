internal import SQLite

/// The rows of versions, prices, accounts, events and exports by the command that wrote them.
///
/// Accounts are kept in memory (a project or provider each): a request's command can make them too.
final class GovernedRows {
    private struct Source {
        let table: LeafLayout.Table
        let statement: Statement
        var consumed: Int64 = 0
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
            let sql = "SELECT \($0.columnList) FROM \($0.name) WHERE log_index = ? ORDER BY \($0.keyList)"
            return Source(table: $0, statement: try connection.prepare(sql, persistent: true))
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

    /// Every row of a command that is not about a request, in order of table and key.
    func take(at logIndex: Int64) throws -> (bytes: [LeafBytes], names: [String]) {
        // "account" comes before every other name.
        var (bytes, names) = takeAccounts(at: logIndex)
        for position in sources.indices {
            let source = sources[position]
            try source.statement.bind(logIndex, at: 1)
            while try source.statement.step() {
                var row = LeafBytes()
                row.append(source.table, source.statement)
                bytes.append(row)
                names.append("\(source.table.name) \(source.table.key(source.statement))")
                sources[position].consumed += 1
            }
        }
        return (bytes, names)
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
