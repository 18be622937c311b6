internal import SQLite

/// Inserts rows of one truth table: encodes them for the leaf, and stores what was encoded.
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
    func insert<Element>(_ elements: [Element], _ body: (Element, Int, inout RowColumns) -> Void) throws(SQLiteError) {
        var start = 0
        while start < elements.count {
            let end = min(elements.count, start + LedgerLimits.rowsPerInsert)
            let first = leaf.count
            for index in start..<end {
                encode { body(elements[index], index, &$0) }
            }
            try run(rows: end - start, from: first)
            start = end
        }
    }

    /// Inserts one row.
    func insert(_ body: (inout RowColumns) -> Void) throws(SQLiteError) {
        let first = leaf.count
        encode(body)
        try run(rows: 1, from: first)
    }

    private func encode(_ body: (inout RowColumns) -> Void) {
        prefix.withUnsafeBytes { leaf.append(raw: $0) }
        var columns = RowColumns(leaf: leaf)
        body(&columns)
        precondition(columns.count == columnCount, "every column of \(table.rawValue) is given")
    }

    /// Binds what the leaf holds from `first` on: what is stored is what is hashed. Texts and blobs are read where
    /// they lie; the leaf does not change before the statement has run.
    private func run(rows: Int, from first: Int) throws(SQLiteError) {
        let statement = try statement(rows: rows)
        var reader = LeafReader(leaf.bytes, from: first)
        var parameter = 1
        for _ in 0..<rows {
            reader.skip(prefix.count)
            for _ in 0..<columnCount {
                switch reader.next() {
                case .null: try statement.bindNull(at: parameter)
                case .integer(let value): try statement.bind(value, at: parameter)
                case .text(let utf8): try statement.bindBorrowedText(utf8: utf8, at: parameter)
                case .blob(let bytes): try statement.bindBorrowed(bytes, at: parameter)
                }
                parameter += 1
            }
        }
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

/// Encodes the columns of a row for the leaf, in order.
struct RowColumns {
    private let leaf: LeafBuffer
    /// How many were given.
    private(set) var count = 0

    init(leaf: LeafBuffer) {
        self.leaf = leaf
    }

    mutating func add(_ value: Int64) {
        count += 1
        leaf.append(value)
    }

    mutating func add(_ value: Int) {
        add(Int64(value))
    }

    mutating func add(_ value: Bool) {
        add(value ? 1 as Int64 : 0)
    }

    mutating func add(_ value: Int64?) {
        if let value { add(value) } else { addNull() }
    }

    mutating func add(_ value: Int?) {
        if let value { add(Int64(value)) } else { addNull() }
    }

    mutating func add(_ value: String) {
        count += 1
        leaf.append(value)
    }

    mutating func add(_ value: String?) {
        if let value { add(value) } else { addNull() }
    }

    mutating func add(_ value: [UInt8]) {
        count += 1
        leaf.append(value)
    }

    mutating func add(_ value: [UInt8]?) {
        if let value { add(value) } else { addNull() }
    }

    mutating func addNull() {
        count += 1
        leaf.appendNull()
    }
}
