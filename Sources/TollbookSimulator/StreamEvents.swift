/// Writes the server-sent events of a streamed answer: of a chat answer, each one a chunk object.
struct StreamEvents: Sendable {
    /// Role events and finish events: one a choice.
    let choices: Int
    /// Content events over all choices, in the order in which choices take turns.
    let contentEvents: Int
    private let plan: ChatPlan
    /// Writes them in a dialect that names its events; nil for a chat answer.
    private let typed: (any TypedEvents)?
    private let stamp: CallStamp
    /// `data: {"id": …, "choices":[`, the same in every event.
    private let front: [UInt8]
    /// `front` and the choice up to its text, one a choice; empty unless the content is words.
    private let wordFronts: [[UInt8]]
    /// From after a word to the end of its event.
    private let wordBack: [UInt8]
    /// Deltas of each choice; empty if the content is words.
    private let deltas: [[String]]

    init(_ plan: ChatPlan, stamp: CallStamp) {
        self.plan = plan
        self.stamp = stamp
        choices = plan.choices
        switch plan.dialect {
        case .messages: typed = MessagesEvents(plan, stamp: stamp)
        case .gemini: typed = GeminiEvents(plan, stamp: stamp)
        case .responses: typed = ResponsesEvents(plan, stamp: stamp)
        case .converseStream: typed = ConverseEvents(plan, stamp: stamp)
        case .cohere: typed = CohereEvents(plan, stamp: stamp)
        default: typed = nil
        }
        let front = Self.makeFront(plan, stamp)
        self.front = front
        let lists = (0..<plan.choices).lazy.compactMap { StreamDeltas.list(plan, choice: $0, stamp: stamp) }
        deltas = typed == nil ? Array(lists) : []
        contentEvents = typed?.contentEvents ?? (deltas.first?.count ?? plan.chunks) * plan.choices
        let needsFronts = typed == nil && deltas.isEmpty && plan.usage != .everyChunk
        wordFronts = needsFronts ? (0..<plan.choices).map { Self.makeWordFront(front, plan.dialect, choice: $0) } : []
        let usage = plan.usage == .lastChunk ? ",\"usage\":null" : ""
        let close = plan.dialect == .completions ? "\"" : "\"}"
        wordBack = Array("\(close),\"logprobs\":null,\"finish_reason\":null}]\(usage)}\n\n".utf8)
    }

    /// The event that opens a choice and names the role.
    func writeRole(_ choice: Int, into sink: inout ByteSink) {
        if let typed { return typed.writeStart(into: &sink) }
        let content = if case .toolCalls = plan.content { "null" } else { "\"\"" }
        writeChoice(
            choice, delta: #"{"role":"assistant","content":\#(content),"refusal":null}"#, finish: "null",
            usage: runningUsage(after: 0), into: &sink)
    }

    /// Content event number `event`, not framed.
    func writeContent(_ event: Int, into sink: inout ByteSink) {
        if let typed { return typed.writeContent(event, into: &sink) }
        let choice = event % choices
        guard deltas.isEmpty else {
            let usage = runningUsage(after: event + 1)
            writeChoice(choice, delta: deltas[choice][event / choices], finish: "null", usage: usage, into: &sink)
            return
        }
        let run = tokens(ofChunk: event / choices)
        guard wordFronts.isEmpty else {
            sink.write(wordFronts[choice])
            Vocabulary.latin.write(run.lowerBound, count: run.count, choice: choice, into: &sink)
            sink.write(wordBack)
            return
        }
        sink.write(front)
        sink.write(text: Self.wordOpening(plan.dialect, choice: choice))
        Vocabulary.latin.write(run.lowerBound, count: run.count, choice: choice, into: &sink)
        sink.write(plan.dialect == .completions ? "\"" : "\"}")
        sink.write(",\"logprobs\":null,\"finish_reason\":null}]")
        writeEnd(usage: runningUsage(after: event + 1), into: &sink)
    }

    /// Whether ``writeWordChunks(_:until:into:)`` can write the content: words, one choice, no running usage.
    var isPlainWords: Bool {
        guard choices == 1, !wordFronts.isEmpty, case .words(let tokens) = plan.content else { return false }
        return tokens / max(1, plan.chunks) < Vocabulary.latin.period
    }

    /// Writes content events, each framed as an HTTP chunk, until the range or the room ends: the simulator's
    /// hottest loop.
    ///
    /// - Returns: the first event not written.
    func writeWordChunks(_ range: Range<Int>, until room: Int, into sink: inout ByteSink) -> Int {
        Vocabulary.latin.withView { words in
            wordFronts[0].withUnsafeBytes { front in
                wordBack.withUnsafeBytes { back in
                    var event = range.lowerBound
                    while event < range.upperBound, sink.count < room {
                        let run = tokens(ofChunk: event)
                        sink.writeChunk(front, words.tokens(run.lowerBound, count: run.count), back)
                        event += 1
                    }
                    return event
                }
            }
        }
    }

