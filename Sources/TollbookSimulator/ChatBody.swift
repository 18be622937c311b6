/// Writes the body of a plain chat answer.
struct ChatBody {
    let plan: ChatPlan
    let stamp: CallStamp

    /// Writes the whole body, except that for ``ChatPlan/Content/filler(_:)`` the letters of the first choice are
    /// left out.
    ///
    /// - Returns: the index in `sink` where they belong; nil if nothing is left out.
    @discardableResult
    func write(into sink: inout ByteSink) -> Int? {
        sink.write("{\"id\":\"")
        stamp.writeID(into: &sink)
        sink.write(
            isLegacy
                ? "\",\"object\":\"text_completion\",\"created\":" : "\",\"object\":\"chat.completion\",\"created\":")
        sink.writeDecimal(stamp.created)
        sink.write(",\"model\":\"")
        sink.write(plan.model)
        sink.write("\",\"choices\":[")
        var gap: Int?
        for choice in 0..<plan.choices {
            if choice > 0 { sink.write(",") }
            let inner = writeChoice(choice, into: &sink)
            gap = gap ?? inner
        }
        sink.write("]")
        if plan.usage != .absent {
            sink.write(",\"usage\":")
            plan.figures.write(into: &sink)
        }
        sink.write(",\"service_tier\":\"default\",\"system_fingerprint\":\"fp_simulated\"}")
        return gap
    }

    private var isLegacy: Bool { plan.dialect == .completions }

    private func writeChoice(_ choice: Int, into sink: inout ByteSink) -> Int? {
        sink.write("{\"index\":")
        sink.writeDecimal(choice)
        if isLegacy {
            sink.write(",\"text\":")
            let gap = writeContent(choice, into: &sink)
            sink.write(",\"logprobs\":null,\"finish_reason\":")
            sink.write(plan.finish.json)
            sink.write("}")
            return gap
        }
        sink.write(",\"message\":{\"role\":\"assistant\",\"content\":")
        let gap = writeContent(choice, into: &sink)
        sink.write(",\"refusal\":null,\"annotations\":[]},\"logprobs\":null,\"finish_reason\":")
        sink.write(plan.finish.json)
        sink.write("}")
        return gap
    }

    private func writeContent(_ choice: Int, into sink: inout ByteSink) -> Int? {
        switch plan.content {
        case .words(let tokens):
            sink.write("\"")
            Vocabulary.latin.write(0, count: tokens, choice: choice, into: &sink)
        case .text(let text):
            sink.write("\"")
            sink.write(text: JSONText.escaped(text))
        case .toolCalls(let calls):
            sink.write("null,\"tool_calls\":[")
            let texts = calls.indices.map { ToolCallText(calls[$0], index: $0, choice: choice, stamp: stamp).whole }
            sink.write(text: texts.joined(separator: ",") + "]")
            return nil
        case .filler:
            sink.write("\"")
            // Only the first choice is large: one is enough for what this tests.
            let gap = choice == 0 ? sink.count : nil
            sink.write("\"")
            return gap
        case .vectors, .media: return nil
        }
        sink.write("\"")
        return nil
    }
}
