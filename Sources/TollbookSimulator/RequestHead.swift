internal import NIOCore

/// The head of a request, as far as the simulator cares.
struct RequestHead: Sendable {
    var method: Method
    var route: Route
    /// Whether the connection stays open after the answer.
    var keepsAlive: Bool
    var isHTTP10: Bool
    /// The value of `x-sim`.
    var directives: String?
    /// The whole head as it came.
    var raw: ByteBuffer

    enum Method: Sendable {
        case get
        case post
        case other
    }

    /// What the target names; a query is ignored.
    enum Route: Sendable, Equatable {
        case chat
        case messages
        case countTokens
        case completions
        case embeddings
        case responses
        case responsesCount
        case moderations
        case imageGenerations
        case imageEdits
        case speech
        case transcriptions
        case rerank
        case models
        case health
        case calls
        case last
        case reset
        case unknown
    }

    /// A complete request.
    struct WithBody: Sendable {
        let head: RequestHead
        let body: ByteBuffer
    }
}
