package import TollbookCore

/// A rate limit in force, as the writer checks calls against it.
package struct RateLimitRecord: Sendable, Equatable {
    package let id: Int64
    /// The journal index of the limit's version in force.
    package let version: Int64
    package let name: String
    package let scopeKind: ScopeKind
    /// Id of the organization, team, project, application or key.
    package let scopeID: Int64
    /// For people, as governance files write it: `project/ranking`.
    package let scopeText: String
    /// nil: no such limit; so with the other two.
    package let requestsPerMinute: Int64?
    package let tokensPerMinute: Int64?
    package let concurrent: Int64?

    package init(
        id: Int64, version: Int64, name: String, scopeKind: ScopeKind, scopeID: Int64, scopeText: String,
        requestsPerMinute: Int64?, tokensPerMinute: Int64?, concurrent: Int64?
    ) {
        self.id = id
        self.version = version
        self.name = name
        self.scopeKind = scopeKind
        self.scopeID = scopeID
        self.scopeText = scopeText
        self.requestsPerMinute = requestsPerMinute
        self.tokensPerMinute = tokensPerMinute
        self.concurrent = concurrent
    }
}
