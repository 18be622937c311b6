/// One Swift file, as written and with its comments and string literals blanked.
struct SwiftFile: Sendable {
    /// From the root, with slashes.
    let path: String
    let lines: [String]
    /// As many lines as ``lines``; comments and the contents of string literals are spaces, interpolated code stays.
    let code: [String]

    init(path: String, text: String) {
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        var blanker = Blanker(text)
        code = blanker.blanked().split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// The target that it belongs to: the second component of its path.
    var target: String {
        let parts = path.split(separator: "/")
        return parts.count > 2 ? String(parts[1]) : ""
    }

    /// Written by `scripts/generate`, so that limits on what people write do not bind it.
    var isGenerated: Bool { path.contains("/Generated/") }
}
