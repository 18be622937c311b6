/// What one event of a provider's stream is, in any dialect.
package enum AnswerEvent: Equatable, Sendable {
    /// A part of the answer.
    case content
    /// A usage object. `isExtra` when nothing else is in the event: the chunk that OpenAI's `include_usage` adds, to
    /// be withheld from a caller who did not ask for it.
    case usage(isExtra: Bool)
    /// An error in place of the rest; it may carry usage as well.
    case error
    /// The terminal event: `data: [DONE]`, `message_stop`, or `response.completed` and its like.
    case done
    /// Nothing of the answer: comments, keep-alives, pings, blank lines and announcements.
    case comment
    /// Data that is none of these, such as a provider's own filter results; also what is not JSON.
    case other
}
