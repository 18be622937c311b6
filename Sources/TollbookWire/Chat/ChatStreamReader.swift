package import NIOCore

/// What one event of an OpenAI chat stream is.
package enum ChatStreamEvent: Equatable, Sendable {
    /// A chunk with choices.
    case content
    /// A chunk with a usage object. `isExtra` when it has no choices: the chunk that `include_usage` adds,
    /// to be withheld from a caller who did not ask for it.
    case usage(isExtra: Bool)
    /// A chunk with a top-level `error`, or an event of type `error`; it may carry usage as well.
    case error
    /// `data: [DONE]`.
    case done
    /// Comments, keep-alives and blank lines.
    case comment
    /// Data without choices, usage or error, such as a provider's own filter results; also what is not JSON.
    case other
}

/// Follows an OpenAI chat stream, event by event: classifies each and keeps what the settlement needs.
package struct ChatStreamReader: Sendable {
    /// The model as served, from the first chunk that names one.
    package private(set) var model: String?
    /// The response id, from the first chunk that has one.
    package private(set) var responseID: String?
    /// The last usage object, raw; providers that report it with every chunk report running totals.
    package private(set) var usage: ByteBuffer?
    /// Whether a choice ended with a reason.
    package private(set) var sawFinishReason = false
    package private(set) var sawDone = false
    package private(set) var sawError = false
    /// Chunks that brought output text.
    package private(set) var contentEvents = 0
    /// Bytes of output text so far, unescaped: content, refusal, reasoning, tool names and arguments.
    package private(set) var outputBytes = 0
    /// Data events that are neither JSON nor `[DONE]`.
    package private(set) var malformedEvents = 0

    package init() {}

    /// max(content events, ceil(output bytes / 4)): a provider sends at least one token per content chunk, and
    /// text has about four bytes a token. For streams that end without usage.
    package var estimatedOutputTokens: Int { max(contentEvents, (outputBytes + 3) / 4) }

    /// Reads the next event and says what it is. Where two kinds apply, the earlier wins: done, error, usage,
    /// content.
    package mutating func read(_ event: SSEEvent) -> ChatStreamEvent {
        .other
    }
}
