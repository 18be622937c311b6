package import NIOCore

/// Requests that ask how many tokens a prompt has: a conversation in each dialect's own frame, without what bears on
/// the answer alone.
package enum TokenCountRequest {
    /// The conversation whose tokens are asked for.
    ///
    /// - Parameter body: one that was scanned without an error.
    /// - Throws: as `RequestTranslator.read`; also for a prompt that is no conversation, as Bedrock takes one.
    package static func read(
        _ body: ByteBuffer, as dialect: ConversationDialect
    ) throws(WireError) -> Conversation {
        let view = JSONView(validated: body)
        switch dialect {
        case .gemini: return try RequestTranslator.read(view.gemini("generateContentRequest") ?? view, as: dialect)
        case .bedrockConverse:
            guard let conversation = view.value("input")?.value("converse") else {
                throw WireError(.missingField, at: view.offset, field: "input.converse")
            }
            return try RequestTranslator.read(conversation, as: dialect)
        case .openAIChat, .openAIResponses, .anthropicMessages: return try RequestTranslator.read(view, as: dialect)
        }
    }

    /// Writes the request that a provider's counter takes.
    ///
    /// - Parameters:
    ///   - dialect: Anthropic's, Gemini's or Bedrock's.
    ///   - isCloud: whether Google's cloud is asked, whose counter takes fewer fields and no frame.
    /// - Throws: a refusal when a rule refuses one of the fields.
    package static func write(
        _ conversation: Conversation, as dialect: ConversationDialect, _ options: TranslationOptions, isCloud: Bool
    ) throws(TranslationRefusal) -> TranslatedRequest {
        let whole = try RequestTranslator.write(conversation, as: dialect, options)
        let request = JSONView(validated: whole.body)
        var json = JSONWriter()
        json.object { json in
            switch dialect {
            case .anthropicMessages: write(request, only: anthropicMembers, &json)
            case .gemini where isCloud: write(request, only: cloudMembers, &json)
            case .bedrockConverse:
                json.name("input")
                json.object { json in
                    json.name("converse")
                    json.object { write(request, only: bedrockMembers, &$0) }
                }
            case .gemini, .openAIChat, .openAIResponses:
                json.name("generateContentRequest")
                json.object { json in
                    json.member("model", JSONText(modelResource(options.model)))
                    write(request, only: nil, &json)
                }
            }
        }
        return TranslatedRequest(
            body: json.buffer, notes: whole.notes, streams: false, wantsStreamUsage: false,
            responsesEcho: ByteBuffer())
    }

    private static func modelResource(_ model: String) -> String {
        model.hasPrefix("models/") || model.hasPrefix("tunedModels/") ? model : "models/" + model
    }

    /// - Parameter only: members that the counter takes; nil: all of them.
    private static func write(_ request: JSONView, only names: [StaticString]?, _ json: inout JSONWriter) {
        for (name, value) in request.members where names?.contains(where: name.equals) ?? true {
            json.name(name.string)
            json.raw(value.bytes)
        }
    }

    /// https://platform.claude.com/docs/en/api/messages-count-tokens
    private static let anthropicMembers: [StaticString] = [
        "model", "messages", "system", "tools", "tool_choice", "thinking", "output_config",
    ]

    /// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseTokensRequest.html
    private static let bedrockMembers: [StaticString] = [
        "messages", "system", "toolConfig", "additionalModelRequestFields",
    ]

    /// https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/count-tokens
    private static let cloudMembers: [StaticString] = ["contents", "systemInstruction", "tools", "generationConfig"]
}
