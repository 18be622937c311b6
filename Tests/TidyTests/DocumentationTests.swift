import Testing

/// Declarations that another file can use say what they are.
struct DocumentationTests {
    private static let modifiers = [
        "final", "static", "mutating", "nonmutating", "consuming", "borrowing", "nonisolated", "indirect", "override",
        "convenience", "class",
    ].joined(separator: "|")

    /// Types and functions with `package` or `public` access.
    private static let declaration =
        #"^\s*(?:@\w+(?:\([^)]*\))? )*(?:package|public) (?:(?:"# + modifiers + #") )*"#
        + #"(struct|class|enum|protocol|actor|func) ([^\s(<:{]+)"#

    /// Functions that satisfy a well-known protocol: its documentation is theirs.
    private static let known: Set = [
        "hash", "encode", "==", "<", "+", "-", "main", "run", "makeIterator", "next", "validate", "write", "flush",
        "close", "read", "handlerAdded", "handlerRemoved", "channelRead", "channelReadComplete", "channelActive",
        "channelInactive", "channelWritabilityChanged", "errorCaught", "userInboundEventTriggered",
    ]

    @Test func sharedDeclarationsAreDocumented() throws {
        let declaration = try Regex(Self.declaration, as: (Substring, Substring, Substring).self)
        expectNone(
            SourceTree.sources.flatMap { file in
                file.code.enumerated().compactMap { index, line in
                    guard let match = line.prefixMatch(of: declaration) else { return nil }
                    let name = String(match.2)
                    let satisfiesProtocol = match.1 == "func" && Self.known.contains(name)
                    guard !satisfiesProtocol, !Self.isDocumented(index, in: file) else { return nil }
                    return Finding(
                        path: file.path, line: index + 1, problem: "\(match.1) \(name) has no documentation",
                        replacement: "/// and one sentence above it")
                }
            })
    }

    /// Whether a `///` stands above the line, attributes aside.
    private static func isDocumented(_ index: Int, in file: SwiftFile) -> Bool {
        var above = index - 1
        while above >= 0 {
            let text = file.lines[above].drop { $0 == " " }
            guard text.hasPrefix("@") || text.hasPrefix("//") && !text.hasPrefix("///") else { break }
            above -= 1
        }
        return above >= 0 && file.lines[above].drop { $0 == " " }.hasPrefix("///")
    }
}
