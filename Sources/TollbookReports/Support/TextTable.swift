/// A table of aligned columns for a terminal.
///
/// Texts may come from callers and providers: control characters are shown as `\u{1b}`, so that no value can move the
/// cursor or colour the screen.
package struct TextTable {
    /// How a column is aligned.
    package enum Alignment: Sendable {
        case left
        case right
    }

    private let alignments: [Alignment]
    private var lines: [[String]]

    package init(_ columns: [(title: String, alignment: Alignment)]) {
        alignments = columns.map(\.alignment)
        lines = [columns.map(\.title)]
    }

    /// - Precondition: as many cells as columns.
    package mutating func append(_ cells: [String]) {
        precondition(cells.count == alignments.count, "a line has a cell for each column")
        lines.append(cells.map(TextTable.printable))
    }

    /// Lines without the title.
    package var rowCount: Int { lines.count - 1 }

    /// The lines, each ended by a line feed; the last column is not padded.
    package var text: String {
        var widths = alignments.map { _ in 0 }
        for line in lines {
            for (column, cell) in line.enumerated() { widths[column] = max(widths[column], cell.unicodeScalars.count) }
        }
        return lines.map { render($0, widths: widths) + "\n" }.joined()
    }

    private func render(_ line: [String], widths: [Int]) -> String {
        var text = ""
        for (column, cell) in line.enumerated() {
            if column > 0 { text += "  " }
            let padding = String(repeating: " ", count: widths[column] - cell.unicodeScalars.count)
            let isLast = column == line.count - 1
            text += alignments[column] == .right ? padding + cell : cell + (isLast ? "" : padding)
        }
        return text
    }

    /// The text with control characters made visible.
    package static func printable(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if isControl(scalar) {
                result += "\\u{" + String(scalar.value, radix: 16) + "}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// C0, DEL, C1, and the marks that turn the direction of text.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
