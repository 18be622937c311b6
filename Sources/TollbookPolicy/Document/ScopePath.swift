package import TollbookCore

/// A scope as a governance file writes it: `project/ranking`, or with the names above it `project/acme/ranking`.
///
/// | kind | forms |
/// |---|---|
/// | organization | `organization/NAME` |
/// | team | `team/NAME`, `team/ORGANIZATION/NAME` |
/// | project | `project/NAME`, `project/ORGANIZATION/NAME`, `project/ORGANIZATION/TEAM/NAME` |
/// | application | `application/PROJECT/NAME`, and the project by its longer forms |
/// | key | `key/NAME`, `key/PROJECT/NAME`, and the project by its longer forms |
package struct ScopePath: Equatable, Sendable {
    package let kind: ScopeKind
    /// The names after the kind, outermost first; the last is the object's own.
    package let names: [String]

    /// The kinds that a budget or rate limit may be on.
    package static let kinds: [ScopeKind] = [.organization, .team, .project, .application, .key]

    package init(kind: ScopeKind, names: [String]) {
        self.kind = kind
        self.names = names
    }

    /// - Throws: a `RuleViolation` that says how the scope is written.
    package static func parse(_ text: String) throws(RuleViolation) -> ScopePath {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let word = parts.first ?? ""
        guard parts.count > 1, let kind = ScopeKind(name: word) else {
            let near = Suggestion.nearest(to: word, in: kinds.map(\.name))
            let example = parts.count > 1 ? parts.dropFirst().joined(separator: "/") : word
            throw RuleViolation(
                "\(Quoted.text(text)) is no scope",
                near.map { "Write \($0)/\(parts.count > 1 ? example : "NAME")." }
                    ?? "Write one of \(Quoted.alternatives(kinds.map(Self.shortForm))).")
        }
        guard kinds.contains(kind) else {
            throw RuleViolation(
                "a limit on a \(kind.name.replacing("_", with: " ")) is not known here",
                "Write a scope of \(Quoted.alternatives(kinds.map(\.name))).")
        }
        let path = ScopePath(kind: kind, names: Array(parts.dropFirst()))
        guard path.lengths.contains(path.names.count), !path.names.contains(where: \.isEmpty) else {
            throw RuleViolation("\(Quoted.text(text)) is no scope", "Write \(path.form).")
        }
        return path
    }

    /// As a governance file writes it.
    package var text: String { kind.name + "/" + names.joined(separator: "/") }

    private var lengths: ClosedRange<Int> {
        switch kind {
        case .organization: 1...1
        case .team: 1...2
        case .project: 1...3
        case .application: 2...4
        default: 1...4
        }
    }

    private static func shortForm(_ kind: ScopeKind) -> String {
        kind == .application ? "application/PROJECT/NAME" : kind.name + "/NAME"
    }

    private var form: String {
        switch kind {
        case .organization: "organization/NAME"
        case .team: "team/NAME or team/ORGANIZATION/NAME"
        case .project: "project/NAME or project/ORGANIZATION/NAME"
        case .application: "application/PROJECT/NAME"
        default: "key/NAME or key/PROJECT/NAME"
        }
    }
}
