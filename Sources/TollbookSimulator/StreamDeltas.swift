/// The content deltas of a streamed answer that is no plain words, as JSON, one a chunk.
enum StreamDeltas {
    /// Deltas of one choice; nil for ``ChatPlan/Content/words(_:)``, whose chunks are written without a list.
    static func list(_ plan: ChatPlan, choice: Int, stamp: CallStamp) -> [String]? {
        switch plan.content {
        case .words, .vectors, .media:
            nil
        case .text(let text):
            pieces(text, count: plan.chunks).map { content(JSONText.escaped($0), plan.dialect) }
        case .filler(let count):
            // Only the first choice is large, as in a plain answer.
            [content(String(repeating: "a", count: choice == 0 ? count : 0), plan.dialect)]
        case .toolCalls(let calls):
            calls.indices.flatMap { index in
                let text = ToolCallText(calls[index], index: index, choice: choice, stamp: stamp)
                return [text.opening] + pieces(calls[index].arguments, count: plan.chunks).map(text.piece)
            }
        }
    }

    /// What a choice's member for new text holds; the text itself where completions have it.
    private static func content(_ escaped: String, _ dialect: AnswerDialect) -> String {
        dialect == .completions ? #""\#(escaped)""# : #"{"content":"\#(escaped)"}"#
    }

    /// `text` in at most `count` pieces of nearly equal length, never cut inside a scalar.
    static func pieces(_ text: String, count: Int) -> [String] {
        let scalars = Array(text.unicodeScalars)
        let parts = min(max(1, count), max(1, scalars.count))
        return (0..<parts).map { part in
            let slice = scalars[scalars.count * part / parts..<scalars.count * (part + 1) / parts]
            return String(String.UnicodeScalarView(slice))
        }
    }
}
