package import NIOCore

/// A plain answer in the caller's dialect.
package struct TranslatedAnswer: Sendable {
    package let body: ByteBuffer
    /// What the provider said that the caller's dialect cannot say.
    package let dropped: FieldNames
}

/// Why a plain answer could not be translated.
package enum AnswerTranslationError: Error, Sendable {
    /// It is no answer of the dialect; nothing of it can be handed on.
    case unreadable(WireError)
    /// It is an error, although its status said otherwise; some servers do so.
    case failed(ProviderError)
}

/// Translates plain answers between dialects.
package enum AnswerTranslator {
    /// Translates a whole answer of status 2xx; other statuses are `ProviderError`'s.
    package static func translate(
        _ body: ByteBuffer, from source: ConversationDialect, to target: ConversationDialect,
        _ context: AnswerContext
    ) throws(AnswerTranslationError) -> TranslatedAnswer {
        var answer: ConversationAnswer
        let failure: ProviderError?
        do throws(WireError) {
            let view = try JSONView(body)
            guard view.kind == .object else { throw WireError(.notAnObject, at: view.offset) }
            failure = view.value("error").map { _ in ProviderError(event: view) }
            answer = failure == nil ? try read(view, as: source) : ConversationAnswer()
        } catch {
            throw .unreadable(error)
        }
        if let failure = failure ?? answer.finish.failure(in: target) { throw .failed(failure) }
        answer.fit(target, from: source)
        var json = JSONWriter()
        switch target {
        case .openAIChat: OpenAIAnswers.write(answer, context, &json)
        case .anthropicMessages: AnthropicAnswers.write(answer, context, &json)
        case .openAIResponses: ResponsesAnswers.write(answer, context, &json)
        case .gemini: GeminiAnswers.write(answer, context, &json)
        case .bedrockConverse: BedrockAnswers.write(answer, context, &json)
        }
        return TranslatedAnswer(body: json.buffer, dropped: answer.dropped)
    }

    private static func read(
        _ view: JSONView, as dialect: ConversationDialect
    ) throws(WireError) -> ConversationAnswer {
        switch dialect {
        case .openAIChat: try OpenAIAnswers.read(view)
        case .anthropicMessages: try AnthropicAnswers.read(view)
        case .gemini: try GeminiAnswers.read(view)
        case .bedrockConverse: try BedrockAnswers.read(view)
        // A response is never translated: its callers get it as it is.
        case .openAIResponses: throw view.invalid("object")
        }
    }
}
