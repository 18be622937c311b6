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
/// | user, end user | `user/NAME`, `end_user/NAME`: as `key create --user` and callers write it |
/// | tag | `tag/NAME=VALUE` |
/// | model, route, provider | `model/NAME`, `route/NAME`, `provider/NAME`; names may have a '/' |
package struct ScopePath: Equatable, Sendable {
    package let kind: ScopeKind
    /// The names after the kind, outermost first; the last is the object's own.
    package let names: [String]

    /// The kinds that a budget or rate limit may be on.
    package static let kinds: [ScopeKind] = [
        .organization, .team, .project, .application, .user, .key, .endUser, .tag, .model, .route, .provider,
    ]

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
        let names = kind.isNamedWhole ? [parts.dropFirst().joined(separator: "/")] : Array(parts.dropFirst())
        let path = ScopePath(kind: kind, names: names)
        guard path.lengths.contains(names.count), !names.contains(where: \.isEmpty), path.isTagIfOne else {
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
        case .key: 1...4
        case .user, .endUser, .tag, .model, .route, .provider: 1...1
        }
    }

    /// A tag is a name and a value, neither with what separates tags in a request's header.
    private var isTagIfOne: Bool {
        guard kind == .tag, let name = names.first else { return true }
        let parts = name.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        return parts.count == 2 && !parts[0].isEmpty && !name.contains(",")
    }

    private static func shortForm(_ kind: ScopeKind) -> String {
        switch kind {
        case .application: "application/PROJECT/NAME"
        case .tag: "tag/NAME=VALUE"
        default: kind.name + "/NAME"
        }
    }

    private var form: String {
        switch kind {
        case .organization: "organization/NAME"
        case .team: "team/NAME or team/ORGANIZATION/NAME"
        case .project: "project/NAME or project/ORGANIZATION/NAME"
        case .key: "key/NAME or key/PROJECT/NAME"
        default: Self.shortForm(kind)
        }
    }
}

extension ScopeKind {
    /// Whether everything after the kind is one name, slashes and all.
    fileprivate var isNamedWhole: Bool {
        switch self {
        case .organization, .team, .project, .application, .key: false
        case .user, .endUser, .tag, .model, .route, .provider: true
        }
    }
}

/// One or more scopes that a call must all match: `project/ranking & model/gpt-4o`.
package struct ScopeExpression: Equatable, Sendable {
    /// At least one; each kind once; from the widest kind to the narrowest.
    package let paths: [ScopePath]

    /// Calls are matched against few scopes at a time.
    private static let maximumPaths = 4

    /// - Throws: a `RuleViolation` that says how the scope is written.
    package static func parse(_ text: String) throws(RuleViolation) -> ScopeExpression {
        var paths: [ScopePath] = []
        for part in text.split(separator: " & ", omittingEmptySubsequences: false) {
            let path = try ScopePath.parse(String(part))
            guard !paths.contains(where: { $0.kind == path.kind }) else {
                throw RuleViolation(
                    "\(Quoted.text(text)) has two scopes of one kind", "Write one of them, or a limit for each.")
            }
            paths.append(path)
        }
        guard paths.count <= maximumPaths else {
            throw RuleViolation(
                "\(Quoted.text(text)) has \(paths.count) scopes", "Combine at most \(maximumPaths).")
        }
        return ScopeExpression(paths: paths.sorted { $0.kind.rawValue < $1.kind.rawValue })
    }

    /// As a governance file writes it.
    package var text: String { paths.map(\.text).joined(separator: " & ") }
}
