internal import NIOCore

/// The head of a request, as far as the simulator cares.
struct RequestHead: Sendable {
    var method: Method
    var route: Route
    /// Whether the connection stays open after the answer.
    var keepsAlive: Bool
    var isHTTP10: Bool
    /// The model that the path names, decoded; nil: the body names it.
    var model: String?
    /// The value of `x-sim`.
    var directives: String?
    /// The whole head as it came.
    var raw: ByteBuffer
    /// Whether a Gemini stream is wanted as server-sent events, and not as a JSON array.
    var wantsEvents = false

    /// Whether the answer is a stream in the form of a JSON array.
    var isArray: Bool { route == .streamContent && !wantsEvents }

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
        case generateContent
        case streamContent
        case geminiCount
        case geminiEmbedding
        case geminiEmbeddings
        case moderations
        case imageGenerations
        case imageEdits
        case speech
        case transcriptions
        case rerank
        case converse
        case converseStream
        case converseCount
        /// Files and batches.
        case stored
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
