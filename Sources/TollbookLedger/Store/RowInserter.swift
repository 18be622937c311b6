internal import SQLite

/// Inserts rows of one truth table and encodes them for the leaf in the same pass.
///
/// Multi-row statements are prepared once per row count. Used by the writer's thread only.
final class RowInserter {
    let table: TruthTable
    let columnCount: Int
    /// What the leaf has before each row of the table.
    private let prefix: [UInt8]
    private let connection: Connection
    private let leaf: LeafBuffer
    private var statements: [Statement?] = Array(repeating: nil, count: LedgerLimits.rowsPerInsert + 1)

    init(_ table: TruthTable, connection: Connection, leaf: LeafBuffer) {
        self.table = table
        self.connection = connection
        self.leaf = leaf
        columnCount = table.columns.count
        let encoded = LeafBuffer(capacity: 64)
        encoded.appendPrefix(table: table.rawValue, columns: columnCount)
        prefix = Array(encoded.bytes)
    }

    /// Inserts one row for each element, in order; `body` gives every column of its row in the schema's order.
    func insert<Element>(
        _ elements: [Element], _ body: (Element, Int, inout RowColumns) throws(SQLiteError) -> Void
    ) throws(SQLiteError) {
        var start = 0
        while start < elements.count {
            let end = min(elements.count, start + LedgerLimits.rowsPerInsert)
            let statement = try statement(rows: end - start)
            var columns = RowColumns(statement: statement, leaf: leaf)
            for index in start..<end {
                prefix.withUnsafeBytes { leaf.append(raw: $0) }
                try body(elements[index], index, &columns)
            }
            precondition(columns.count == columnCount * (end - start), "every column of \(table.rawValue) is bound")
            try statement.run()
            start = end
        }
    }

    /// Inserts one row.
    func insert(_ body: (inout RowColumns) throws(SQLiteError) -> Void) throws(SQLiteError) {
        let statement = try statement(rows: 1)
        var columns = RowColumns(statement: statement, leaf: leaf)
        prefix.withUnsafeBytes { leaf.append(raw: $0) }
        try body(&columns)
        precondition(columns.count == columnCount, "every column of \(table.rawValue) is bound")
        try statement.run()
    }

    private func statement(rows: Int) throws(SQLiteError) -> Statement {
        if let statement = statements[rows] { return statement }
        let row = "(" + Array(repeating: "?", count: columnCount).joined(separator: ", ") + ")"
        let sql =
            "INSERT INTO \(table.rawValue) (\(table.columns.joined(separator: ", "))) VALUES "
            + Array(repeating: row, count: rows).joined(separator: ", ")
        let statement = try connection.prepare(sql, persistent: true)
        statements[rows] = statement
        return statement
    }
}

/// Binds columns in order and encodes each for the leaf.
struct RowColumns {
    private let statement: Statement
    private let leaf: LeafBuffer
    /// How many were given.
    private(set) var count = 0

    init(statement: Statement, leaf: LeafBuffer) {
        self.statement = statement
        self.leaf = leaf
    }

    mutating func add(_ value: Int64) throws(SQLiteError) {
        count += 1
        try statement.bind(value, at: count)
        leaf.append(value)
    }

    mutating func add(_ value: Int) throws(SQLiteError) {
        try add(Int64(value))
    }

    mutating func add(_ value: Bool) throws(SQLiteError) {
        try add(value ? 1 as Int64 : 0)
    }

    mutating func add(_ value: Int64?) throws(SQLiteError) {
        guard let value else { return try addNull() }
        try add(value)
    }

    mutating func add(_ value: Int?) throws(SQLiteError) {
        guard let value else { return try addNull() }
        try add(Int64(value))
    }

    mutating func add(_ value: String) throws(SQLiteError) {
        count += 1
        try statement.bind(value, at: count)
        leaf.append(value)
    }

    mutating func add(_ value: String?) throws(SQLiteError) {
        guard let value else { return try addNull() }
        try add(value)
    }

    mutating func add(_ value: [UInt8]) throws(SQLiteError) {
        count += 1
        try statement.bind(value, at: count)
        leaf.append(value)
    }

    mutating func add(_ value: [UInt8]?) throws(SQLiteError) {
        guard let value else { return try addNull() }
        try add(value)
    }

    mutating func addNull() throws(SQLiteError) {
        count += 1
        try statement.bindNull(at: count)
        leaf.appendNull()
    }
}
