import Foundation
import Testing

/// Focus: whoever opens the file reads what a column means beside it.
@Suite struct SchemaCommentTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test func everyColumnIsCommentedInsideCreate() throws {
        let schema = try String(contentsOf: Self.root.appendingPathComponent("schema/schema.sql"), encoding: .utf8)
        let views = try String(contentsOf: Self.root.appendingPathComponent("schema/views.sql"), encoding: .utf8)
        var columns = 0
        for line in schema.split(separator: "\n") where isColumn(line) {
            columns += 1
            #expect(line.contains("  -- ") || line.contains(", -- "), "\(line)")
        }
        for line in views.split(separator: "\n") where isViewColumn(line) {
            columns += 1
            #expect(line.contains("-- "), "\(line)")
        }
        #expect(columns > 400)
    }

    /// A line of two blanks, a lower-case name and a type.
    private func isColumn(_ line: Substring) -> Bool {
        let words = line.split(separator: " ")
        guard line.hasPrefix("  "), !line.hasPrefix("   "), words.count > 1 else { return false }
        return ["INTEGER", "TEXT", "BLOB"].contains { words[1].hasPrefix($0) }
    }

    /// A line of two blanks that names a column of a view.
    private func isViewColumn(_ line: Substring) -> Bool {
        line.hasPrefix("  ") && !line.hasPrefix("   ") && line.contains(" AS ") && !line.contains("CREATE")
    }
}
