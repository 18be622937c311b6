import Foundation
import SQLite
import Testing
import TollbookLedger
import TollbookReports

/// Focus: what is generated or written by hand about the schema is what the migrations make.
@Suite struct SchemaFileTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private func text(_ path: String) throws -> String {
        try String(contentsOf: Self.root.appendingPathComponent(path), encoding: .utf8)
    }

    private func makeDatabase() throws -> Connection {
        let connection = try Connection(path: Connection.inMemory)
        for migration in EmbeddedMigrations.all { try connection.execute(migration.sql) }
        return connection
    }

    @Test func embedsEveryMigrationByteForByte() throws {
        let directory = Self.root.appendingPathComponent("migrations").path
        let files = try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
        #expect(files.count == EmbeddedMigrations.all.count)
        for (position, (file, migration)) in zip(files, EmbeddedMigrations.all).enumerated() {
            let number = String(repeating: "0", count: 4 - String(position + 1).count) + String(position + 1)
            #expect(migration.number == position + 1)
            #expect(file == "\(number)_\(migration.name).sql")
            let content = try text("migrations/" + file)
            #expect(content == migration.sql)
            #expect(migration.sha256 == Hexadecimal.text(RunningHash.digest(of: Array(content.utf8))))
        }
    }

    @Test(arguments: [("schema/schema.sql", "type <> 'view'"), ("schema/views.sql", "type = 'view'")])
    func listsWhatTheMigrationsMake(file: String, condition: String) throws {
        let statements = try makeDatabase().query(
            "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND \(condition) ORDER BY rowid")
        let body = statements.map { "\n\($0[0].text ?? "");\n" }.joined()
        let lines = try text(file).split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.dropFirst(2).joined(separator: "\n") == body)
    }

    /// Tables, and their columns in order, as the dictionary lists them.
    private func dictionary() throws -> [String: [String]] {
        var tables: [String: [String]] = [:]
        var current = ""
        for line in try text("schema/dictionary.yaml").split(separator: "\n") {
            if line.hasPrefix("      ") {
                tables[current, default: []].append(String(line.dropFirst(6).prefix { $0 != ":" }))
            } else if line.hasPrefix("  "), !line.hasPrefix("    ") {
                current = String(line.dropFirst(2).dropLast())
                tables[current] = []
            }
        }
        return tables
    }

    @Test func dictionaryHasEveryTableAndColumnAndNoOther() throws {
        let connection = try makeDatabase()
        let names = try connection.query(
            "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT GLOB 'sqlite_*'")
        var wanted: [String: [String]] = [:]
        for row in names {
            let name = row[0].text ?? ""
            wanted[name] = try connection.query("SELECT name FROM pragma_table_info(?) ORDER BY cid", [.text(name)])
                .compactMap { $0[0].text }
        }
        let found = try dictionary()
        #expect(Set(found.keys) == Set(wanted.keys))
        for (table, columns) in wanted { #expect(found[table] == columns, "\(table)") }
    }

    @Test func dictionaryPageHasEveryColumn() throws {
        let page = try text("schema/DICTIONARY.md")
        for (table, columns) in try dictionary() {
            #expect(page.contains("\n## \(table)\n"))
            for column in columns { #expect(page.contains("\n| \(column) | "), "\(table).\(column)") }
        }
    }

    @Test func viewsAddUpAndNothingElse() throws {
        let views = try text("schema/views.sql").lowercased()
        for word in ["avg(", "total(", " * ", " / ", "round("] {
            let code = views.split(separator: "\n").map { $0.prefix { $0 != "-" } }.joined(separator: "\n")
            #expect(!code.replacingOccurrences(of: "count(*)", with: "").contains(word), "\(word)")
        }
    }
}
