/// Writes the body of a plain answer of Cohere's chat, version 2.
struct CohereBody {
    let plan: ChatPlan
    let stamp: CallStamp

    /// Tokens that `tokens` counts of a prompt beside those that are billed: Cohere's own instructions.
    private static let unbilledInput = 496
    /// The same of an answer: marks.
    private static let unbilledOutput = 3

    /// Writes the whole body, except that for ``ChatPlan/Content/filler(_:)`` the letters are left out.
    ///
    /// - Returns: the index in `sink` where they belong; nil if nothing is left out.
    @discardableResult
    func write(into sink: inout ByteSink) -> Int? {
        sink.write(text: #"{"id":"\#(CohereText.id(stamp))","message":{"role":"assistant""#)
        let gap = writeMessage(into: &sink)
        sink.write("},\"finish_reason\":")
        sink.write(plan.finish.cohereJSON)
        if plan.usage != .absent {
            sink.write(",\"usage\":")
            Self.writeUsage(plan.figures, into: &sink)
        }
        sink.write("}")
        return gap
    }

    private func writeMessage(into sink: inout ByteSink) -> Int? {
        if case .toolCalls(let calls) = plan.content {
            let list = calls.indices.map { CohereText.call(calls[$0], $0, stamp, arguments: calls[$0].arguments) }
            sink.write(text: #","tool_plan":"\#(CohereText.plan)","tool_calls":[\#(list.joined(separator: ","))]"#)
            return nil
        }
        sink.write(",\"content\":[")
        if plan.figures.reasoning > 0 {
            sink.write("{\"type\":\"thinking\",\"thinking\":\"")
            Vocabulary.latin.write(0, count: plan.figures.reasoning, choice: 1, into: &sink)
            sink.write("\"},")
        }
        sink.write("{\"type\":\"text\",\"text\":\"")
        var gap: Int?
        switch plan.content {
        case .words(let tokens): Vocabulary.latin.write(0, count: tokens, choice: 0, into: &sink)
        case .text(let text): sink.write(text: JSONText.escaped(text))
        case .filler: gap = sink.count
        case .toolCalls, .vectors, .media: break
        }
        sink.write("\"}]")
        if let citation = CohereText.citation(plan) { sink.write(text: ",\"citations\":[\(citation)]") }
        return gap
    }

    /// Writes the usage object: `prompt` and `completion` are the billed units.
    static func writeUsage(_ figures: UsageFigures, into sink: inout ByteSink) {
        sink.write("{\"billed_units\":{\"input_tokens\":")
        sink.writeDecimal(figures.prompt)
        sink.write(",\"output_tokens\":")
        sink.writeDecimal(figures.completion)
        sink.write("},\"tokens\":{\"input_tokens\":")
        sink.writeDecimal(figures.prompt + figures.cached + unbilledInput)
        sink.write(",\"output_tokens\":")
        sink.writeDecimal(figures.completion + unbilledOutput)
        sink.write("},\"cached_tokens\":")
        sink.writeDecimal(figures.cached)
        sink.write("}")
    }
}

extension ChatPlan.Finish {
    /// Cohere's `finish_reason` as JSON.
    var cohereJSON: StaticString {
        switch self {
        case .stop: "\"COMPLETE\""
        case .length: "\"MAX_TOKENS\""
        case .toolCalls: "\"TOOL_CALL\""
        case .missing: "null"
        }
    }
}
