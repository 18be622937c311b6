/// One tool call as JSON: whole, or its opening in a stream.
struct ToolCallText {
    private let call: ToolSample
    private let index: Int
    private let id: String

    init(_ call: ToolSample, index: Int, choice: Int, stamp: CallStamp) {
        self.call = call
        self.index = index
        id = "call_sim\(stamp.number)x\(choice)x\(index)"
    }

    /// The element of `message.tool_calls`.
    var whole: String {
        #"{"id":"\#(id)",\#(body(arguments: call.arguments))}"#
    }

    /// The first delta of the call: everything but the arguments.
    var opening: String {
        #"{"tool_calls":[{"index":\#(index),"id":"\#(id)",\#(body(arguments: ""))}]}"#
    }

    /// A delta with one piece of the arguments.
    func piece(_ text: String) -> String {
        let member = call.isCustom ? #""custom":{"input":"# : #""function":{"arguments":"#
        return #"{"tool_calls":[{"index":\#(index),\#(member)"\#(JSONText.escaped(text))"}}]}"#
    }

    private func body(arguments: String) -> String {
        let name = JSONText.escaped(call.name)
        let text = JSONText.escaped(arguments)
        if call.isCustom { return #""type":"custom","custom":{"name":"\#(name)","input":"\#(text)"}"# }
        return #""type":"function","function":{"name":"\#(name)","arguments":"\#(text)"}"#
    }
}
