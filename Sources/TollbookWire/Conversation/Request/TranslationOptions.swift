package import TollbookCore

/// What the plan knows of the deployment that a request is translated for.
package struct TranslationOptions: Sendable {
    /// The model's name at the provider; for Claude it tells how the model is told to think.
    package var model: String
    /// What stands for an absent maximum where the target requires one: the deployment's `max_output`, and the
    /// same number that the hold was computed from.
    package var defaultMaxOutputTokens: Int64
    /// Whether an OpenAI-compatible server knows `max_tokens` only.
    package var usesMaxTokens = false
    /// Whether an OpenAI-compatible server can be asked for a stream's usage; others tell it unasked.
    package var takesStreamOptions = true
    /// How an OpenAI-compatible server's chats differ from OpenAI's.
    package var chat: Set<ChatDifference> = []

    /// Whether a provider of Gemini's dialect takes a tier in the request's body; Vertex AI does not.
    package var takesServiceTier = true

    package init(model: String, defaultMaxOutputTokens: Int64) {
        self.model = model
        self.defaultMaxOutputTokens = defaultMaxOutputTokens
    }
}
