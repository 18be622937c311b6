internal import NIOCore

/// Writes the server-sent events of a streamed answer of Cohere's chat, version 2.
struct CohereEvents: TypedEvents {
    private let plan: ChatPlan
    private let stamp: CallStamp
    /// One a content chunk; the first of a block opens it, the last closes it.
    private let contents: [String]

    init(_ plan: ChatPlan, stamp: CallStamp) {
        self.plan = plan
        self.stamp = stamp
        contents = Self.blocks(plan, stamp)
    }

    var contentEvents: Int { contents.count }

    /// `message-start`.
    func writeStart(into sink: inout ByteSink) {
        let message = #"{"role":"assistant","content":[],"tool_plan":"","tool_calls":[],"citations":[]}"#
        sink.write(
            text: "event: message-start\ndata: "
                + #"{"id":"\#(CohereText.id(stamp))","type":"message-start","delta":{"message":\#(message)}}"#
                + "\n\n")
    }

    /// Content chunk number `event`.
    func writeContent(_ event: Int, into sink: inout ByteSink) {
        sink.write(text: contents[event])
    }

    /// `message-end`: why it stopped, and the usage.
    func writeFinish(_ choice: Int, into sink: inout ByteSink) {
        sink.write("event: message-end\ndata: {\"type\":\"message-end\",\"delta\":{\"finish_reason\":")
        sink.write(plan.finish.cohereJSON)
        if plan.usage != .absent {
            sink.write(",\"usage\":")
            CohereBody.writeUsage(plan.figures, into: &sink)
        }
        sink.write("}}\n\n")
    }

    /// What follows the last event.
    func writeDone(into sink: inout ByteSink) {
        sink.write("data: [DONE]\n\n")
    }

    /// The `message-end` with which Cohere gives up inside a stream.
    func writeError(before event: Int, into sink: inout ByteSink) {
        sink.write(
            text: Self.event(
                "message-end",
                #""delta":{"error":"Simulated: the model failed while it answered.","finish_reason":"ERROR"}"#))
    }

    /// An event whose JSON breaks off.
    func writeBroken(before event: Int, into sink: inout ByteSink) {
        sink.write(
            """
            event: content-delta
            data: {"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"lor\n\n
            """)
    }

    // MARK: Blocks

    private static func blocks(_ plan: ChatPlan, _ stamp: CallStamp) -> [String] {
        let pieces: [String]
        switch plan.content {
        case .words(let tokens):
            let chunks = min(plan.chunks, max(tokens, plan.chunks))
            pieces = (0..<chunks).map { words(chunk: $0, of: chunks, tokens: tokens, choice: 0) }
        case .text(let text): pieces = StreamDeltas.pieces(text, count: plan.chunks).map(JSONText.escaped)
        case .filler(let count): pieces = [String(repeating: "a", count: count)]
        case .toolCalls(let calls): return calling(calls, plan, stamp)
        case .vectors, .media: return []
        }
        let thoughts = plan.figures.reasoning
        let thinking = (0..<thoughts).map { words(chunk: $0, of: thoughts, tokens: thoughts, choice: 1) }
        var blocks = block(0, "thinking", thinking) + block(thoughts > 0 ? 1 : 0, "text", pieces)
        if let citation = CohereText.citation(plan), let last = blocks.popLast() {
            blocks.append(
                last + event("citation-start", #""index":0,"delta":{"message":{"citations":\#(citation)}}"#)
                    + event("citation-end", #""index":0"#))
        }
        return blocks
    }

    /// The plan, then a block for each call.
    private static func calling(_ calls: [ToolSample], _ plan: ChatPlan, _ stamp: CallStamp) -> [String] {
        let planned = StreamDeltas.pieces(CohereText.plan, count: plan.chunks).map {
            event("tool-plan-delta", #""delta":{"message":{"tool_plan":"\#(JSONText.escaped($0))"}}"#)
        }
        return planned
            + calls.indices.flatMap { index in
                let opening = CohereText.call(calls[index], index, stamp, arguments: "")
                let deltas = StreamDeltas.pieces(calls[index].arguments, count: plan.chunks).map {
                    #"{"tool_calls":{"function":{"arguments":"\#(JSONText.escaped($0))"}}}"#
                }
                return block(index, "tool-call", opening: #"{"tool_calls":\#(opening)}"#, deltas)
            }
    }

    /// The tokens of one chunk: all spread evenly, but at least one in each.
    private static func words(chunk: Int, of chunks: Int, tokens: Int, choice: Int) -> String {
        var sink = ByteSink(capacity: 64)
        let run = tokens > chunks ? tokens * chunk / chunks..<tokens * (chunk + 1) / chunks : chunk..<chunk + 1
        Vocabulary.latin.write(run.lowerBound, count: run.count, choice: choice, into: &sink)
        return String(buffer: sink.buffer)
    }

    private static func block(_ index: Int, _ type: String, _ pieces: [String]) -> [String] {
        block(
            index, "content", opening: #"{"content":{"type":"\#(type)","\#(type)":""}}"#,
            pieces.map { #"{"content":{"\#(type)":"\#($0)"}}"# })
    }

    /// A block's chunks: the first with its start, the last with its end.
    private static func block(_ index: Int, _ kind: String, opening: String, _ deltas: [String]) -> [String] {
        deltas.indices.map { position in
            var text = ""
            if position == 0 { text += event("\(kind)-start", message(index, opening)) }
            text += event("\(kind)-delta", message(index, deltas[position]))
            if position == deltas.count - 1 { text += event("\(kind)-end", #""index":\#(index)"#) }
            return text
        }
    }

    private static func message(_ index: Int, _ content: String) -> String {
        #""index":\#(index),"delta":{"message":\#(content)}"#
    }

    private static func event(_ name: String, _ members: String) -> String {
        "event: \(name)\ndata: {\"type\":\"\(name)\",\(members)}\n\n"
    }
}
