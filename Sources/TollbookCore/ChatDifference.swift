/// Where a provider's chat completions differ from OpenAI's, so that a chat that is written for it must too.
///
/// A preset lists them, under these names; a caller's own chat goes to the provider as the caller wrote it.
package enum ChatDifference: String, CaseIterable, Sendable {
    /// It has no `user`.
    case noUser = "no_user"
    /// It has no `service_tier`.
    case noServiceTier = "no_service_tier"
    /// An assistant's message has no `refusal`: what was refused is text.
    case noRefusal = "no_refusal"
    /// `seed` is named `random_seed`, and is not negative.
    case randomSeed = "random_seed"
    /// `reasoning_effort` is `none` or `high`.
    case effortNoneOrHigh = "effort_none_or_high"
    /// A function must say its `parameters`.
    case parametersRequired = "parameters_required"
    /// Ids of tool calls are nine letters and digits.
    case nineLetters = "nine_letters"
    /// A document is a `document_url`, a URL or a data URL.
    case linkedDocuments = "linked_documents"
    /// `input_audio` is the base64 alone, in any format.
    case plainAudio = "plain_audio"
}
