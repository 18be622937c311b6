import Testing

/// SQL, in migrations and in string literals: sums of integers only, and no statement that slips past a guard.
struct SQLTextTests {
    private static let everywhere = ["Sources/", "migrations/", "schema/"]

    static let rules = [
        PatternRule(
            name: "TOTAL or AVG", pattern: #"\b(?:TOTAL|AVG)\s*\("#,
            replacement: "SUM over INTEGER columns, which raises on overflow; quotients are made in Swift",
            within: everywhere),
        PatternRule(
            name: "REPLACE", pattern: #"\b(?:INSERT OR REPLACE|REPLACE INTO)\b"#,
            replacement: "INSERT, or INSERT … ON CONFLICT DO UPDATE on a derived table", within: everywhere),
        PatternRule(
            name: "SELECT *", pattern: #"\bSELECT \*"#, replacement: "an explicit list of columns", within: everywhere),
        PatternRule(
            name: "REAL column", pattern: #"^\s*\w+ REAL\b|\bAS REAL\b"#,
            replacement: "INTEGER, with the unit in the column's name", within: everywhere),
    ]

    @Test(arguments: rules)
    func isNotWritten(_ rule: PatternRule) throws {
        let files = SourceTree.files.filter { $0.hasSuffix(".sql") }.map { ($0, SourceTree.text($0)) }
        let sql = files.map { path, text in (path, text.split(separator: "\n", omittingEmptySubsequences: false)) }
            .map { path, lines in (path, lines.map(Self.withoutComment)) }
        let swift = SourceTree.sources.filter { !$0.isGenerated }.map { ($0.path, Self.literals(of: $0)) }
        #expect(!sql.isEmpty)
        expectNone(try (sql + swift).flatMap { try rule.findings(in: $0.0, lines: $0.1) })
    }

    private static func withoutComment(_ line: Substring) -> String {
        String(line.firstRange(of: "--").map { line[..<$0.lowerBound] } ?? line)
    }

    /// What a file holds in string literals, a string a line; code and comments are spaces.
    private static func literals(of file: SwiftFile) -> [String] {
        zip(file.lines, file.code).map { line, code in
            let comment = line.firstRange(of: "//").map { line.utf8.distance(from: line.startIndex, to: $0.lowerBound) }
            let bytes = zip(line.utf8, code.utf8).enumerated().map { index, pair in
                pair.0 == pair.1 || index >= comment ?? .max ? UInt8(ascii: " ") : pair.0
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }
}
