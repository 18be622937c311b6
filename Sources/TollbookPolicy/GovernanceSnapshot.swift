/// An immutable picture of the governance state at one revision; event loops authorize and plan from it.
///
/// Built by the ledger after each governance change, before the change's command is answered.
package final class GovernanceSnapshot: Sendable {
    /// The journal index of the last governance change in it.
    package let revision: Int64
    /// Open keys by the keyed hash of their secret.
    package let keys: [SecretHash: KeyRecord]
    /// Open routes by public model name.
    package let routes: [String: RouteRecord]
    /// Open routes in the order they were created, for `GET /v1/models`.
    package let routesInOrder: [RouteRecord]
    /// Open providers by id.
    package let providers: [Int64: ProviderRecord]
    /// Open credentials by id.
    package let credentials: [Int64: CredentialRecord]

    package init(
        revision: Int64,
        keys: [SecretHash: KeyRecord],
        routesInOrder: [RouteRecord],
        providers: [Int64: ProviderRecord],
        credentials: [Int64: CredentialRecord]
    ) {
        self.revision = revision
        self.keys = keys
        self.routesInOrder = routesInOrder
        self.routes = Dictionary(routesInOrder.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        self.providers = providers
        self.credentials = credentials
    }

    /// A state with nothing in it.
    package static let empty = GovernanceSnapshot(
        revision: -1, keys: [:], routesInOrder: [], providers: [:], credentials: [:])
}
