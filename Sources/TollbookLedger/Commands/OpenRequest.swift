package import TollbookCore
package import TollbookPolicy

/// A request as it is opened or denied: everything that its row, its decisions and its hold need.
///
/// Immutable and shared: the settlement names the same object, so that nothing is looked up twice.
package final class OpenRequest: Sendable {
    package let id: RequestID
    package let acceptedMicros: Int64
    package let key: KeyRecord
    /// The end user as the caller named one; becomes a subject.
    package let endUser: String?
    /// The client's network address without the port; becomes a subject.
    package let address: String?
    package let interaction: String?
    /// `k=v` joined with commas, sorted; nil: none.
    package let tags: String?
    package let endpoint: Endpoint
    package let dialect: Dialect
    package let route: RouteRecord
    package let isStream: Bool
    /// 0 for a body that is still on its way.
    package let bodyBytes: Int64
    /// HMAC-SHA-256 of the body, first 16 bytes; zeros for a body that is still on its way.
    package let bodyHash: [UInt8]
    package let estimatedInputTokens: Int64
    package let heldOutputTokens: Int64
    /// The revision of the snapshot that authorized and planned it.
    package let revision: Int64
    /// 16 bytes; nil: no `traceparent`.
    package let traceID: [UInt8]?
    /// The decisions so far, in order.
    package let decisions: [Decision]
    /// The first target of the plan; nil for calls denied before planning.
    package let target: PlannedTarget?
    /// The worst case over all targets; nil: unpriced, or denied.
    package let hold: NanoAmount?
    package let currency: String?

    package init(
        id: RequestID, acceptedMicros: Int64, key: KeyRecord, endUser: String?, address: String?,
        interaction: String?, tags: String?, endpoint: Endpoint, dialect: Dialect, route: RouteRecord,
        isStream: Bool, bodyBytes: Int64, bodyHash: [UInt8], estimatedInputTokens: Int64, heldOutputTokens: Int64,
        revision: Int64, traceID: [UInt8]?, decisions: [Decision], target: PlannedTarget?, hold: NanoAmount?,
        currency: String?
    ) {
        self.id = id
        self.acceptedMicros = acceptedMicros
        self.key = key
        self.endUser = endUser
        self.address = address
        self.interaction = interaction
        self.tags = tags
        self.endpoint = endpoint
        self.dialect = dialect
        self.route = route
        self.isStream = isStream
        self.bodyBytes = bodyBytes
        self.bodyHash = bodyHash
        self.estimatedInputTokens = estimatedInputTokens
        self.heldOutputTokens = heldOutputTokens
        self.revision = revision
        self.traceID = traceID
        self.decisions = decisions
        self.target = target
        self.hold = hold
        self.currency = currency
    }
}
