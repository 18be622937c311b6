internal import NIOCore
internal import TollbookCore

/// Plain answers of Cohere's chat, version 2.
enum CohereAnswers {
    static func read(_ view: JSONView) throws(WireError) -> ConversationAnswer {
        var answer = ConversationAnswer()
        answer.id = view.value("id")?.text
        guard let message = view.value("message") else {
            throw WireError(.missingField, at: view.offset, field: "message")
        }
        answer.finish = AnswerFinish(cohere: view.value("finish_reason")?.text)
        readPlan(message, &answer)
        for block in message.value("content")?.elements ?? JSONView.noElements { readBlock(block, &answer) }
        for call in (message.value("tool_calls")?.elements ?? JSONView.noElements).prefix(WireLimits.answerToolCalls) {
            readCall(call, &answer)
        }
        if let citations = message.value("citations"), !citations.isEmptyValue {
            answer.dropped.insert("message.citations")
        }
        if let logprobs = view.value("logprobs"), !logprobs.isEmptyValue { answer.dropped.insert("logprobs") }
        answer.tokens = view.value("usage").flatMap { AnswerTokens(cohere: $0) }
        return answer
    }

    /// What the model means to do with tools: thoughts, which other dialects have a place for.
    private static func readPlan(_ message: JSONView, _ answer: inout ConversationAnswer) {
        guard let plan = message.value("tool_plan")?.text, !plan.isEmpty else { return }
        answer.parts.append(ConversationPart(.thinking(plan, signature: nil)))
    }

    private static func readBlock(_ block: JSONView, _ answer: inout ConversationAnswer) {
        if let text = block.value("text")?.text {
            answer.parts.append(ConversationPart(.text(text)))
        } else if let text = block.value("thinking")?.text {
            answer.parts.append(ConversationPart(.thinking(text, signature: nil)))
        } else {
            answer.dropped.insert("message.content[]")
        }
    }

    private static func readCall(_ call: JSONView, _ answer: inout ConversationAnswer) {
        guard let id = call.value("id")?.text, let function = call.value("function"),
            let name = function.value("name")?.text
        else { return answer.dropped.insert("message.tool_calls[]") }
        // A call without arguments has nothing or null for them; callers expect an object.
        let told = function.value("arguments")?.text.flatMap { $0.isEmpty || $0.equals("null") ? nil : $0 }
        let arguments = told ?? JSONText("{}")
        answer.parts.append(
            ConversationPart(.toolCall(ConversationToolCall(id: id, name: name, arguments: .text(arguments)))))
    }
}

extension AnswerFinish {
    /// Reads Cohere's `finish_reason` of an answer that did not fail.
    init(cohere reason: JSONText?) {
        switch reason?.string {
        case "MAX_TOKENS": self = .length
        case "TOOL_CALL": self = .toolCalls
        case "STOP_SEQUENCE": self = .stopSequence(nil)
        default: self = .stop
        }
    }
}

extension AnswerTokens {
    /// Reads what is charged; nil when nothing is told.
    init?(cohere usage: JSONView) {
        guard let read = CohereUsage(usage.bytes)?.usage else { return nil }
        self.init()
        input = read[.input]
        output = read[.output]
    }
}
