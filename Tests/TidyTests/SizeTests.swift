import Testing

/// How long files, functions and lines may be.
struct SizeTests {
    private static let fileLines = 600
    private static let functionLines = 70
    private static let lineLength = 120
    private static let mainLines = 40

    private static let written = (SourceTree.sources + SourceTree.tests).filter { !$0.isGenerated }

    @Test func filesAreShort() {
        expectNone(
            Self.written.filter { $0.lines.count > Self.fileLines }.map { file in
                Finding(
                    path: file.path, line: 0, problem: "\(file.lines.count) lines, more than \(Self.fileLines)",
                    replacement: "one main type a file, its aspects in Type+Aspect.swift")
            })
    }

    @Test func functionsAreShort() {
        expectNone(
            Self.written.flatMap { file in
                FunctionScanner.functions(in: file).filter { $0.lines > Self.functionLines }.map { function in
                    Finding(
                        path: file.path, line: function.line,
                        problem: "\(function.name) has \(function.lines) lines, more than \(Self.functionLines)",
                        replacement: "decisions in the parent, loops and arithmetic in helpers")
                }
            })
    }

    @Test func linesAreShort() {
        let scripts = SourceTree.files.filter { $0.hasPrefix("scripts/") || $0.hasSuffix(".py") }
        let texts = scripts.map { SwiftFile(path: $0, text: SourceTree.text($0)) }
        expectNone(
            (Self.written + texts).flatMap { file in
                file.lines.enumerated().filter { $1.count > Self.lineLength }.map { index, line in
                    Finding(
                        path: file.path, line: index + 1,
                        problem: "\(line.count) characters, more than \(Self.lineLength)",
                        replacement: "a line break, or a shorter name")
                }
            })
    }

    @Test func mainIsShort() {
        let main = SourceTree.sources.filter { $0.target == "tollbook" }
        expectNone(
            main.filter { $0.lines.count > Self.mainLines }.map {
                Finding(
                    path: $0.path, line: 0, problem: "\($0.lines.count) lines, more than \(Self.mainLines)",
                    replacement: "a call into TollbookCommands")
            })
        #expect(!main.isEmpty)
    }
}
