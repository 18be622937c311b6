import Testing

/// Text that must not stand in the files it binds, and what to write instead.
struct PatternRule: Sendable, CustomTestStringConvertible {
    let name: String
    /// A regular expression without lookbehind.
    let pattern: String
    let replacement: String
    /// Paths that the rule binds, by prefix.
    var within = ["Sources/"]
    /// Paths that it does not bind, by prefix.
    var except: [String] = []

    var testDescription: String { name }

    /// Every line of the file that holds the pattern; nothing where the rule does not bind.
    ///
    /// - Parameter lines: the file's text as far as the rule looks at it, one string a line.
    func findings(in path: String, lines: [String]) throws -> [Finding] {
        guard within.contains(where: path.hasPrefix), !except.contains(where: path.hasPrefix) else { return [] }
        let regex = try Regex(pattern)
        return lines.enumerated().filter { $1.contains(regex) }.map { index, line in
            let text = line.trimmingPrefix { $0 == " " }.prefix(80)
            return Finding(path: path, line: index + 1, problem: "\(name) (\(text))", replacement: replacement)
        }
    }
}
