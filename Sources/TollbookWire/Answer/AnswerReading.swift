package import NIOCore
package import TollbookCore

/// Follows one dialect's server-sent events, one by one: says what each is and keeps what the settlement needs.
package protocol AnswerStreamReader: AnswerStreamReport {
    /// Reads the next event and says what it is.
    mutating func read(_ event: SSEEvent) -> AnswerEvent
}

/// What the settlement needs of a stream, whatever its framing.
package protocol AnswerStreamReport: Sendable {
    init()
    /// Whether the stream told of an error.
    var sawError: Bool { get }
    /// Whether the answer came to its own end, whatever became of the stream.
    var sawFinishReason: Bool { get }
    /// Data events that could not be read.
    var malformedEvents: Int { get }
    /// The model as served.
    var model: String? { get }
    /// The answer's own id.
    var responseID: String? { get }
    /// For streams without usage.
    var estimatedOutputTokens: Int { get }
    /// What the stream told of its usage so far.
    func usageReport() -> UsageReport
}

/// Reads what the settlement needs from one dialect's plain answer, chunk by chunk.
package protocol AnswerBodyReader: Sendable {
    init()
    /// Reads the next chunk; does not consume it.
    mutating func read(_ chunk: ByteBuffer)
    /// Ends the answer.
    mutating func finish()
    /// Whether the whole answer was one JSON value; false until `finish()`.
    var isWellFormed: Bool { get }
    /// Whether the answer is an error.
    var hasError: Bool { get }
    /// The model as served.
    var model: String? { get }
    /// The answer's own id.
    var responseID: String? { get }
    /// For answers without usage.
    var estimatedOutputTokens: Int { get }
    /// What the answer told of its usage.
    func usageReport() -> UsageReport
}

/// What an answer told of its usage.
package struct UsageReport: Equatable, Sendable {
    /// The provider's usage objects as they came.
    package var raw: String?
    /// The whole answer's; nil: not told, or not usable.
    package var usage: Usage?
    /// Whether the numbers contradict each other.
    package var isInconsistent = false
    /// Whether it tells of units that have no meter here.
    package var hasUncounted = false
    /// The prompt's alone, of a stream that told it first and broke off before it told the answer's.
    package var promptUsage: Usage?
    /// Output tokens that the provider has told of a stream that broke off.
    package var outputTokensSoFar: Int64 = 0

    package init() {}

    /// A usage object in OpenAI's shape.
    init(openAI raw: ByteBuffer?) {
        guard let raw else { return }
        self.raw = String(buffer: raw)
        guard let read = OpenAIUsage(raw) else { return }
        usage = read.usage
        isInconsistent = read.isInconsistent
    }
}

extension ChatStreamReader {
    /// The last usage object of the stream.
    package func usageReport() -> UsageReport { UsageReport(openAI: usage) }
}

extension ChatResponseReader: AnswerBodyReader {
    /// The answer's usage object.
    package func usageReport() -> UsageReport { UsageReport(openAI: usage) }
}
