import Testing

/// Calls that have no place in the product, each with what to write instead.
struct BannedCallTests {
    private static let money = ["Core", "Policy", "Ledger", "Reports"].map { "Sources/Tollbook\($0)/" }
    private static let commands = ["Sources/TollbookCommands/", "Sources/tollbook/"]

    static let rules = [
        PatternRule(name: "try!", pattern: #"\btry!"#, replacement: "`try`, and an error that the caller handles"),
        PatternRule(name: "as!", pattern: #"\bas!"#, replacement: "`as?` with a guard, or a type that needs no cast"),
        PatternRule(
            name: "force unwrap", pattern: #"[\w)\]>]!(?:$|[\s.,:;)\]}?\[(])"#,
            replacement: "`guard let`, `??` or a type that is never nil"),
        PatternRule(
            name: "ending the process", pattern: #"(?:^|[^.\w])(?:fatalError|abort|exit|_exit)\("#,
            replacement: "a thrown TollbookError; precondition for programmer errors only", except: commands),
        PatternRule(
            name: "printing", pattern: #"(?:^|[^.\w])(?:print|debugPrint|dump|NSLog|puts|printf)\("#,
            replacement: "a Logger, or a value that the command prints", except: commands),
        PatternRule(
            name: "blocking queue", pattern: #"\b(?:DispatchQueue|DispatchSemaphore|DispatchGroup)\b"#,
            replacement: "an event loop, the ledger's writer, or a Mutex for a short section"),
        PatternRule(
            name: "sleep", pattern: #"\bThread\.sleep|(?:^|[^.\w])(?:usleep|nanosleep|sleep)\("#,
            replacement: "a scheduled task of the event loop, or a condition with a deadline"),
        PatternRule(
            name: "waiting for a future", pattern: #"\.wait\(\)"#,
            replacement: "`.get()` in async code, `.whenComplete` on a loop",
            within: ["Gateway", "Control", "Simulator"].map { "Sources/Tollbook\($0)/" }),
        PatternRule(
            name: "unstructured task", pattern: #"\bTask(?:\.detached)?(?: \{|\(| \()"#,
            replacement: "a task group, `async let`, or a Service with one `run()`"),
        PatternRule(
            name: "await on the data path", pattern: #"\bawait\b|\bAsync(?:Throwing)?Stream\b"#,
            replacement: "a channel handler and a state machine", within: ["Sources/TollbookWire/"]),
        PatternRule(
            name: "floating-point money", pattern: #"\b(?:Double|Float|Float32|Float64|CGFloat|Decimal)\b"#,
            replacement: "NanoAmount, PicoPrice or an integer with its unit in the name", within: money,
            except: ["Sources/TollbookLedger/LedgerMetrics", "Sources/TollbookLedger/Metrics/"]),
        PatternRule(
            name: "@testable", pattern: #"@testable\b"#, replacement: "`package` access",
            within: ["Sources/", "Tests/"]),
        PatternRule(
            name: "global mutable state", pattern: #"nonisolated\(unsafe\)"#,
            replacement: "a Mutex, or a value that is passed in"),
        PatternRule(
            name: "sleep in a test", pattern: #"\b(?:Task|Thread)\.sleep\b|(?:^|[^.\w])(?:usleep|nanosleep|sleep)\("#,
            replacement: "a clock turned by hand, or a condition that is awaited", within: ["Tests/"]),
        PatternRule(
            name: "test that cannot fail", pattern: #"#expect\((?:true|(\d+) == \1|(\d+) \+ \2 == \d+)\)"#,
            replacement: "an expectation on what the code did", within: ["Tests/"]),
    ]

    @Test(arguments: rules)
    func isNotCalled(_ rule: PatternRule) throws {
        let files = SourceTree.sources + SourceTree.tests
        expectNone(try files.flatMap { try rule.findings(in: $0.path, lines: $0.code) })
    }

    /// The rules themselves find what they are for, and leave alone what only looks like it.
    @Test(arguments: [
        ("try!", "let x = try! f()", true), ("try!", "let x = try? f()", false),
        ("force unwrap", "a!.b", true), ("force unwrap", "f()!", true), ("force unwrap", "x[0]! + 1", true),
        ("force unwrap", "a != b", false), ("force unwrap", "if !a {", false), ("force unwrap", "(!a)", false),
        ("printing", "print(x)", true), ("printing", "logger.print(x)", false), ("printing", "fingerprint(x)", false),
        ("unstructured task", "Task { await f() }", true), ("unstructured task", "makeTask(", false),
        ("sleep in a test", "try await Task.sleep(for: .seconds(1))", true),
        ("floating-point money", "let price: Double", true), ("floating-point money", "DoubleEntry()", false),
        ("test that cannot fail", "#expect(1 + 1 == 2)", true), ("test that cannot fail", "#expect(a == 2)", false),
    ])
    func findsWhatItIsFor(rule name: String, code: String, isFound: Bool) throws {
        var rule = try #require(Self.rules.first { $0.name == name })
        rule.within = [""]
        rule.except = []
        #expect(try rule.findings(in: "a.swift", lines: [code]).isEmpty == !isFound)
    }

    @Test func uncheckedSendableSaysWhatEnforcesIt() throws {
        let reason = try Regex(#"//.*(lock|loop|thread|mutex|immutable|sendable|queue)"#)
        expectNone(
            SourceTree.sources.flatMap { file in
                file.code.enumerated().filter { $1.contains("@unchecked Sendable") }.compactMap { index, _ in
                    let before = file.lines[max(0, index - 12)...index].joined(separator: "\n").lowercased()
                    guard !before.contains(reason) else { return nil }
                    return Finding(
                        path: file.path, line: index + 1, problem: "@unchecked Sendable without a reason",
                        replacement: "a comment above it that names what enforces it")
                }
            })
    }
}
