internal import TollbookCore
internal import TollbookWire

/// Embeddings by a provider of another dialect.
extension Call {
    /// Puts an answer of a success status that came whole into the caller's dialect, and settles.
    func settleEmbeddings() {
        let told = reader?.summary().evidence.usage?.inputTokens
        let answer = EmbeddingAnswer(
            for: intake.endpoint, model: intake.model, tokens: told ?? intake.estimatedInputTokens,
            encodesVectors: crossing?.encodesVectors ?? false)
        guard let body = answer.translate(held) else {
            return settle(.malformed, finale: .failure(.upstream(.upstreamMalformed)), code: .upstreamMalformed)
        }
        // Gemini's form has no place for tokens.
        crossing?.tellsEstimate = told == nil && intake.endpoint == .embeddings
        held = body
        settle(.complete(isTerminated: true), finale: .answer, code: .ok)
    }
}
