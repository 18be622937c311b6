internal import NIOCore

/// Writes the chunks of a streamed Gemini answer, as server-sent events or as elements of a JSON array.
struct GeminiEvents: TypedEvents {
    private let plan: ChatPlan
    private let stamp: CallStamp
    /// The parts of each candidate, one a chunk.
    private let parts: [[String]]

    init(_ plan: ChatPlan, stamp: CallStamp) {
        self.plan = plan
        self.stamp = stamp
        parts = (0..<plan.choices).map { Self.parts(plan, choice: $0) }
    }

    /// Over all candidates, in the order in which they take turns.
    var contentEvents: Int { (parts.first?.count ?? 0) * plan.choices }

    /// Nothing: every chunk is whole.
    func writeStart(into sink: inout ByteSink) {}

    /// Content chunk number `event`, with the usage so far.
    func writeContent(_ event: Int, into sink: inout ByteSink) {
        let total = plan.figures.completion - plan.figures.reasoning
        begin(isFirst: event == 0, into: &sink)
        writeCandidate(
            parts[event % plan.choices][event / plan.choices], choice: event % plan.choices, finish: nil, into: &sink)
        GeminiBody(plan: plan, stamp: stamp).writeEnd(candidates: total * (event + 1) / contentEvents, into: &sink)
        end(into: &sink)
    }

    /// The chunk that tells why a candidate ended.
    func writeFinish(_ choice: Int, into sink: inout ByteSink) {
        begin(isFirst: contentEvents == 0 && choice == 0, into: &sink)
        writeCandidate(GeminiBody.text(""), choice: choice, finish: plan.finish, into: &sink)
        GeminiBody(plan: plan, stamp: stamp).writeEnd(
            candidates: plan.figures.completion - plan.figures.reasoning, into: &sink)
        end(into: &sink)
    }

    /// What ends an array; nothing ends events.
    func writeDone(into sink: inout ByteSink) {
        if plan.isArray { sink.write("]") }
    }

    /// The chunk with which Google gives up inside a stream.
    func writeError(before event: Int, into sink: inout ByteSink) {
        begin(isFirst: event == 0, into: &sink)
        sink.write("{\"error\":{\"code\":503,\"message\":\"The model is overloaded.\",\"status\":\"UNAVAILABLE\"}}")
        sink.write(plan.isArray ? "]" : "\r\n\r\n")
    }

    /// A chunk whose JSON breaks off.
    func writeBroken(before event: Int, into sink: inout ByteSink) {
        begin(isFirst: event == 0, into: &sink)
        sink.write("{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"lor")
        end(into: &sink)
    }

    private func begin(isFirst: Bool, into sink: inout ByteSink) {
        if plan.isArray { sink.write(isFirst ? "[" : ",\r\n") } else { sink.write("data: ") }
    }

    private func end(into sink: inout ByteSink) {
        if !plan.isArray { sink.write("\r\n\r\n") }
    }

    private func writeCandidate(_ part: String, choice: Int, finish: ChatPlan.Finish?, into sink: inout ByteSink) {
        sink.write("{\"candidates\":[{\"content\":{\"parts\":[")
        sink.write(text: part)
        sink.write("],\"role\":\"model\"}")
        if let finish { sink.write(text: ",\"finishReason\":\"\(finish.geminiName)\"") }
        sink.write(",\"index\":")
        sink.writeDecimal(choice)
        sink.write("}]")
    }

    private static func parts(_ plan: ChatPlan, choice: Int) -> [String] {
        switch plan.content {
        case .words(let tokens):
            return (0..<plan.chunks).map { chunk in
                GeminiBody.text(words(chunk: chunk, of: plan.chunks, tokens: tokens, choice: choice))
            }
        case .text(let text):
            return StreamDeltas.pieces(text, count: plan.chunks).map { GeminiBody.text(JSONText.escaped($0)) }
        case .filler(let count):
            // Only the first choice is large, as in a plain answer.
            return [GeminiBody.text(String(repeating: "a", count: choice == 0 ? count : 0))]
        case .toolCalls(let calls): return calls.map(GeminiBody.call)
        case .vectors, .media: return []
        }
    }

    /// The tokens of one chunk: all spread evenly, but at least one in each.
    private static func words(chunk: Int, of chunks: Int, tokens: Int, choice: Int) -> String {
        var sink = ByteSink(capacity: 64)
        let run = tokens > chunks ? tokens * chunk / chunks..<tokens * (chunk + 1) / chunks : chunk..<chunk + 1
        Vocabulary.latin.write(run.lowerBound, count: run.count, choice: choice, into: &sink)
        return String(buffer: sink.buffer)
    }
}
