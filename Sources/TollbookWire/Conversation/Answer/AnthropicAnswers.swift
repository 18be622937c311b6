internal import NIOCore

/// Plain answers of Anthropic's messages dialect.
enum AnthropicAnswers {
    static func read(_ view: JSONView) throws(WireError) -> ConversationAnswer {
        var answer = ConversationAnswer()
        answer.id = view.value("id")?.text
        answer.model = view.value("model")?.text
        guard let content = view.value("content") else {
            throw WireError(.missingField, at: view.offset, field: "content")
        }
        for block in try content.array(of: "content") { readBlock(block, &answer) }
        if let reason = view.value("stop_reason")?.text {
            answer.finish = AnswerFinish(
                anthropic: reason, sequence: view.value("stop_sequence")?.text,
                explanation: view.value("stop_details")?.value("explanation")?.text)
        }
        if let usage = view.value("usage") {
            var tokens = AnswerTokens()
            tokens.merge(anthropic: usage)
            answer.tokens = tokens
            answer.serviceTier = usage.value("service_tier")?.text
        }
        return answer
    }

    private static func readBlock(_ block: JSONView, _ answer: inout ConversationAnswer) {
        guard let type = block.value("type")?.text else { return answer.dropped.insert("content[]") }
        switch type {
        case "text":
            let start = answer.textLength
            let text = block.value("text")?.text ?? JSONText("")
            var part = ConversationPart(.text(text))
            for citation in block.value("citations")?.elements ?? JSONView.noElements {
                guard var read = Citation(anthropic: citation), part.citations.count < WireLimits.answerCitations else {
                    answer.dropped.insert("content[].citations")
                    continue
                }
                read.place = start..<start + text.scalarCount
                part.citations.append(read)
            }
            answer.parts.append(part)
        case "thinking":
            answer.parts.append(
                ConversationPart(
                    .thinking(
                        block.value("thinking")?.text ?? JSONText(""), signature: block.value("signature")?.text)))
        case "redacted_thinking":
            answer.parts.append(ConversationPart(.redactedThinking(block.value("data")?.text ?? JSONText(""))))
        case "tool_use":
            guard let id = block.value("id")?.text, let name = block.value("name")?.text else {
                return answer.dropped.insert("content[type=tool_use]")
            }
            let input = block.value("input")?.bytes ?? ByteBuffer(staticString: "{}")
            answer.parts.append(
                ConversationPart(.toolCall(ConversationToolCall(id: id, name: name, arguments: .object(input)))))
        default: answer.dropped.insert("content[type=\(type.string)]")
        }
    }

    static func write(_ answer: ConversationAnswer, _ context: AnswerContext, _ json: inout JSONWriter) {
        json.object { json in
            json.member("id", context.answerID(answer.id, in: .anthropicMessages))
            json.name("type")
            json.value("message")
            json.name("role")
            json.value("assistant")
            json.name("model")
            json.value(context.model)
            json.name("content")
            json.array { json in
                for part in answer.parts.withSignedThoughts { writeBlock(part, &json) }
            }
            writeFinish(answer.finish, &json)
            json.name("usage")
            (answer.tokens ?? AnswerTokens()).writeAnthropic(&json)
        }
    }

    /// `stop_reason` and what belongs to it, as answers and the last delta of a stream have them.
    static func writeFinish(_ finish: AnswerFinish, _ json: inout JSONWriter) {
        json.name("stop_reason")
        json.value(finish.anthropic)
        json.name("stop_sequence")
        if let sequence = finish.sequence { json.value(sequence) } else { json.null() }
        guard case .refusal(let explanation) = finish else { return }
        json.name("stop_details")
        json.object { json in
            json.name("type")
            json.value("refusal")
            json.name("category")
            json.null()
            json.name("explanation")
            if let explanation { json.value(explanation) } else { json.null() }
        }
    }

    private static func writeBlock(_ part: ConversationPart, _ json: inout JSONWriter) {
        switch part.content {
        case .text(let text), .refusal(let text):
            json.object { json in
                json.member("type", JSONText("text"))
                json.member("text", text)
                json.name("citations")
                if part.citations.isEmpty {
                    json.null()
                } else {
                    json.array { json in
                        for citation in part.citations { citation.writeAnthropic(&json) }
                    }
                }
            }
        case .thinking(let text, let signature):
            json.object { json in
                json.member("type", JSONText("thinking"))
                json.member("thinking", text)
                // What has no signature cannot be sent back; the empty one says so.
                json.member("signature", signature ?? JSONText(""))
            }
        case .redactedThinking(let data):
            json.object { json in
                json.member("type", JSONText("redacted_thinking"))
                json.member("data", data)
            }
        case .toolCall(let call): AnthropicBlocks.writeCall(call, nil, &json)
        // No answer holds these.
        case .image, .document, .audio, .toolResult: return
        }
    }
}
