internal import NIOCore

/// Pieces that plain answers and streams of Cohere's chat share, as JSON.
enum CohereText {
    /// What the model means to do with tools.
    static let plan = "I will use the tools that fit the question."

    /// An answer's id, in the form of Cohere's.
    static func id(_ stamp: CallStamp) -> String {
        let digits = String(stamp.number)
        return "00000000-0000-4000-8000-" + String(repeating: "0", count: max(0, 12 - digits.count)) + digits
    }

    /// A tool call. Its id has the tool's name, as Cohere's have.
    static func call(_ call: ToolSample, _ index: Int, _ stamp: CallStamp, arguments: String) -> String {
        let name = JSONText.escaped(call.name)
        return #"{"id":"\#(name)_sim\#(stamp.number)x\#(index)","type":"function","#
            + #""function":{"name":"\#(name)","arguments":"\#(JSONText.escaped(arguments))"}}"#
    }

    /// The answer's first word as a quotation from the first document; nil where no documents were sent.
    static func citation(_ plan: ChatPlan) -> String? {
        guard plan.documents > 0, case .words(let tokens) = plan.content, tokens > 0 else { return nil }
        var sink = ByteSink(capacity: 32)
        Vocabulary.latin.write(0, count: 1, choice: 0, into: &sink)
        let word = String(buffer: sink.buffer)
        return #"{"start":0,"end":\#(word.utf8.count),"text":"\#(word)","#
            + #""sources":[{"type":"document","id":"doc:0","document":{"id":"doc:0"}}],"type":"TEXT_CONTENT"}"#
    }
}
