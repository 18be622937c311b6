internal import SQLite
internal import TollbookCore
internal import TollbookLedger

/// The tables that a leaf covers, with their columns in order, read from the migrations that the leaf version froze.
///
/// Independent of the writer's own list on purpose: a mistake in one of the two shows as a finding.
struct LeafLayout {
    struct Table {
        let name: String
        let columns: [String]
        let primaryKey: [String]
        /// What stands before each of its rows in a body.
        let prefix: [UInt8]

        /// The columns in order, for a SELECT.
        var columnList: String { columns.joined(separator: ", ") }
        /// For ORDER BY.
        var keyList: String { primaryKey.joined(separator: ", ") }

        /// - Precondition: the table has the column.
        func position(of column: String) -> Int {
            guard let position = columns.firstIndex(of: column) else {
                preconditionFailure("\(name) has no column \(column)")
            }
            return position
        }

        /// A row's key for a person.
        func key(_ row: Statement) -> String {
            primaryKey.map { column in
                let value = row.int64(at: position(of: column))
                let isRequest = column == "request_id" || (name == "request" && column == "id")
                return isRequest ? Self.requestText(value) : String(value)
            }.joined(separator: "/")
        }

        private static func requestText(_ id: Int64) -> String {
            id >= 0 ? RequestID(rawValue: id).text : String(id)
        }
    }

    /// Leaf version 1 covers the tables as migration 12 left them, and each later one as it was made; version 2 those
    /// that migration 29 made anew as that left them.
    static let versions: ClosedRange<Int64> = 1...2
    private static let migrationsOfVersion1 = 12
    private static let migrationsOfVersion2 = 29
    private static let tablesOfVersion2: Set<String> = ["budget_version", "rate_limit_version"]
    private static let laterTables: Set<String> = [
        "budget_raise", "project_setting_version", "provider_setting_version", "stored_batch", "stored_batch_result",
        "stored_file",
        "stored_file_deletion", "upload", "webhook_version",
    ]

    /// In ASCII order.
    private static let names = [
        "account", "api_key_version", "application_version", "attempt", "budget_raise", "budget_version", "charge",
        "credential_version", "decision", "deployment_version", "event", "export", "organization_version", "outcome",
        "price", "principal_version", "project_setting_version", "project_version", "provider_setting_version",
        "provider_version", "rate_limit_version", "request", "route_version", "stored_batch", "stored_batch_result",
        "stored_file", "stored_file_deletion", "team_version", "transfer", "upload", "webhook_version",
    ]
    /// Found by the request's id; the others by `log_index`.
    static let requestTables: Set<String> = [
        "attempt", "charge", "decision", "outcome", "request", "transfer", "upload",
    ]

    /// As the newest version covers them; in ASCII order.
    let tables: [Table]
    /// As version 1 covered those that version 2 covers otherwise.
    let tablesOfVersion1: [Table]

    init() throws {
        let connection = try Connection(path: Connection.inMemory)
        func migrate(_ range: Range<Int>) throws {
            for migration in EmbeddedMigrations.all[range] { try connection.execute(migration.sql) }
        }
        try migrate(0..<Self.migrationsOfVersion1)
        let first = try Self.names.filter { !Self.laterTables.contains($0) }.map { try Self.read($0, connection) }
        tablesOfVersion1 = first.filter { Self.tablesOfVersion2.contains($0.name) }
        try migrate(Self.migrationsOfVersion1..<Self.migrationsOfVersion2)
        let second = try Self.tablesOfVersion2.map { try Self.read($0, connection) }
        try migrate(Self.migrationsOfVersion2..<EmbeddedMigrations.all.count)
        let later = try Self.laterTables.map { try Self.read($0, connection) }
        tables = (first.filter { !Self.tablesOfVersion2.contains($0.name) } + second + later).sorted {
            $0.name < $1.name
        }
    }

    /// Columns that version 2 added to a table; empty for the others.
    func addedColumns(of table: Table) -> [String] {
        guard let earlier = tablesOfVersion1.first(where: { $0.name == table.name }) else { return [] }
        return table.columns.filter { !earlier.columns.contains($0) }
    }

    subscript(name: String) -> Table {
        guard let table = tables.first(where: { $0.name == name }) else {
            preconditionFailure("no leaf covers a table \(name)")
        }
        return table
    }

    private static func read(_ name: String, _ connection: Connection) throws -> Table {
        let rows = try connection.query("SELECT name, pk FROM pragma_table_info(?) ORDER BY cid", [.text(name)])
        let columns = rows.compactMap { $0[0].text }
        let key = rows.filter { ($0[1].integer ?? 0) > 0 }.sorted { ($0[1].integer ?? 0) < ($1[1].integer ?? 0) }
        var prefix = LeafBytes()
        prefix.append(text: name)
        prefix.append(count: UInt16(columns.count))
        return Table(
            name: name, columns: columns, primaryKey: key.compactMap { $0[0].text }, prefix: prefix.bytes)
    }
}
