/// Writes the body of a plain answer of Bedrock's Converse, or of a count of tokens.
struct ConverseBody {
    let plan: ChatPlan
    let stamp: CallStamp

    /// Writes the whole body, except that for ``ChatPlan/Content/filler(_:)`` the letters are left out.
    ///
    /// - Returns: the index in `sink` where they belong; nil if nothing is left out.
    @discardableResult
    func write(into sink: inout ByteSink) -> Int? {
        guard plan.dialect != .converseCount else {
            sink.write("{\"inputTokens\":")
            sink.writeDecimal(plan.figures.prompt)
            sink.write("}")
            return nil
        }
        sink.write("{\"metrics\":{\"latencyMs\":100},\"output\":{\"message\":{\"content\":[")
        let gap = writeContent(into: &sink)
        sink.write("],\"role\":\"assistant\"}},\"stopReason\":")
        sink.write(plan.finish.anthropicJSON)
        if plan.usage != .absent {
            sink.write(",\"usage\":")
            plan.figures.writeConverse(into: &sink)
        }
        sink.write("}")
        return gap
    }

    private func writeContent(into sink: inout ByteSink) -> Int? {
        var gap: Int?
        switch plan.content {
        case .words(let tokens):
            guard tokens > 0 else { return nil }
            sink.write("{\"text\":\"")
            Vocabulary.latin.write(0, count: tokens, choice: 0, into: &sink)
        case .text(let text):
            sink.write("{\"text\":\"")
            sink.write(text: JSONText.escaped(text))
        case .toolCalls(let calls):
            let blocks = calls.indices.map { index in
                #"{"toolUse":{"input":\#(calls[index].arguments),"#
                    + #""name":"\#(JSONText.escaped(calls[index].name))","#
                    + #""toolUseId":"\#(ConverseEvents.toolID(index, stamp))"}}"#
            }
            sink.write(text: blocks.joined(separator: ","))
            return nil
        case .filler:
            sink.write("{\"text\":\"")
            gap = sink.count
        case .vectors, .media: return nil
        }
        sink.write("\"}")
        return gap
    }
}

extension UsageFigures {
    /// Writes Converse's usage object: its `inputTokens` leaves out what the cache read or took.
    func writeConverse(into sink: inout ByteSink) {
        let written = cacheWrite ?? 0
        sink.write("{\"inputTokens\":")
        sink.writeDecimal(max(0, prompt - cached - written))
        sink.write(",\"outputTokens\":")
        sink.writeDecimal(completion)
        sink.write(",\"totalTokens\":")
        sink.writeDecimal(prompt + completion)
        sink.write(",\"cacheReadInputTokens\":")
        sink.writeDecimal(cached)
        sink.write(",\"cacheWriteInputTokens\":")
        sink.writeDecimal(written)
        sink.write("}")
    }
}
