/// What the plan knows of the deployment that a request is translated for.
package struct TranslationOptions: Sendable {
    /// How a model is told to think.
    package enum ThinkingForm: Sendable {
        /// `thinking: adaptive` with an effort: models from 2026 on.
        case adaptive
        /// `thinking: enabled` with a budget of tokens: models before.
        case budget
    }

    /// The model's name at the provider.
    package var model: String
    /// What stands for an absent maximum where the target requires one: the deployment's `max_output`, and the
    /// same number that the hold was computed from.
    package var defaultMaxOutputTokens: Int64
    package var thinkingForm = ThinkingForm.adaptive
    /// Whether the model lets itself be told how to sample; the newest thinking models refuse such requests.
    package var acceptsSampling = true
    /// Whether an OpenAI-compatible server knows `max_tokens` only.
    package var usesMaxTokens = false
    /// Whether an OpenAI-compatible server can be asked for a stream's usage; others tell it unasked.
    package var takesStreamOptions = true

    /// Whether a provider of Gemini's dialect takes a tier in the request's body; Vertex AI does not.
    package var takesServiceTier = true

    package init(model: String, defaultMaxOutputTokens: Int64) {
        self.model = model
        self.defaultMaxOutputTokens = defaultMaxOutputTokens
    }
}
