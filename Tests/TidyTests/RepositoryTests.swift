import Testing

/// What stands in the repository as a whole.
struct RepositoryTests {
    private static let topLevel: Set = [
        "Package.swift", "README.md", "LICENSE", "CHANGELOG.md", ".swift-format", ".ci", ".gitignore", "migrations",
        "schema", "scripts", "Sources", "Tests",
    ]

    private static let texts = SourceTree.files.filter { !$0.hasPrefix("LICENSE") }.map { ($0, SourceTree.text($0)) }

    @Test func hasNoOtherNamesAtTheTop() {
        expectNone(
            SourceTree.topLevelNames.filter { !Self.topLevel.contains($0) }.map {
                Finding(
                    path: $0, line: 0, problem: "not one of the agreed names", replacement: "a place under one of them")
            })
    }

    @Test(arguments: ["README.md", "LICENSE", "CHANGELOG.md", "scripts/serve", "scripts/test", ".ci/run"])
    func has(_ path: String) {
        #expect(SourceTree.files.contains(path))
        #expect(!SourceTree.text(path).isEmpty)
    }

    @Test func nothingIsLeftForLater() {
        // Put together here, so that the rule does not find itself.
        let words = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]
        let phrases = ["not " + "implemented", "not yet " + "implemented", "coming " + "soon"]
        let isWord = { (line: Substring) in
            line.split { !$0.isLetter }.contains { words.contains(String($0)) }
        }
        expectNone(
            Self.findings(
                problem: "left for later", replacement: "the thing itself, or nothing",
                where: { line in isWord(line) || phrases.contains { line.lowercased().contains($0) } }))
    }

    @Test func namesNoMachine() {
        let paths = ["work", "root", "home", "farm"].map { "/" + $0 + "/" } + ["/opt" + "/swift", "/opt" + "/wheels"]
        expectNone(
            Self.findings(
                problem: "path of one machine", replacement: "a path from the checkout, a flag or a variable",
                where: { line in paths.contains { Self.hasPath($0, line) } }))
    }

    @Test func hasNoBinaryOrLargeFiles() {
        expectNone(
            Self.texts.filter { $0.1.isEmpty || $0.1.utf8.count > 512 * 1024 }.map {
                Finding(
                    path: $0.0, line: 0, problem: "empty, not UTF-8, or over 512 KiB",
                    replacement: "text, made by scripts/generate where it is derived")
            })
    }

    @Test func scriptsSayWhatTheyDo() {
        let scripts = SourceTree.files.filter { $0.hasPrefix("scripts/") && !$0.hasPrefix("scripts/lib/") }
        expectNone(
            scripts.filter { path in
                let lines = SourceTree.text(path).split(separator: "\n")
                return lines.count < 2 || !lines[0].hasPrefix("#!/usr/bin/env ") || !lines[1].hasPrefix("# ")
            }.map {
                Finding(
                    path: $0, line: 1, problem: "no interpreter line or no comment below it",
                    replacement: "#!/usr/bin/env bash and one sentence")
            })
        #expect(!scripts.isEmpty)
    }

    /// A path of the machine begins the line's path: what follows a name, as in a URL, is none.
    private static func hasPath(_ path: String, _ line: Substring) -> Bool {
        line.ranges(of: path).contains { range in
            guard range.lowerBound > line.startIndex else { return true }
            let before = line[line.index(before: range.lowerBound)]
            return !before.isLetter && !before.isNumber && !".-_}$)".contains(before)
        }
    }

    private static func findings(
        problem: String, replacement: String, where matches: (Substring) -> Bool
    ) -> [Finding] {
        texts.flatMap { path, text in
            text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { index, line in
                matches(line)
                    ? Finding(path: path, line: index + 1, problem: problem, replacement: replacement) : nil
            }
        }
    }
}
