import Testing

/// The layers of the design: what each target may import. Arrows point strictly down.
struct LayeringTests {
    /// Modules of the platform that every target may use.
    private static let everywhere: Set = ["Synchronization", "Glibc", "Musl", "Darwin"]

    private static let allowed: [String: Set<String>] = [
        // Level 0
        "CSQLite": [],
        "SQLite": ["CSQLite"],
        "TollbookCore": [],
        // Level 1
        "TollbookWire": ["TollbookCore", "NIOCore"],
        "TollbookPolicy": ["TollbookCore", "Foundation"],
        // Level 2
        "TollbookLedger": ["TollbookCore", "TollbookPolicy", "SQLite", "Crypto", "Foundation"],
        // Level 3
        "TollbookReports": [
            "TollbookCore", "TollbookPolicy", "TollbookLedger", "SQLite", "Crypto", "Foundation",
        ],
        "TollbookGateway": [
            "TollbookCore", "TollbookWire", "TollbookPolicy", "TollbookLedger", "NIOCore", "NIOPosix", "NIOHTTP1",
            "NIOSSL", "NIOTLS", "NIOHTTP2", "NIOHPACK", "NIOHTTPCompression", "Crypto", "CryptoExtras", "Logging",
        ],
        "TollbookSimulator": ["NIOCore", "NIOPosix"],
        // Level 4
        "TollbookControl": [
            "TollbookCore", "TollbookPolicy", "TollbookLedger", "TollbookReports", "TollbookGateway", "Foundation",
            "NIOCore", "NIOPosix", "SQLite", "Hummingbird", "HummingbirdCore", "HTTPTypes", "AsyncHTTPClient",
            "NIOHTTP1", "NIOSSL", "Crypto", "Logging",
        ],
        // Level 5
        "TollbookCommands": [
            "TollbookCore", "TollbookPolicy", "TollbookLedger", "TollbookReports", "TollbookGateway",
            "TollbookSimulator", "TollbookControl", "SQLite", "Foundation", "Dispatch", "ArgumentParser", "Yams",
            "Logging", "NIOCore", "NIOPosix",
        ],
        "tollbook": ["TollbookCommands"],
        // Test support
        "TollbookTesting": ["TollbookCore", "TollbookPolicy", "TollbookLedger", "SQLite", "Foundation"],
    ]

    @Test func importsOnlyFromLowerLayers() throws {
        expectNone(
            try Self.imports().compactMap { file, line, module, _ in
                guard let names = Self.allowed[file.target] else {
                    return Finding(
                        path: file.path, line: line, problem: "the target \(file.target) has no place in the layers",
                        replacement: "a row for it in LayeringTests")
                }
                guard !names.contains(module), !Self.everywhere.contains(module) else { return nil }
                let list = names.sorted().joined(separator: ", ")
                return Finding(
                    path: file.path, line: line, problem: "\(file.target) may not import \(module)",
                    replacement: "code that needs only: \(list.isEmpty ? "nothing" : list)")
            })
    }

    @Test func importsCarryAnAccessLevel() throws {
        expectNone(
            try Self.imports().compactMap { file, line, module, access in
                guard access.isEmpty, file.target != "tollbook" else { return nil }
                return Finding(
                    path: file.path, line: line, problem: "import \(module) has no access level",
                    replacement: "`internal import \(module)`; `package import` where the interface names its types")
            })
    }

    @Test func everyTargetHasAPlaceInTheLayers() {
        let targets = Set(SourceTree.files(under: "Sources").map { String($0.split(separator: "/")[1]) })
        #expect(targets.subtracting(Self.allowed.keys).isEmpty)
        #expect(!targets.isEmpty)
    }

    private static func imports() throws -> [(file: SwiftFile, line: Int, module: String, access: Substring)] {
        let kinds = "struct|class|enum|protocol|func|var|let"
        let text =
            #"^(?:@\w+(?:\([^)]*\))? +)*(package |internal |public |private |fileprivate )?import (?:(?:"# + kinds
            + #") )?(\w+)"#
        let pattern = try Regex(text, as: (Substring, Substring?, Substring).self)
        return SourceTree.sources.flatMap { file in
            file.code.enumerated().compactMap { index, line in
                guard let match = line.prefixMatch(of: pattern) else { return nil }
                return (file, index + 1, String(match.2), match.1 ?? "")
            }
        }
    }
}
