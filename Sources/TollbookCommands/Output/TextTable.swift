/// A table of plain text for a terminal: columns aligned, numbers to the right.
struct TextTable {
    struct Column {
        let title: String
        var isNumber = false
    }

    let columns: [Column]
    private(set) var rows: [[String]] = []

    init(_ columns: [Column]) {
        self.columns = columns
    }

    /// - Precondition: one cell for each column.
    mutating func add(_ cells: [String]) {
        precondition(cells.count == columns.count, "a row has a cell for each column")
        rows.append(cells.map(Self.printable))
    }

    /// The lines, each ended by a newline.
    var text: String {
        let titles = columns.map { $0.title.uppercased() }
        let widths = columns.indices.map { index in
            rows.reduce(titles[index].count) { max($0, $1[index].count) }
        }
        return ([titles] + rows).map { line($0, widths) }.joined()
    }

    private func line(_ cells: [String], _ widths: [Int]) -> String {
        var text = ""
        for (index, cell) in cells.enumerated() {
            let padding = String(repeating: " ", count: widths[index] - cell.count)
            text += columns[index].isNumber ? padding + cell : cell + padding
            if index < cells.count - 1 { text += "  " }
        }
        while text.last == " " { text.removeLast() }
        return text + "\n"
    }

    /// Control characters would move a terminal's cursor: names may not have them, end users' strings may.
    private static func printable(_ cell: String) -> String {
        String(cell.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : Character($0) })
    }
}
