internal import NIOCore

/// Writes the body of a plain chat answer.
struct ChatBody {
    let plan: ChatPlan
    let stamp: CallStamp

    /// Writes the whole body, except that for ``ChatPlan/Content/filler(_:)`` the letters of the first choice are
    /// left out.
    ///
    /// - Returns: the index in `buffer` where they belong; nil if nothing is left out.
    @discardableResult
    func write(into buffer: inout ByteBuffer) -> Int? {
        buffer.writeStaticString("{\"id\":\"")
        stamp.writeID(into: &buffer)
        buffer.writeStaticString("\",\"object\":\"chat.completion\",\"created\":")
        buffer.writeDecimal(stamp.created)
        buffer.writeStaticString(",\"model\":\"")
        buffer.writeCopy(of: plan.model)
        buffer.writeStaticString("\",\"choices\":[")
        var gap: Int?
        for choice in 0..<plan.choices {
            if choice > 0 { buffer.writeStaticString(",") }
            let inner = writeChoice(choice, into: &buffer)
            gap = gap ?? inner
        }
        buffer.writeStaticString("]")
        if plan.usage != .absent {
            buffer.writeStaticString(",\"usage\":")
            plan.figures.write(into: &buffer)
        }
        buffer.writeStaticString(",\"service_tier\":\"default\",\"system_fingerprint\":\"fp_simulated\"}")
        return gap
    }

    private func writeChoice(_ choice: Int, into buffer: inout ByteBuffer) -> Int? {
        buffer.writeStaticString("{\"index\":")
        buffer.writeDecimal(choice)
        buffer.writeStaticString(",\"message\":{\"role\":\"assistant\",\"content\":")
        let gap = writeContent(choice, into: &buffer)
        buffer.writeStaticString(",\"refusal\":null,\"annotations\":[]},\"logprobs\":null,\"finish_reason\":")
        buffer.writeStaticString(plan.finish.json)
        buffer.writeStaticString("}")
        return gap
    }

    private func writeContent(_ choice: Int, into buffer: inout ByteBuffer) -> Int? {
        switch plan.content {
        case .words(let tokens):
            buffer.writeStaticString("\"")
            Vocabulary.latin.write(0, count: tokens, choice: choice, into: &buffer)
        case .text(let text):
            buffer.writeStaticString("\"")
            buffer.writeString(JSONText.escaped(text))
        case .toolCalls(let calls):
            buffer.writeStaticString("null,\"tool_calls\":[")
            let texts = calls.indices.map { ToolCallText(calls[$0], index: $0, choice: choice, stamp: stamp).whole }
            buffer.writeString(texts.joined(separator: ",") + "]")
            return nil
        case .filler:
            buffer.writeStaticString("\"")
            // Only the first choice is large: one is enough for what this tests.
            let gap = choice == 0 ? buffer.writerIndex : nil
            buffer.writeStaticString("\"")
            return gap
        }
        buffer.writeStaticString("\"")
        return nil
    }
}
