import Testing

/// One place that breaks a rule, and what to write there instead.
struct Finding: CustomStringConvertible {
    let path: String
    /// From 1; 0 for the file as a whole.
    let line: Int
    let problem: String
    let replacement: String

    var description: String {
        let place = line == 0 ? path : "\(path):\(line)"
        return "\(place): \(problem); write instead: \(replacement)"
    }
}

/// Fails the test with one line a finding.
func expectNone(_ findings: [Finding], sourceLocation: SourceLocation = #_sourceLocation) {
    if findings.isEmpty { return }
    let list = findings.map(\.description).joined(separator: "\n")
    Issue.record("\(findings.count) findings\n\(list)", sourceLocation: sourceLocation)
}
