internal import SQLite

/// Inserts rows of one append-only table: encodes them as the leaf does, and stores what was encoded.
///
/// Rows wait until there are enough for one statement, or until `flush()`: a statement of sixteen rows costs a third
/// less a row than sixteen statements. Used by the writer's thread only.
final class RowInserter {
    private let table: String
    private let columns: [String]
    /// What the leaf has before each row of the table.
    private let prefix: [UInt8]
    private let connection: Connection
    private let leaf: LeafBuffer
    /// Where in the leaf the columns of the rows that wait begin.
    private var waiting: [Int] = []
    /// One for each power of two up to `LedgerLimits.rowsPerInsert`, prepared on first use.
    private var statements: [Statement?] = Array(repeating: nil, count: LedgerLimits.rowsPerInsert.bitWidth)

    /// - Parameter leaf: where the rows are encoded; the owner empties it after a `flush()` or `discard()`.
    init(table: String, columns: [String], connection: Connection, leaf: LeafBuffer) {
        self.table = table
        self.columns = columns
        self.connection = connection
        self.leaf = leaf
        let encoded = LeafBuffer(capacity: 64)
        encoded.appendPrefix(table: table, columns: columns.count)
        prefix = Array(encoded.bytes)
    }

    /// Inserts one row; `body` gives every column of it in the schema's order. The row is stored by the next
    /// `flush()` at the latest; the leaf keeps it until then.
    func insert(_ body: (inout RowColumns) -> Void) throws(SQLiteError) {
        prefix.withUnsafeBytes { leaf.append(raw: $0) }
        waiting.append(leaf.count)
        var row = RowColumns(leaf: leaf)
        body(&row)
        precondition(row.count == columns.count, "every column of \(table) is given")
        if waiting.count == LedgerLimits.rowsPerInsert { try flush() }
    }

    /// Stores the rows that wait.
    ///
    /// - Throws: what a row ran into. Rows of the same statement may be stored then: the caller undoes them.
    func flush() throws(SQLiteError) {
        var first = 0
        defer { waiting.removeAll(keepingCapacity: true) }
        while first < waiting.count {
            let left = waiting.count - first
            let exponent = left.bitWidth - 1 - left.leadingZeroBitCount
            try run(waiting[first..<first + (1 << exponent)], statement(exponent: exponent))
            first += 1 << exponent
        }
    }

    /// Forgets the rows that wait: their command is undone.
    func discard() {
        waiting.removeAll(keepingCapacity: true)
    }

    /// Binds what the leaf holds: what is stored is what is hashed. Texts and blobs are read where they lie; the leaf
    /// does not change before the statement has run.
    private func run(_ rows: ArraySlice<Int>, _ statement: Statement) throws(SQLiteError) {
        var parameter = 1
        for start in rows {
            var reader = LeafReader(leaf.bytes, from: start)
            for _ in 0..<columns.count {
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

    /// The statement for 2 to the power of `exponent` rows. `OR FAIL`: without it SQLite copies every page that a
    /// statement of several rows changes, to be able to undo that statement alone; here more than that is undone.
    private func statement(exponent: Int) throws(SQLiteError) -> Statement {
        if let statement = statements[exponent] { return statement }
        let row = "(" + Array(repeating: "?", count: columns.count).joined(separator: ", ") + ")"
        let sql =
            "INSERT OR FAIL INTO \(table) (\(columns.joined(separator: ", "))) VALUES "
            + Array(repeating: row, count: 1 << exponent).joined(separator: ", ")
        let statement = try connection.prepare(sql, persistent: true)
        statements[exponent] = statement
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

    /// A blob.
    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        count += 1
        leaf.append(blob: bytes)
    }

    mutating func add(_ value: [UInt8]?) {
        if let value { add(value) } else { addNull() }
    }

    mutating func addNull() {
        count += 1
        leaf.appendNull()
    }
}
