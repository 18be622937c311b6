package import SQLite

/// The rows of a query, and how to show them.
package struct QueryResult: Sendable, Equatable {
    package let columns: [String]
    package let rows: [[Value]]
    /// Whether there were more rows than were asked for.
    package let isCut: Bool

    /// `{columns, rows, cut}`; blobs as lower-case hexadecimal.
    package var json: ReportJSON {
        .members([
            "columns": .array(columns.map { .string($0) }),
            "rows": .array(rows.map { .array($0.map(Self.json)) }),
            "cut": .bool(isCut),
        ])
    }

    /// Header and rows (see `CSVBuffer`); NULL is an empty field.
    package var csv: [UInt8] {
        var buffer = CSVBuffer()
        buffer.appendLine(columns)
        for row in rows {
            for value in row {
                switch value {
                case .null: buffer.appendNull()
                case .integer(let integer): buffer.append(integer)
                case .real, .text, .blob: buffer.append(text: Self.text(value))
                }
            }
            buffer.endLine()
        }
        return buffer.bytes
    }

    /// Aligned, numbers to the right.
    package var table: String {
        var table = TextTable(
            columns.enumerated().map { position, name in
                (TextTable.printable(name), isNumeric(position) ? .right : .left)
            })
        for row in rows { table.append(row.map(Self.text)) }
        let count = rows.count == 1 ? "1 row" : "\(rows.count) rows"
        return table.text + "(\(count)\(isCut ? "; there are more, raise the limit" : ""))\n"
    }

    private func isNumeric(_ column: Int) -> Bool {
        rows.allSatisfy { row in
            switch row[column] {
            case .null, .integer, .real: true
            case .text, .blob: false
            }
        }
    }

    private static func text(_ value: Value) -> String {
        switch value {
        case .null: ""
        case .integer(let integer): String(integer)
        case .real(let real): String(real)
        case .text(let text): text
        case .blob(let bytes): Hexadecimal.text(bytes)
        }
    }

    private static func json(_ value: Value) -> ReportJSON {
        switch value {
        case .null: .null
        case .integer(let integer): .integer(integer)
        // No column of the ledger is REAL; what a query computes is shown as SQLite's text would be.
        case .real(let real): .string(String(real))
        case .text(let text): .string(text)
        case .blob(let bytes): .string(Hexadecimal.text(bytes))
        }
    }
}
