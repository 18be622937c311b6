internal import NIOCore

/// Plain answers of OpenAI's responses dialect.
enum ResponsesAnswers {
    static func write(_ answer: ConversationAnswer, _ context: AnswerContext, _ json: inout JSONWriter) {
        var parts = answer.parts.withSignedThoughts
        var hasRefused = parts.contains { $0.isRefusal }
        if case .refusal(let explanation) = answer.finish, let explanation, !explanation.isEmpty, !hasRefused {
            parts.append(ConversationPart(.refusal(explanation)))
            hasRefused = true
        }
        let response = ResponseObject(answer.id, context)
        response.write(
            &json, .init(answer.finish, hasRefused: hasRefused), tokens: answer.tokens,
            tier: tier(answer.serviceTier)
        ) { json in
            writeOutput(parts, isCut: answer.finish == .length, response, &json)
        }
    }

    /// - Parameter isCut: whether the last item is not whole.
    private static func writeOutput(
        _ parts: [ConversationPart], isCut: Bool, _ response: ResponseObject, _ json: inout JSONWriter
    ) {
        var index = 0
        var position = 0
        /// Characters of the texts so far.
        var length = 0
        while position < parts.count {
            // What is said in one go is one message.
            let said = parts[position...].prefix { $0.isText || $0.isRefusal }
            let end = position + max(said.count, 1)
            let status: StaticString = isCut && end == parts.count ? "incomplete" : "completed"
            if said.isEmpty {
                write(parts[position], index, status, response, &json)
            } else {
                ResponseItems.message(response.itemID("msg_", index), status, &json) { json in
                    for part in said { writePart(part, &length, &json) }
                }
            }
            index += 1
            position = end
        }
    }

    private static func writePart(_ part: ConversationPart, _ length: inout Int, _ json: inout JSONWriter) {
        switch part.content {
        case .text(let text):
            let base = length
            length += text.scalarCount
            ResponseItems.text(
                text, isRefusal: false, annotations: part.citations.map { $0.annotation(base: base) }, &json)
        case .refusal(let text): ResponseItems.text(text, isRefusal: true, &json)
        default: return
        }
    }

    private static func write(
        _ part: ConversationPart, _ index: Int, _ status: StaticString, _ response: ResponseObject,
        _ json: inout JSONWriter
    ) {
        switch part.content {
        case .thinking(let text, let signature):
            ResponseItems.reasoning(
                response.itemID("rs_", index), text.isEmpty ? nil : text,
                signature.map { .signature($0) } ?? .foreign, &json)
        case .redactedThinking(let data):
            ResponseItems.reasoning(response.itemID("rs_", index), nil, .redacted(data), &json)
        case .toolCall(let call):
            let arguments = call.argumentsText
            ResponseItems.call(
                response.itemID("fc_", index), call.id, call.name, arguments.isEmpty ? JSONText("{}") : arguments,
                status, &json)
        case .image(.base64(let data, _)):
            ResponseItems.image(response.itemID("ig_", index), status, data, &json)
        // Written as messages, or held by no answer.
        case .text, .refusal, .image, .document, .audio, .toolResult: return
        }
    }

    /// A provider's tier in OpenAI's words; others are not told.
    private static func tier(_ tier: JSONText?) -> String? {
        guard let tier = tier?.string else { return nil }
        if tier == "standard" { return "default" }
        return ["auto", "default", "flex", "scale", "priority"].contains(tier) ? tier : nil
    }
}

extension ConversationPart {
    /// Whether it says that the model would not answer.
    fileprivate var isRefusal: Bool {
        if case .refusal = content { true } else { false }
    }
}
