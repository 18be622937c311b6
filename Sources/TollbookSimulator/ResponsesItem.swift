internal import NIOCore

/// One item of a simulated response: as JSON, and the pieces in which its text is streamed.
struct ResponsesItem: Sendable {
    enum Kind: Sendable {
        /// Without text, as OpenAI keeps its own.
        case reasoning
        case message
        case functionCall
        case customCall
    }

    let kind: Kind
    let id: String
    /// The whole text of a message or of a call's arguments, escaped, and the same in pieces.
    let text: String
    let pieces: [String]
    /// A tool's name, escaped.
    let name: String
    private let callID: String

    /// The items that a plan's content makes, in order; at least one.
    ///
    /// - Parameter withText: false leaves out the text of ``ChatPlan/Content/filler(_:)``.
    static func all(_ plan: ChatPlan, _ stamp: CallStamp, withText: Bool = true) -> [ResponsesItem] {
        var items: [ResponsesItem] = []
        if plan.figures.reasoning > 0 { items.append(ResponsesItem(.reasoning, index: 0, stamp, pieces: [])) }
        switch plan.content {
        case .toolCalls(let calls):
            for call in calls {
                let pieces = StreamDeltas.pieces(call.arguments, count: plan.chunks).map(JSONText.escaped)
                items.append(
                    ResponsesItem(
                        call.isCustom ? .customCall : .functionCall, index: items.count, stamp, pieces: pieces,
                        name: call.name))
            }
        default:
            let pieces = withText ? messagePieces(plan) : []
            items.append(ResponsesItem(.message, index: items.count, stamp, pieces: pieces))
        }
        return items
    }

    private init(_ kind: Kind, index: Int, _ stamp: CallStamp, pieces: [String], name: String = "") {
        self.kind = kind
        let prefix =
            switch kind {
            case .reasoning: "rs"
            case .message: "msg"
            case .functionCall: "fc"
            case .customCall: "ctc"
            }
        id = "\(prefix)_sim\(stamp.number)x\(index)"
        callID = "call_sim\(stamp.number)x\(index)"
        self.pieces = pieces
        text = pieces.joined()
        self.name = JSONText.escaped(name)
    }

    private static func messagePieces(_ plan: ChatPlan) -> [String] {
        switch plan.content {
        case .words(let tokens):
            (0..<plan.chunks).map { chunk in
                let isCrowded = tokens > plan.chunks
                let run =
                    isCrowded
                    ? tokens * chunk / plan.chunks..<tokens * (chunk + 1) / plan.chunks : chunk..<chunk + 1
                var sink = ByteSink(capacity: 64)
                Vocabulary.latin.write(run.lowerBound, count: run.count, choice: 0, into: &sink)
                return String(buffer: sink.buffer)
            }
        case .text(let text): StreamDeltas.pieces(text, count: plan.chunks).map(JSONText.escaped)
        case .filler(let count): [String(repeating: "a", count: count)]
        case .toolCalls, .vectors, .media: []
        }
    }

    /// The item as it is announced, or as it is done, up to its text.
    func front(isDone: Bool) -> String {
        let head = #"{"id":"\#(id)","type":"\#(type)""#
        let status = #","status":"\#(isDone ? "completed" : "in_progress")""#
        switch kind {
        case .reasoning: return head + #","summary":["#
        case .message:
            let content = #","role":"assistant","content":["#
            return head + status + content + (isDone ? Self.partFront : "")
        case .functionCall, .customCall:
            return head + status + #","call_id":"\#(callID)","name":"\#(name)","\#(argument)":""#
        }
    }

    /// What follows the text.
    func back(isDone: Bool) -> String {
        switch kind {
        case .reasoning: "]}"
        case .message: (isDone ? Self.partBack : "") + "]}"
        case .functionCall, .customCall: "\"}"
        }
    }

    private static let partFront = #"{"type":"output_text","annotations":[],"logprobs":[],"text":""#
    private static let partBack = "\"}"

    /// A message's only part.
    func part(isDone: Bool) -> String { Self.partFront + (isDone ? text : "") + Self.partBack }

    private var type: String {
        switch kind {
        case .reasoning: "reasoning"
        case .message: "message"
        case .functionCall: "function_call"
        case .customCall: "custom_tool_call"
        }
    }

    /// The member that holds a call's text.
    var argument: String { kind == .customCall ? "input" : "arguments" }
}
