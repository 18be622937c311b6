import Testing

/// Names that users meet stand in the README: error codes, metrics, variables, flags.
struct DocumentedNamesTests {
    private static let readme = SourceTree.text("README.md")

    @Test func errorCodesAreDocumented() {
        let codes = Self.names(#/(?:Code|Self)\(rawValue: "([a-z0-9_]+)"\)/#)
        #expect(codes.count > 10)
        Self.expectDocumented(codes, as: "error code")
    }

    @Test func metricsAreDocumented() {
        let metrics = Self.names(#/"(tollbook_[a-z0-9_]+)/#)
        #expect(metrics.count > 8)
        Self.expectDocumented(metrics, as: "metric")
    }

    @Test func environmentVariablesAreDocumented() {
        let variables = Self.names(#/"(TOLLBOOK_[A-Z0-9_]+)"/#)
        #expect(!variables.isEmpty)
        Self.expectDocumented(variables, as: "environment variable")
    }

    private static func names(_ pattern: Regex<(Substring, Substring)>) -> [(name: String, path: String)] {
        SourceTree.sources.flatMap { file in
            file.lines.flatMap { line in line.matches(of: pattern).map { (String($0.1), file.path) } }
        }
    }

    private static func expectDocumented(_ names: [(name: String, path: String)], as kind: String) {
        expectNone(
            names.filter { !readme.contains("`\($0.name)") }.map {
                Finding(
                    path: $0.path, line: 0, problem: "the \(kind) \($0.name) is not in README.md",
                    replacement: "a row for `\($0.name)` in README's table")
            })
    }
}
