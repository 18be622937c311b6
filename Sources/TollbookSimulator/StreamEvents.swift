internal import NIOCore

/// Writes the server-sent events of a streamed chat answer, each one a chunk object.
struct StreamEvents: Sendable {
    /// Role events and finish events: one a choice.
    let choices: Int
    /// Content events over all choices, in the order in which choices take turns.
    let contentEvents: Int
    private let plan: ChatPlan
    private let stamp: CallStamp
    /// `data: {"id": …, "choices":[`, the same in every event.
    private let front: ByteBuffer
    /// `front` and the choice up to its text, one a choice; empty unless the content is words.
    private let wordFronts: [ByteBuffer]
    /// From after a word to the end of its event.
    private let wordBack: ByteBuffer
    /// Deltas of each choice; empty if the content is words.
    private let deltas: [[String]]

    init(_ plan: ChatPlan, stamp: CallStamp) {
        self.plan = plan
        self.stamp = stamp
        choices = plan.choices
        let front = Self.makeFront(plan, stamp)
        self.front = front
        deltas = (0..<plan.choices).compactMap { StreamDeltas.list(plan, choice: $0, stamp: stamp) }
        contentEvents = (deltas.first?.count ?? plan.chunks) * plan.choices
        let needsFronts = deltas.isEmpty && plan.usage != .everyChunk
        wordFronts = needsFronts ? (0..<plan.choices).map { Self.makeWordFront(front, choice: $0) } : []
        let usage = plan.usage == .lastChunk ? ",\"usage\":null" : ""
        wordBack = ByteBuffer(string: "\"},\"logprobs\":null,\"finish_reason\":null}]\(usage)}\n\n")
    }

    /// The event that opens a choice and names the role.
    func writeRole(_ choice: Int, into buffer: inout ByteBuffer) {
        let content = if case .toolCalls = plan.content { "null" } else { "\"\"" }
        writeChoice(
            choice, delta: #"{"role":"assistant","content":\#(content),"refusal":null}"#, finish: "null",
            usage: runningUsage(after: 0), into: &buffer)
    }

    /// Content event number `event`, not framed.
    func writeContent(_ event: Int, into buffer: inout ByteBuffer) {
        let choice = event % choices
        guard deltas.isEmpty else {
            let usage = runningUsage(after: event + 1)
            writeChoice(choice, delta: deltas[choice][event / choices], finish: "null", usage: usage, into: &buffer)
            return
        }
        let run = tokens(ofChunk: event / choices)
        if wordFronts.isEmpty {
            var text = ByteBuffer()
            Vocabulary.latin.write(run.lowerBound, count: run.count, choice: choice, into: &text)
            writeChoice(
                choice, delta: #"{"content":"\#(String(buffer: text))"}"#, finish: "null",
                usage: runningUsage(after: event + 1), into: &buffer)
        } else {
            buffer.writeCopy(of: wordFronts[choice])
            Vocabulary.latin.write(run.lowerBound, count: run.count, choice: choice, into: &buffer)
            buffer.writeCopy(of: wordBack)
        }
    }

    /// The event that carries `finish_reason`.
    func writeFinish(_ choice: Int, into buffer: inout ByteBuffer) {
        let tellsAll = plan.usage == .finishChunk && choice == choices - 1
        writeChoice(
            choice, delta: "{}", finish: plan.finish.json.description,
            usage: tellsAll ? plan.figures : runningUsage(after: contentEvents), into: &buffer)
    }

    /// The event that carries usage and no choices.
    func writeUsage(into buffer: inout ByteBuffer) {
        buffer.writeCopy(of: front)
        buffer.writeStaticString("],\"usage\":")
        plan.figures.write(into: &buffer)
        buffer.writeStaticString("}\n\n")
    }

    /// Whether ``writeUsage(into:)`` is to be called.
    var hasUsageEvent: Bool { plan.usage == .lastChunk || plan.usage == .everyChunk }

    /// Whether the choices end with a finish event.
    var hasFinish: Bool { plan.finish != .missing }

    /// The event with which a provider gives up inside a stream.
    static func writeError(into buffer: inout ByteBuffer) {
        buffer.writeStaticString(
            """
            data: {"error":{"message":"Simulated: the server failed while it worked on this request.",\
            "type":"server_error","param":null,"code":null}}\n\n
            """)
    }

    /// An event whose JSON breaks off.
    func writeBroken(into buffer: inout ByteBuffer) {
        buffer.writeCopy(of: front)
        buffer.writeStaticString("{\"index\":0,\"delta\":{\"content\":\"lor\n\n")
    }

    /// The tokens of one chunk: all spread evenly, but at least one in each.
    private func tokens(ofChunk chunk: Int) -> Range<Int> {
        guard case .words(let total) = plan.content, total > plan.chunks else { return chunk..<chunk + 1 }
        return total * chunk / plan.chunks..<total * (chunk + 1) / plan.chunks
    }

    private func runningUsage(after events: Int) -> UsageFigures? {
        guard plan.usage == .everyChunk else { return nil }
        var figures = plan.figures
        figures.completion = contentEvents == 0 ? 0 : figures.completion * events / contentEvents
        return figures
    }

    private func writeChoice(
        _ choice: Int, delta: String, finish: String, usage: UsageFigures?, into buffer: inout ByteBuffer
    ) {
        buffer.writeCopy(of: front)
        buffer.writeString(#"{"index":\#(choice),"delta":\#(delta),"logprobs":null,"finish_reason":\#(finish)}]"#)
        if let usage {
            buffer.writeStaticString(",\"usage\":")
            usage.write(into: &buffer)
        } else if plan.usage == .lastChunk {
            buffer.writeStaticString(",\"usage\":null")
        }
        buffer.writeStaticString("}\n\n")
    }

    private static func makeFront(_ plan: ChatPlan, _ stamp: CallStamp) -> ByteBuffer {
        var front = ByteBuffer()
        front.writeStaticString("data: {\"id\":\"")
        stamp.writeID(into: &front)
        front.writeStaticString("\",\"object\":\"chat.completion.chunk\",\"created\":")
        front.writeDecimal(stamp.created)
        front.writeStaticString(",\"model\":\"")
        front.writeCopy(of: plan.model)
        front.writeStaticString(
            "\",\"service_tier\":\"default\",\"system_fingerprint\":\"fp_simulated\",\"choices\":[")
        return front
    }

    private static func makeWordFront(_ front: ByteBuffer, choice: Int) -> ByteBuffer {
        var result = front
        result.writeString("{\"index\":\(choice),\"delta\":{\"content\":\"")
        return result
    }
}
