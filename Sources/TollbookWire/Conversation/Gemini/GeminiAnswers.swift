internal import NIOCore

/// Plain answers of Gemini's dialect.
enum GeminiAnswers {
    static func read(_ view: JSONView) throws(WireError) -> ConversationAnswer {
        var answer = ConversationAnswer()
        answer.id = view.value("responseId")?.text
        answer.model = view.value("modelVersion")?.text
        let usage = view.value("usageMetadata")
        answer.tokens = usage.flatMap { AnswerTokens(gemini: $0) }
        answer.serviceTier = usage?.value("serviceTier")?.text
        let block = GeminiParts.block(of: view)
        var candidates = view.value("candidates")?.elements ?? JSONView.noElements
        guard let candidate = candidates.next() else {
            // A blocked prompt has no candidate, and one that thought until the end need not have one.
            guard block != nil || answer.tokens != nil else {
                throw WireError(.missingField, at: view.offset, field: "candidates")
            }
            answer.finish = block ?? .length
            return answer
        }
        if candidates.next() != nil { answer.dropped.insert("candidates[1...]") }
        read(candidate, &answer)
        if let block { answer.finish = block }
        return answer
    }

    private static func read(_ candidate: JSONView, _ answer: inout ConversationAnswer) {
        var calls = 0
        for part in candidate.value("content")?.value("parts")?.elements ?? JSONView.noElements {
            guard let read = GeminiParts.read(part, answerID: answer.id, calls: calls, &answer.dropped) else {
                continue
            }
            if case .toolCall = read.content { calls += 1 }
            answer.parts.append(read)
        }
        GeminiParts.noteOthers(of: candidate, &answer.dropped)
        let isASCII = answer.parts.allSatisfy { if case .text(let text) = $0.content { text.isASCII } else { true } }
        answer.cite(
            Citation.read(gemini: candidate, countsBytes: isASCII), named: "candidates[].groundingMetadata")
        if let finish = GeminiParts.finish(of: candidate, hasCalls: calls > 0) {
            answer.finish = finish
        }
    }
}

extension GeminiAnswers {
    static func write(_ answer: ConversationAnswer, _ context: AnswerContext, _ json: inout JSONWriter) {
        json.object { json in
            writeCandidate(&json, finish: answer.finish, citations: answer.parts.flatMap(\.citations)) { json in
                for part in answer.parts { writePart(part, &json) }
            }
            writeUsage(answer.tokens, tier: answer.serviceTier, &json)
            json.name("modelVersion")
            json.value(context.model)
            json.member("responseId", context.answerID(answer.id, in: .gemini))
        }
    }

    /// The only candidate of an answer or a chunk.
    ///
    /// - Parameters:
    ///   - finish: nil: it goes on.
    ///   - isCallLost: whether a call of a tool could not be told.
    ///   - citations: what the answer rests on.
    static func writeCandidate(
        _ json: inout JSONWriter, finish: AnswerFinish?, isCallLost: Bool = false, citations: [Citation] = [],
        parts: (inout JSONWriter) -> Void
    ) {
        json.name("candidates")
        json.array { json in
            json.object { json in
                json.name("content")
                json.object { json in
                    json.name("parts")
                    json.array(parts)
                    json.name("role")
                    json.value("model")
                }
                if isCallLost {
                    json.name("finishReason")
                    json.value("MALFORMED_FUNCTION_CALL")
                } else if let finish {
                    writeFinish(finish, &json)
                }
                json.name("index")
                json.value(0)
                if !citations.isEmpty { Citation.writeGemini(citations, &json) }
            }
        }
    }

    /// A picture, in the answer itself.
    static func writeImage(_ media: ConversationPart.Media, _ json: inout JSONWriter) {
        guard case .base64(let data, let mediaType) = media else { return }
        json.object { json in
            json.name("inlineData")
            json.object { json in
                json.member("mimeType", mediaType)
                json.member("data", data)
            }
        }
    }

    private static func writeFinish(_ finish: AnswerFinish, _ json: inout JSONWriter) {
        json.name("finishReason")
        switch finish {
        case .stop, .stopSequence, .toolCalls: json.value("STOP")
        case .length: json.value("MAX_TOKENS")
        case .refusal(let explanation):
            json.value("SAFETY")
            if let explanation, !explanation.isEmpty { json.member("finishMessage", explanation) }
        case .failed(let fault):
            json.value(fault.gemini)
            if let explanation = fault.explanation { json.member("finishMessage", explanation) }
        }
    }

    static func writeUsage(_ tokens: AnswerTokens?, tier: JSONText?, _ json: inout JSONWriter) {
        guard let tokens else { return }
        json.name("usageMetadata")
        json.object { json in
            json.name("promptTokenCount")
            json.value(tokens.prompt)
            if tokens.cacheRead > 0 {
                json.name("cachedContentTokenCount")
                json.value(tokens.cacheRead)
            }
            let thinking = tokens.thinking ?? 0
            json.name("candidatesTokenCount")
            json.value(tokens.output &- thinking)
            if thinking > 0 {
                json.name("thoughtsTokenCount")
                json.value(thinking)
            }
            json.name("totalTokenCount")
            json.value(tokens.prompt &+ tokens.output)
            if let tier = serviceTier(tier) {
                json.name("serviceTier")
                json.value(tier)
            }
        }
    }

    /// A provider's tier in Gemini's words; others are not told.
    private static func serviceTier(_ tier: JSONText?) -> String? {
        switch tier?.string {
        case "default", "standard": "standard"
        case "priority": "priority"
        case "flex": "flex"
        default: nil
        }
    }

    static func writePart(_ part: ConversationPart, _ json: inout JSONWriter) {
        switch part.content {
        case .text(let text), .refusal(let text): json.object { $0.member("text", text) }
        case .thinking(let text, let signature): writeThought(text, signature.map { .signature($0) } ?? .foreign, &json)
        case .redactedThinking(let data): writeThought(JSONText(""), .redacted(data), &json)
        case .toolCall(let call): writeCall(call, &json)
        case .image(let media): writeImage(media, &json)
        // No answer holds these.
        case .document, .audio, .toolResult: return
        }
    }

    static func writeThought(_ text: JSONText, _ seal: SealedThoughts, _ json: inout JSONWriter) {
        json.object { json in
            json.member("text", text)
            json.name("thought")
            json.value(true)
            if let signature = GeminiSeal.write(seal) { json.member("thoughtSignature", signature) }
        }
    }

    static func writeCall(_ call: ConversationToolCall, _ json: inout JSONWriter) {
        json.object { json in
            json.name("functionCall")
            json.object { json in
                json.member("id", call.id)
                json.member("name", call.name)
                json.name("args")
                json.raw(call.argumentsObject)
            }
        }
    }
}
