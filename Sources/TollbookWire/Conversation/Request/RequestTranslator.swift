package import NIOCore

/// A request in the target's dialect, and what became of its fields.
package struct TranslatedRequest: Sendable {
    /// The body to send.
    package let body: ByteBuffer
    /// What was left out and changed; named to the caller and in the decision.
    package var notes: TranslationNotes
    /// Whether a stream is asked for.
    package let streams: Bool
    /// Whether the caller wants a stream's usage; the provider is asked for it always.
    package let wantsStreamUsage: Bool
    /// What the answer repeats of the request; see `Conversation.responsesEcho`.
    package let responsesEcho: ByteBuffer
    /// Of embeddings: whether the answer has vectors in base64.
    package internal(set) var encodesVectors = false
}

/// Translates requests between dialects: pure, in one go, on the whole body.
package enum RequestTranslator {
    /// Reads a request.
    ///
    /// - Throws: `not_an_object`, `duplicate_field` (top level), `missing_field`, `invalid_field`.
    package static func read(
        _ request: JSONView, as dialect: ConversationDialect
    ) throws(WireError) -> Conversation {
        switch dialect {
        case .openAIChat: try OpenAIChatRequestReader.read(request)
        case .anthropicMessages: try AnthropicRequestReader.read(request)
        case .openAIResponses: try ResponsesRequestReader.read(request)
        case .gemini: try GeminiRequestReader.read(request)
        case .bedrockConverse: try BedrockRequestReader.read(request)
        // Its callers are not translated.
        case .cohereChat: throw request.invalid("model")
        }
    }

    /// Writes a conversation in a dialect.
    ///
    /// - Throws: a refusal when a rule refuses one of its fields; the first in the order of writing.
    package static func write(
        _ conversation: Conversation, as dialect: ConversationDialect, _ options: TranslationOptions
    ) throws(TranslationRefusal) -> TranslatedRequest {
        let body: ByteBuffer
        var notes = TranslationNotes(from: conversation.source, to: dialect)
        for field in ConversationField.allCases where conversation.extras[field] != nil { notes.allows(field) }
        notes.dropUnknown(conversation.unknownFields)
        switch dialect {
        case .openAIChat:
            var writer = OpenAIChatRequestWriter(conversation, options, notes)
            body = writer.write()
            notes = writer.notes
        case .anthropicMessages:
            var writer = AnthropicRequestWriter(conversation, options, notes)
            body = writer.write()
            notes = writer.notes
        case .gemini:
            var writer = GeminiRequestWriter(conversation, options, notes)
            body = writer.write()
            notes = writer.notes
        case .bedrockConverse:
            var writer = BedrockRequestWriter(conversation, options, notes)
            body = writer.write()
            notes = writer.notes
        case .cohereChat:
            var writer = CohereRequestWriter(conversation, options, notes)
            body = writer.write()
            notes = writer.notes
        case .openAIResponses:
            // Its providers are sent the bytes as they are.
            throw TranslationRefusal(field: "model", rule: .model, source: conversation.source, target: dialect)
        }
        if let refusal = notes.refusal { throw refusal }
        return TranslatedRequest(
            body: body, notes: notes, streams: conversation.streams,
            wantsStreamUsage: conversation.wantsStreamUsage, responsesEcho: conversation.responsesEcho)
    }

    /// Reads and writes.
    package static func translate(
        _ body: ByteBuffer, from source: ConversationDialect, to target: ConversationDialect,
        _ options: TranslationOptions
    ) throws(TranslationError) -> TranslatedRequest {
        let conversation: Conversation
        do throws(WireError) {
            conversation = try read(JSONView(body), as: source)
        } catch {
            throw .unreadable(error)
        }
        do throws(TranslationRefusal) {
            return try write(conversation, as: target, options)
        } catch {
            throw .refused(error)
        }
    }
}
