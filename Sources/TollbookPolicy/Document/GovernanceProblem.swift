/// One thing that is wrong with a governance document, where, and what to write instead.
package struct GovernanceProblem: Codable, Equatable, Sendable, CustomStringConvertible {
    /// nil when the document came without its places.
    package let location: SourceLocation?
    /// What is wrong; a sentence without its full stop. Never a credential.
    package let message: String
    /// What to write instead; whole sentences.
    package let hint: String

    package init(_ message: String, hint: String, at location: SourceLocation?) {
        self.message = message
        self.hint = hint
        self.location = location
    }

    /// `FILE:LINE:COLUMN: what is wrong. What to write instead.`
    package var description: String {
        let place = location.map { "\($0): " } ?? ""
        return "\(place)\(message). \(hint)"
    }
}

/// A governance document that was refused as a whole; nothing of it was applied.
package struct GovernanceDocumentError: Error, CustomStringConvertible {
    /// More are counted, not told: a file that is wrong throughout needs no complete list.
    package static let maximumTold = 20

    /// The first problems in the order of the files and lines.
    package let problems: [GovernanceProblem]
    /// How many more there were.
    package let untold: Int

    package init(_ problems: [GovernanceProblem]) {
        let sorted = problems.enumerated().sorted { left, right in
            Self.order(left.element, left.offset) < Self.order(right.element, right.offset)
        }
        self.problems = sorted.prefix(Self.maximumTold).map(\.element)
        untold = max(0, problems.count - Self.maximumTold)
    }

    /// One problem a line.
    package var description: String {
        let lines = problems.map(\.description)
        return (untold == 0 ? lines : lines + ["and \(untold) more"]).joined(separator: "\n")
    }

    private static func order(_ problem: GovernanceProblem, _ offset: Int) -> (String, Int, Int, Int) {
        (problem.location?.file ?? "", problem.location?.line ?? 0, problem.location?.column ?? 0, offset)
    }
}
