internal import TollbookReports

/// Rows as a table or as CSV.
enum RowText {
    /// - Parameter numbers: titles of the columns that are aligned to the right.
    static func text(
        _ titles: [String], _ rows: [[String]], _ format: OutputFormat, numbers: Set<String> = []
    ) -> String {
        guard format == .table else { return csv([titles] + rows) }
        var table = TextTable(titles.map { ($0, numbers.contains($0) ? .right : .left) })
        for row in rows { table.append(row) }
        return table.text
    }

    private static func csv(_ rows: [[String]]) -> String {
        var buffer = CSVBuffer()
        for row in rows {
            for cell in row { buffer.append(text: cell) }
            buffer.endLine()
        }
        return String(decoding: buffer.bytes, as: UTF8.self)
    }
}
