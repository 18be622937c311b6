package import TollbookCore
internal import TollbookPolicy

/// One thing that a budget or a rate limit is on.
package struct LimitScope: Sendable, Hashable {
    package let kind: ScopeKind
    /// Id of the object, or the pseudonym of the user or end user; 0 for a tag or a model.
    package let id: Int64
    /// The tag as NAME=VALUE, or the model's name; nil for scopes that have an id.
    package let value: String?

    package init(_ kind: ScopeKind, id: Int64 = 0, value: String? = nil) {
        self.kind = kind
        self.id = id
        self.value = value
    }

    /// As the column `scope_also` has several: `KIND:ID` or `KIND:0:VALUE`, joined with ` & `.
    static func text(_ scopes: some Sequence<LimitScope>) -> String {
        scopes.map { scope in
            "\(scope.kind.rawValue):\(scope.id)" + (scope.value.map { ":" + $0 } ?? "")
        }.joined(separator: Self.separator)
    }

    /// Reads such a text; nil when it is none.
    package static func list(_ text: String) -> [LimitScope]? {
        var scopes: [LimitScope] = []
        for part in text.split(separator: Self.separator, omittingEmptySubsequences: false) {
            let fields = part.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count >= 2, let code = Int(fields[0]), let kind = ScopeKind(rawValue: code),
                let id = Int64(fields[1])
            else { return nil }
            scopes.append(LimitScope(kind, id: id, value: fields.count == 3 ? String(fields[2]) : nil))
        }
        return scopes
    }

    private static let separator = " & "
}

/// What a budget or a rate limit is on, with all that is needed to match calls with it.
package struct LimitReach: Sendable, Equatable {
    /// A call must match each; from the widest kind to the narrowest.
    package let scopes: [LimitScope]
    /// The deployments, closed ones too, of the models and providers among the scopes; nil: there is none among them.
    package let deployments: Set<Int64>?
    /// For people, as governance files write it: `project/ranking & model/gpt-4o`.
    package let text: String
    /// The organization that the scopes lie in; nil: they are not within one.
    package let organizationID: Int64?

    package init(scopes: [LimitScope], deployments: Set<Int64>?, text: String, organizationID: Int64?) {
        self.scopes = scopes
        self.deployments = deployments
        self.text = text
        self.organizationID = organizationID
    }

    /// Which parts of a request decide whether it matches.
    var parts: RequestParts {
        scopes.reduce(into: RequestParts()) { $0.formUnion(RequestParts($1.kind)) }
    }

    /// Whether the same calls match.
    func matchesTheSame(as other: LimitReach) -> Bool {
        scopes == other.scopes && deployments == other.deployments
    }

    /// Whether a call that the parts describe matches.
    func matches(_ scopes: RequestScopes) -> Bool {
        if let deployments, !deployments.contains(scopes.deploymentID) { return false }
        return self.scopes.allSatisfy(scopes.matches)
    }
}
