/// Writes the body of a plain Anthropic message, or of a token count.
struct MessagesBody {
    let plan: ChatPlan
    let stamp: CallStamp

    /// Writes the whole body, except that for ``ChatPlan/Content/filler(_:)`` the letters are left out.
    ///
    /// - Returns: the index in `sink` where they belong; nil if nothing is left out.
    @discardableResult
    func write(into sink: inout ByteSink) -> Int? {
        guard plan.dialect == .messages else {
            sink.write("{\"input_tokens\":")
            sink.writeDecimal(plan.figures.prompt)
            sink.write("}")
            return nil
        }
        writeFront(into: &sink)
        let gap = writeContent(into: &sink)
        sink.write("],\"stop_reason\":")
        sink.write(plan.finish.anthropicJSON)
        sink.write(",\"stop_sequence\":null")
        if plan.usage != .absent {
            sink.write(",\"usage\":")
            plan.figures.writeAnthropic(output: plan.figures.completion, into: &sink)
        }
        sink.write("}")
        return gap
    }

    /// Writes up to the bracket that opens the content.
    func writeFront(into sink: inout ByteSink) {
        sink.write("{\"id\":\"msg_sim")
        sink.writeDigits(stamp.number, width: 16)
        sink.write("\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"")
        sink.write(plan.model)
        sink.write("\",\"content\":[")
    }

    private func writeContent(into sink: inout ByteSink) -> Int? {
        switch plan.content {
        case .words(let tokens):
            guard tokens > 0 else { return nil }
            sink.write("{\"type\":\"text\",\"text\":\"")
            Vocabulary.latin.write(0, count: tokens, choice: 0, into: &sink)
        case .text(let text):
            sink.write("{\"type\":\"text\",\"text\":\"")
            sink.write(text: JSONText.escaped(text))
        case .toolCalls(let calls):
            let blocks = calls.indices.map { index in
                MessagesEvents.toolBlock(calls[index], index: index, stamp: stamp, input: calls[index].arguments)
            }
            sink.write(text: blocks.joined(separator: ","))
            return nil
        case .filler:
            sink.write("{\"type\":\"text\",\"text\":\"")
            let gap = sink.count
            sink.write("\"}")
            return gap
        case .vectors, .media: return nil
        }
        sink.write("\"}")
        return nil
    }
}

extension UsageFigures {
    /// Writes Anthropic's usage object: its `input_tokens` leaves out what the cache read or took.
    ///
    /// - Parameter output: the answer's tokens so far.
    func writeAnthropic(output: Int, into sink: inout ByteSink) {
        let written = cacheWrite ?? 0
        sink.write("{\"input_tokens\":")
        sink.writeDecimal(max(0, prompt - cached - written))
        sink.write(",\"cache_creation_input_tokens\":")
        sink.writeDecimal(written)
        sink.write(",\"cache_read_input_tokens\":")
        sink.writeDecimal(cached)
        sink.write(",\"cache_creation\":{\"ephemeral_5m_input_tokens\":")
        sink.writeDecimal(written)
        sink.write(",\"ephemeral_1h_input_tokens\":0},\"output_tokens\":")
        sink.writeDecimal(output)
        if reasoning > 0, output == completion {
            sink.write(",\"output_tokens_details\":{\"thinking_tokens\":")
            sink.writeDecimal(reasoning)
            sink.write("}")
        }
        sink.write(",\"service_tier\":\"standard\"}")
    }
}

extension ChatPlan.Finish {
    /// `stop_reason` as JSON.
    var anthropicJSON: StaticString {
        switch self {
        case .stop: "\"end_turn\""
        case .length: "\"max_tokens\""
        case .toolCalls: "\"tool_use\""
        case .missing: "null"
        }
    }
}
