internal import NIOCore
internal import TollbookCore
internal import TollbookPolicy
internal import TollbookWire

/// A request as it was taken in: everything that opening and dispatching it needs.
struct CallIntake {
    /// What was called: it decides how the request goes upstream and how the answer is read.
    let endpoint: Endpoint
    /// The model asked for: the name of a route.
    let model: String
    let secretHash: SecretHash
    let acceptedMicros: Int64
    /// Monotonic, when the last byte of the request was read.
    let acceptedNanos: UInt64
    var scan: ChatRequestScan
    /// Of a body that goes up while it arrives: its first bytes, until they are sent.
    var body: ByteBuffer
    let bodyHash: [UInt8]
    /// The body's plain SHA-256 in hexadecimal, where AWS's providers want it.
    let bodySHA256: String?
    /// Reserved for the body; given back when the call ends, or when its first bytes have gone up.
    var reservedBytes: Int
    /// The request's query without a virtual key; nil: none.
    var query: String?
    /// Of a call that is passed through: what it asks the provider for.
    var passed: PassedLine?
    /// Header lines for the provider.
    let forwarded: ByteBuffer
    /// Whether `anthropic-version` is among them.
    let hasAnthropicVersion: Bool
    let tags: String?
    let endUser: String?
    let interaction: String?
    let traceID: [UInt8]?
    /// The client's network address.
    let address: String?
    /// What a call about files or batches is bound to; nil: it is another call.
    var stored: StoredPlan?

    func facts(routeName: String) -> CallFacts {
        CallFacts(
            routeName: routeName, endpoint: endpoint,
            estimatedInputTokens: estimatedInputTokens,
            maxOutputTokens: scan.outputTokenLimit.map { Int64($0) }, choices: Int64(scan.choices), units: units,
            acceptedMicros: acceptedMicros)
    }

    /// The prompt's tokens, or those of all lines of a batch.
    var estimatedInputTokens: Int64 { stored?.pin.load?.estimatedInputTokens ?? Int64(scan.estimatedInputTokens) }

    /// What the call asks for of its endpoint's unit.
    var units: Int64 { endpoint.unit == nil ? 0 : Int64(scan.units) }
}
