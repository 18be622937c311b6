internal import NIOCore

/// Reads the parts of Gemini's answers: the same in plain ones and in chunks of a stream.
enum GeminiParts {
    /// What a part brings; nil: what other dialects cannot say, which is named.
    ///
    /// - Parameters:
    ///   - answerID: of the answer, for the ids of calls that have none.
    ///   - calls: tool calls of the answer so far.
    static func read(
        _ part: JSONView, answerID: JSONText?, calls: Int, _ dropped: inout FieldNames
    ) -> ConversationPart? {
        var content: ConversationPart.Content?
        var signature: JSONText?
        var isThought = false
        for (name, value) in part.members where !value.isNull {
            switch name {
            case "text": content = value.text.map { .text($0) }
            case "thought": isThought = value.bool ?? false
            case "thoughtSignature": signature = value.text.flatMap { $0.isEmpty ? nil : $0 }
            case "functionCall":
                guard calls < WireLimits.answerToolCalls, let call = readCall(value, answerID, calls) else {
                    dropped.insert("parts[].functionCall")
                    continue
                }
                content = .toolCall(call)
            case "inlineData": content = readImage(value)
            default: if !value.isEmptyValue { dropped.insert("parts[]." + name.string) }
            }
            if content == nil, name.equals("inlineData") { dropped.insert("parts[].inlineData") }
        }
        // A draft, of which the picture itself comes later.
        if isThought, case .image = content { return nil }
        if isThought, case .text(let text) = content { content = .thinking(text, signature: nil) }
        guard let content else {
            return signature.map { ConversationPart(.text(JSONText("")), signature: $0) }
        }
        return ConversationPart(content, signature: signature)
    }

    /// A picture that the model made; nil: it is sound or something else.
    private static func readImage(_ data: JSONView) -> ConversationPart.Content? {
        guard let type = data.value("mimeType")?.text, type.string.hasPrefix("image/"),
            let bytes = data.value("data")?.text
        else { return nil }
        return .image(.base64(bytes, mediaType: type))
    }

    private static func readCall(_ call: JSONView, _ answerID: JSONText?, _ calls: Int) -> ConversationToolCall? {
        guard let name = call.value("name")?.text else { return nil }
        let id = call.value("id")?.text.flatMap { $0.isEmpty ? nil : $0 }
        let arguments = call.value("args").flatMap { $0.kind == .object ? $0.bytes : nil }
        return ConversationToolCall(
            id: id ?? OpenAIToolCalls.makeID(answerID, calls), name: name,
            arguments: .object(arguments ?? ByteBuffer(staticString: "{}")))
    }

    /// What a candidate tells beside its content and its end; what other dialects cannot say is named.
    static func noteOthers(of candidate: JSONView, _ dropped: inout FieldNames) {
        for (name, value) in candidate.members where !value.isEmptyValue {
            switch name {
            // Ratings and averages are told unasked; a filter that blocked something is a reason to finish.
            case "content", "finishReason", "finishMessage", "index", "safetyRatings", "avgLogprobs", "tokenCount":
                continue
            case "groundingMetadata": noteSearch(value, &dropped)
            case "citationMetadata": continue
            default: dropped.insert("candidates[]." + name.string)
            }
        }
    }

    /// What stands beside the sources that a search found.
    private static func noteSearch(_ grounding: JSONView, _ dropped: inout FieldNames) {
        for (name, value) in grounding.members where !value.isEmptyValue {
            switch name {
            case "groundingChunks", "groundingSupports", "webSearchQueries": continue
            default: dropped.insert("candidates[].groundingMetadata." + name.string)
            }
        }
    }

    /// How a candidate ended.
    ///
    /// - Parameter hasCalls: whether it asks for tools, which its reason does not tell.
    static func finish(of candidate: JSONView, hasCalls: Bool) -> AnswerFinish? {
        guard let reason = candidate.value("finishReason")?.text else { return nil }
        switch reason {
        case "STOP": return hasCalls ? .toolCalls : .stop
        case "MAX_TOKENS": return .length
        case "SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "MODEL_ARMOR",
            "IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION":
            return .refusal(candidate.value("finishMessage")?.text)
        // One that is not known, too: nothing says that the answer is whole.
        default:
            return .failed(
                AnswerFault(AnswerFault.kind(gemini: reason), reason, candidate.value("finishMessage")?.text))
        }
    }

    /// Why there is no answer at all; nil: the prompt was not blocked.
    static func block(of answer: JSONView) -> AnswerFinish? {
        guard let feedback = answer.value("promptFeedback"), feedback.value("blockReason") != nil else { return nil }
        return .refusal(feedback.value("blockReasonMessage")?.text)
    }
}

extension AnswerFault {
    /// What Google's `finishReason` finds fault with.
    ///
    /// https://ai.google.dev/api/generate-content#FinishReason
    fileprivate static func kind(gemini reason: JSONText) -> Kind {
        switch reason {
        case "MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS": .toolCall
        case "MALFORMED_RESPONSE": .output
        default: .other
        }
    }

    /// Google's word for it.
    var gemini: String {
        switch kind {
        case .toolCall: "MALFORMED_FUNCTION_CALL"
        case .output: "MALFORMED_RESPONSE"
        case .other: "OTHER"
        }
    }
}