    /// The event that carries `finish_reason`.
    func writeFinish(_ choice: Int, into sink: inout ByteSink) {
        if let typed { return typed.writeFinish(choice, into: &sink) }
        let tellsAll = plan.usage == .finishChunk && choice == choices - 1
        writeChoice(
            choice, delta: plan.dialect == .completions ? "\"\"" : "{}", finish: plan.finish.json.description,
            usage: tellsAll ? plan.figures : runningUsage(after: contentEvents), into: &sink)
    }

    /// The event that carries usage and no choices.
    func writeUsage(into sink: inout ByteSink) {
        sink.write(front)
        sink.write("],\"usage\":")
        plan.figures.write(into: &sink)
        sink.write("}\n\n")
    }

    /// Whether choices begin with an event that names the role.
    var hasRole: Bool { plan.dialect != .completions && plan.dialect != .gemini }

    /// Whether ``writeDone(into:)`` is to be called: Gemini's events end with the last one.
    var hasDone: Bool { plan.dialect != .gemini || plan.isArray }

    /// Whether ``writeUsage(into:)`` is to be called.
    var hasUsageEvent: Bool { typed == nil && (plan.usage == .lastChunk || plan.usage == .everyChunk) }

    /// Whether the choices end with a finish event.
    var hasFinish: Bool { (typed != nil && plan.dialect != .gemini) || plan.finish != .missing }

    /// The terminal event.
    func writeDone(into sink: inout ByteSink) {
        if let typed { return typed.writeDone(into: &sink) }
        sink.write("data: [DONE]\n\n")
    }

    /// The event with which a provider gives up inside a stream.
    ///
    /// - Parameter event: the content event in whose place it comes.
    func writeError(before event: Int, into sink: inout ByteSink) {
        if let typed { return typed.writeError(before: event, into: &sink) }
        sink.write(
            """
            data: {"error":{"message":"Simulated: the server failed while it worked on this request.",\
            "type":"server_error","param":null,"code":null}}\n\n
            """)
    }

    /// An event whose JSON breaks off.
    ///
    /// - Parameter event: the content event before which it stands.
    func writeBroken(before event: Int, into sink: inout ByteSink) {
        if let typed { return typed.writeBroken(before: event, into: &sink) }
        sink.write(front)
        sink.write(text: Self.wordOpening(plan.dialect, choice: 0) + "lor\n\n")
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
        _ choice: Int, delta: String, finish: String, usage: UsageFigures?, into sink: inout ByteSink
    ) {
        sink.write(front)
        let member = plan.dialect == .completions ? "text" : "delta"
        sink.write(text: #"{"index":\#(choice),"\#(member)":\#(delta),"logprobs":null,"finish_reason":\#(finish)}]"#)
        writeEnd(usage: usage, into: &sink)
    }

    private func writeEnd(usage: UsageFigures?, into sink: inout ByteSink) {
        if let usage {
            sink.write(",\"usage\":")
            usage.write(into: &sink)
        } else if plan.usage == .lastChunk {
            sink.write(",\"usage\":null")
        }
        sink.write("}\n\n")
    }

    private static func makeFront(_ plan: ChatPlan, _ stamp: CallStamp) -> [UInt8] {
        var sink = ByteSink(capacity: 512)
        sink.write("data: {\"id\":\"")
        stamp.writeID(into: &sink)
        sink.write(
            plan.dialect == .completions
                ? "\",\"object\":\"text_completion\"" : "\",\"object\":\"chat.completion.chunk\"")
        sink.write(",\"created\":")
        sink.writeDecimal(stamp.created)
        sink.write(",\"model\":\"")
        sink.write(plan.model)
        sink.write("\",\"service_tier\":\"default\",\"system_fingerprint\":\"fp_simulated\",\"choices\":[")
        return sink.withBytes { Array($0) }
    }

    private static func makeWordFront(_ front: [UInt8], _ dialect: AnswerDialect, choice: Int) -> [UInt8] {
        front + Array(wordOpening(dialect, choice: choice).utf8)
    }

    /// A choice up to its text.
    private static func wordOpening(_ dialect: AnswerDialect, choice: Int) -> String {
        "{\"index\":\(choice)," + (dialect == .completions ? "\"text\":\"" : "\"delta\":{\"content\":\"")
    }
}
