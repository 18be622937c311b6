package import SQLite
package import TollbookCore
internal import TollbookPolicy

/// One administrative command inside the writer's transaction.
///
/// Valid only inside the body that it is given to; runs on the writer's thread; keep bodies short, calls wait.
package final class LedgerTransaction {
    /// Wall clock of the batch.
    package let nowMicros: Int64
    /// The journal index that this command will have.
    package let logIndex: Int64
    private let writer: LedgerWriter
    private var rows: [EncodedRow] = []

    private struct EncodedRow {
        let table: TruthTable
        let key: (Int64, Int64)
        let bytes: [UInt8]
    }

    init(writer: LedgerWriter) {
        self.writer = writer
        nowMicros = writer.nowMicros
        logIndex = writer.journal.nextIndex
    }

    /// Whether a truth row was inserted.
    var didWrite: Bool { !rows.isEmpty }

    /// Inserts a truth row and covers it by the command's leaf.
    ///
    /// - Precondition: `values` has every column in the schema's order.
    package func insert(_ table: TruthTable, _ values: [Value]) throws {
        precondition(values.count == table.columns.count, "every column of \(table.rawValue) is given")
        let marks = Array(repeating: "?", count: values.count).joined(separator: ", ")
        try writer.connection.execute(
            "INSERT INTO \(table.rawValue) (\(table.columns.joined(separator: ", "))) VALUES (\(marks))", values)
        rows.append(EncodedRow(table: table, key: Self.key(values), bytes: Self.encode(table, values)))
    }

    /// Changes a derived or erasable table.
    package func execute(_ sql: String, _ values: [Value]) throws {
        try writer.connection.execute(sql, values)
    }

    /// Reads; the result must be small.
    package func rows(_ sql: String, _ values: [Value]) throws -> [[Value]] {
        try writer.connection.query(sql, values)
    }

    /// The next dense id of a table whose first column is `id`.
    package func nextID(_ table: TruthTable) throws -> Int64 {
        let row = try writer.connection.query("SELECT max(id) FROM \(table.rawValue)").first
        return (row?.first?.integer ?? 0) + 1
    }

    /// Inserts the command's only event, one of the gateway's own: nobody's act, and a success.
    func recordOwnEvent(action: String, objectKind: String?, objectID: Int64?, detail: String?) throws {
        try insert(
            .event,
            [
                .integer(logIndex), 0, .integer(nowMicros), nil, .text(action), Value(objectKind), Value(objectID),
                "success", Value(detail), nil,
            ])
    }

    /// The pseudonym of a person's name, an address or an end user.
    package func subjectID(kind: SubjectKind, value: String) throws -> Int64 {
        try writer.subjects.id(kind: kind, value: value, nowMicros: nowMicros, connection: writer.connection)
    }

    /// The keyed hash of a virtual key's secret, 32 bytes.
    package func secretHash(_ secret: String) -> [UInt8] {
        writer.hasher.secretHashBytes(secret)
    }

    /// Puts the rows into the leaf in order of table and key.
    func encode(into leaf: LeafBuffer) {
        rows.sort { ($0.table.rawValue, $0.key.0, $0.key.1) < ($1.table.rawValue, $1.key.0, $1.key.1) }
        for row in rows { row.bytes.withUnsafeBytes { leaf.append(raw: $0) } }
    }

    private static func key(_ values: [Value]) -> (Int64, Int64) {
        (values.first?.integer ?? 0, values.count > 1 ? values[1].integer ?? 0 : 0)
    }

    private static func encode(_ table: TruthTable, _ values: [Value]) -> [UInt8] {
        let buffer = LeafBuffer(capacity: 256)
        buffer.appendPrefix(table: table.rawValue, columns: values.count)
        for value in values { buffer.append(value) }
        return Array(buffer.bytes)
    }
}

extension LeafBuffer {
    /// - Precondition: the value is not REAL; no truth column is.
    func append(_ value: Value) {
        switch value {
        case .null: appendNull()
        case .integer(let integer): append(integer)
        case .text(let text): append(text)
        case .blob(let bytes): append(bytes)
        case .real: preconditionFailure("no truth column holds a floating-point number")
        }
    }
}

extension LedgerWriter {
    /// Runs an administrative body in a savepoint and journals it if it wrote truth rows.
    func administer<R>(
        _ kind: JournalKind, organizationID: Int64?, _ body: (LedgerTransaction) throws -> R
    ) throws -> R {
        let index = journal.nextIndex
        let result = try inSavepoint {
            let transaction = LedgerTransaction(writer: self)
            let result = try body(transaction)
            if transaction.didWrite {
                transaction.encode(into: leaf)
                try journal.append(
                    kind: kind, timeMicros: nowMicros, organizationID: organizationID, objectID: nil, leaf: leaf)
            }
            return result
        }
        if kind == .governance, journal.nextIndex > index { try governanceDidChange() }
        return result
    }

    /// Appends an audit event of the gateway's own.
    func record(action: String, objectKind: String?, objectID: Int64?, detail: String?) throws {
        try administer(.event, organizationID: nil) { transaction in
            try transaction.recordOwnEvent(
                action: action, objectKind: objectKind, objectID: objectID, detail: detail)
        }
    }
}
