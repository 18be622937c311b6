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
        Self.expectDocumented(Self.names(#/"(TOLLBOOK_[A-Z0-9_]+)"/#), as: "environment variable")
    }

    @Test func codesOfAnswersAreDocumented() {
        let codes = Self.cases(of: "Sources/TollbookGateway/Front/AnswerCode.swift")
        #expect(codes.count > 20)
        Self.expectDocumented(codes, as: "code of answers")
    }

    @Test func settingsAreDocumented() {
        let settings = Self.cases(of: "Sources/TollbookCommands/Settings/ServeSetting.swift")
        #expect(settings.count > 10)
        Self.expectDocumented(settings.map { ("--" + $0.name, $0.path) }, as: "flag")
    }

    @Test func commandsAreDocumented() {
        let commands = Self.names(#/commandName: "([a-z-]+)"/#).filter { $0.name != "tollbook" }
        #expect(commands.count > 8)
        expectNone(
            commands.filter { !Self.readme.contains($0.name) }.map {
                Finding(
                    path: $0.path, line: 0, problem: "the command \($0.name) is not in README.md",
                    replacement: "a line for it in README's list")
            })
    }

    /// The raw values of an enumeration of strings, one case a line.
    private static func cases(of path: String) -> [(name: String, path: String)] {
        SourceTree.text(path).split(separator: "\n").compactMap { line in
            guard let match = line.wholeMatch(of: #/ +case (\w+)(?: = "([^"]+)")?/#) else { return nil }
            return (String(match.2 ?? match.1), path)
        }
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
