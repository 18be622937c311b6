internal import NIOCore

/// Writes the server-sent events of a streamed Anthropic message.
struct MessagesEvents: TypedEvents {
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

    /// `message_start`, and the ping that Anthropic sends behind it.
    func writeStart(into sink: inout ByteSink) {
        sink.write("event: message_start\ndata: {\"type\":\"message_start\",\"message\":")
        MessagesBody(plan: plan, stamp: stamp).writeFront(into: &sink)
        sink.write("],\"stop_reason\":null,\"stop_sequence\":null")
        if plan.usage != .absent {
            sink.write(",\"usage\":")
            plan.figures.writeAnthropic(output: min(1, plan.figures.completion), into: &sink)
        }
        sink.write("}}\n\nevent: ping\ndata: {\"type\": \"ping\"}\n\n")
    }

    /// Content chunk number `event`.
    func writeContent(_ event: Int, into sink: inout ByteSink) {
        sink.write(text: contents[event])
    }

    /// `message_delta`: why it stopped, and the usage.
    func writeFinish(_ choice: Int, into sink: inout ByteSink) {
        sink.write("event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":")
        sink.write(plan.finish.anthropicJSON)
        sink.write(",\"stop_sequence\":null}")
        if plan.usage != .absent {
            sink.write(",\"usage\":")
            plan.figures.writeAnthropic(output: plan.figures.completion, into: &sink)
        }
        sink.write("}\n\n")
    }

    /// The terminal event.
    func writeDone(into sink: inout ByteSink) {
        sink.write("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n")
    }

    /// The event with which Anthropic gives up inside a stream.
    func writeError(before event: Int, into sink: inout ByteSink) {
        sink.write(
            """
            event: error
            data: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n
            """)
    }

    /// An event whose JSON breaks off.
    func writeBroken(before event: Int, into sink: inout ByteSink) {
        sink.write(
            """
            event: content_block_delta
            data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"lor\n\n
            """)
    }

    /// A `tool_use` block with the text of its input.
    static func toolBlock(_ call: ToolSample, index: Int, stamp: CallStamp, input: String) -> String {
        #"{"type":"tool_use","id":"toolu_sim\#(stamp.number)x\#(index)","name":"\#(JSONText.escaped(call.name))","#
            + #""input":\#(input)}"#
    }

    // MARK: Blocks

    private static func blocks(_ plan: ChatPlan, _ stamp: CallStamp) -> [String] {
        switch plan.content {
        case .words(let tokens):
            let chunks = min(plan.chunks, max(tokens, plan.chunks))
            let pieces = (0..<chunks).map { words(chunk: $0, of: chunks, tokens: tokens) }
            return block(0, opening: #"{"type":"text","text":""}"#, pieces.map(textDelta))
        case .text(let text):
            let pieces = StreamDeltas.pieces(text, count: plan.chunks)
            return block(0, opening: #"{"type":"text","text":""}"#, pieces.map { textDelta(JSONText.escaped($0)) })
        case .vectors, .media: return []
        case .filler(let count):
            let text = String(repeating: "a", count: count)
            return block(0, opening: #"{"type":"text","text":""}"#, [textDelta(text)])
        case .toolCalls(let calls):
            return calls.indices.flatMap { index in
                let pieces = StreamDeltas.pieces(calls[index].arguments, count: plan.chunks)
                return block(
                    index, opening: toolBlock(calls[index], index: index, stamp: stamp, input: "{}"),
                    pieces.map { #"{"type":"input_json_delta","partial_json":"\#(JSONText.escaped($0))"}"# })
            }
        }
    }

    /// The tokens of one chunk: all spread evenly, but at least one in each.
    private static func words(chunk: Int, of chunks: Int, tokens: Int) -> String {
        var sink = ByteSink(capacity: 64)
        let run = tokens > chunks ? tokens * chunk / chunks..<tokens * (chunk + 1) / chunks : chunk..<chunk + 1
        Vocabulary.latin.write(run.lowerBound, count: run.count, choice: 0, into: &sink)
        return String(buffer: sink.buffer)
    }

    private static func textDelta(_ escaped: String) -> String {
        #"{"type":"text_delta","text":"\#(escaped)"}"#
    }

    /// A block's chunks: the first with its start, the last with its stop.
    private static func block(_ index: Int, opening: String, _ deltas: [String]) -> [String] {
        deltas.indices.map { position in
            var text = ""
            if position == 0 {
                text += event("content_block_start", #""index":\#(index),"content_block":\#(opening)"#)
            }
            text += event("content_block_delta", #""index":\#(index),"delta":\#(deltas[position])"#)
            if position == deltas.count - 1 { text += event("content_block_stop", #""index":\#(index)"#) }
            return text
        }
    }

    private static func event(_ name: String, _ members: String) -> String {
        "event: \(name)\ndata: {\"type\":\"\(name)\",\(members)}\n\n"
    }
}
