/// Fields of OpenAI's dialect that a provider may refuse, so that a request must go up without them.
package struct RequestFieldRules: Equatable, Sendable {
    /// Whether `stream_options` may be sent. Where it may not, usage comes unasked.
    package let takesStreamOptions: Bool
    /// Whether `max_completion_tokens` may be sent; else its older name `max_tokens` is.
    package let takesMaxCompletionTokens: Bool
    /// How a chat is written that was none: one that is translated from another dialect.
    package let chat: Set<ChatDifference>

    /// OpenAI's own: everything is sent as the caller wrote it.
    package static let standard = RequestFieldRules(takesStreamOptions: true, takesMaxCompletionTokens: true)

    package init(takesStreamOptions: Bool, takesMaxCompletionTokens: Bool, chat: Set<ChatDifference> = []) {
        self.takesStreamOptions = takesStreamOptions
        self.takesMaxCompletionTokens = takesMaxCompletionTokens
        self.chat = chat
    }
}
