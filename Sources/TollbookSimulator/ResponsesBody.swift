/// Writes the body of a plain OpenAI response, or of its token count.
struct ResponsesBody {
    let plan: ChatPlan
    let stamp: CallStamp

    /// Writes the whole body, except that for ``ChatPlan/Content/filler(_:)`` the letters are left out.
    ///
    /// - Returns: the index in `sink` where they belong; nil if nothing is left out.
    @discardableResult
    func write(into sink: inout ByteSink) -> Int? {
        guard plan.dialect == .responses else {
            sink.write("{\"object\":\"response.input_tokens\",\"input_tokens\":")
            sink.writeDecimal(plan.figures.prompt)
            sink.write("}")
            return nil
        }
        let isFiller = if case .filler = plan.content { true } else { false }
        let textStart = write(ResponsesItem.all(plan, stamp, withText: !isFiller), into: &sink)
        return isFiller ? textStart : nil
    }

    /// Writes the whole response.
    ///
    /// - Returns: the index in `sink` where the last item's text begins.
    @discardableResult
    func write(_ items: [ResponsesItem], into sink: inout ByteSink) -> Int {
        writeFront(status: endStatus, into: &sink)
        var textStart = sink.count
        for (index, item) in items.enumerated() {
            if index > 0 { sink.write(",") }
            sink.write(text: item.front(isDone: true))
            textStart = sink.count
            sink.write(text: item.text + item.back(isDone: true))
        }
        writeBack(usage: plan.usage == .absent ? nil : plan.figures, into: &sink)
        return textStart
    }

    /// The response as it is announced: nothing is in it yet.
    func writeAnnounced(into sink: inout ByteSink) {
        writeFront(status: "in_progress", into: &sink)
        writeBack(usage: nil, into: &sink)
    }

    /// `completed`, or `incomplete` at the limit of output tokens.
    var endStatus: String { plan.finish == .length ? "incomplete" : "completed" }

    /// Up to the bracket that opens the output.
    private func writeFront(status: String, into sink: inout ByteSink) {
        sink.write("{\"id\":\"resp_sim")
        sink.writeDigits(stamp.number, width: 16)
        sink.write("\",\"object\":\"response\",\"created_at\":")
        sink.writeDecimal(stamp.created)
        sink.write(text: #","status":"\#(status)","background":false,"error":null,"incomplete_details":"#)
        sink.write(text: status == "incomplete" ? #"{"reason":"max_output_tokens"}"# : "null")
        sink.write(",\"instructions\":null,\"max_output_tokens\":null,\"model\":\"")
        sink.write(plan.model)
        sink.write("\",\"output\":[")
    }

    private func writeBack(usage: UsageFigures?, into sink: inout ByteSink) {
        sink.write(
            """
            ],"parallel_tool_calls":true,"previous_response_id":null,"reasoning":{"effort":null,"summary":null},\
            "service_tier":"default","store":true,"temperature":1.0,"text":{"format":{"type":"text"}},\
            "tool_choice":"auto","tools":[],"top_logprobs":0,"top_p":1.0,"truncation":"disabled"
            """)
        if let usage {
            sink.write(",\"usage\":")
            usage.writeResponses(into: &sink)
        }
        sink.write(",\"metadata\":{}}")
    }
}

extension UsageFigures {
    /// Writes the usage object of OpenAI's responses; the totals have their parts in them.
    func writeResponses(into sink: inout ByteSink) {
        sink.write("{\"input_tokens\":")
        sink.writeDecimal(prompt)
        sink.write(",\"input_tokens_details\":{\"cached_tokens\":")
        sink.writeDecimal(cached)
        sink.write(",\"cache_write_tokens\":")
        sink.writeDecimal(cacheWrite ?? 0)
        sink.write("},\"output_tokens\":")
        sink.writeDecimal(completion)
        sink.write(",\"output_tokens_details\":{\"reasoning_tokens\":")
        sink.writeDecimal(reasoning)
        sink.write("},\"total_tokens\":")
        sink.writeDecimal(prompt + completion)
        sink.write("}")
    }
}
