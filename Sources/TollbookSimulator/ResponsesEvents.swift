internal import NIOCore

/// Writes the server-sent events of a streamed OpenAI response, numbered from 0.
struct ResponsesEvents: TypedEvents {
    private let start: String
    /// One a content chunk; the first of an item announces it, and what closes an item comes with the next chunk.
    private let contents: [String]
    /// The number of each chunk's first event.
    private let numbers: [Int]
    /// What closes the last item.
    private let finish: String
    private let done: String

    init(_ plan: ChatPlan, stamp: CallStamp) {
        let body = ResponsesBody(plan: plan, stamp: stamp)
        var announced = ByteSink(capacity: 1_024)
        body.writeAnnounced(into: &announced)
        let response = #""response":"# + String(buffer: announced.buffer)
        var builder = Builder()
        builder.add("response.created", response)
        builder.add("response.in_progress", response)
        start = builder.take()
        let items = ResponsesItem.all(plan, stamp)
        for (index, item) in items.enumerated() { builder.add(item, at: index) }
        contents = builder.chunks
        numbers = builder.numbers
        finish = builder.take()
        var whole = ByteSink(capacity: 1_024)
        body.write(items, into: &whole)
        builder.add("response.\(body.endStatus)", #""response":"# + String(buffer: whole.buffer))
        done = builder.take()
    }

    var contentEvents: Int { contents.count }

    func writeStart(into sink: inout ByteSink) {
        sink.write(text: start)
    }

    func writeContent(_ event: Int, into sink: inout ByteSink) {
        sink.write(text: contents[event])
    }

    func writeFinish(_ choice: Int, into sink: inout ByteSink) {
        sink.write(text: finish)
    }

    func writeDone(into sink: inout ByteSink) {
        sink.write(text: done)
    }

    func writeError(before event: Int, into sink: inout ByteSink) {
        let number = event < numbers.count ? numbers[event] : (numbers.last ?? 1) + 1
        sink.write(
            text: """
                event: error
                data: {"type":"error","sequence_number":\(number),"code":"server_error",\
                "message":"Simulated: the server failed while it worked on this request.","param":null}\n\n
                """)
    }

    func writeBroken(before event: Int, into sink: inout ByteSink) {
        sink.write(
            """
            event: response.output_text.delta
            data: {"type":"response.output_text.delta","item_id":"msg_sim","output_index":0,"delta":"lor\n\n
            """)
    }

    /// Numbers events in the order in which they are sent.
    private struct Builder {
        private(set) var chunks: [String] = []
        private(set) var numbers: [Int] = []
        private var text = ""
        private var number = 0
        private var firstNumber = 0

        mutating func add(_ name: String, _ members: String) {
            text += "event: \(name)\ndata: {\"type\":\"\(name)\",\"sequence_number\":\(number),\(members)}\n\n"
            number += 1
        }

        /// What was added since the last chunk.
        mutating func take() -> String {
            defer { text = "" }
            firstNumber = number
            return text
        }

        mutating func add(_ item: ResponsesItem, at index: Int) {
            let place = #""output_index":\#(index)"#
            let within = #""item_id":"\#(item.id)",\#(place)"#
            let part = within + #","content_index":0"#
            add(
                "response.output_item.added",
                place + #","item":"# + item.front(isDone: false) + item.back(isDone: false))
            if item.kind == .message {
                add("response.content_part.added", part + #","part":"# + item.part(isDone: false))
            }
            for piece in item.pieces {
                let delta = #","delta":"\#(piece)""#
                switch item.kind {
                case .message: add("response.output_text.delta", part + delta + #","logprobs":[]"#)
                case .customCall: add("response.custom_tool_call_input.delta", within + delta)
                case .functionCall, .reasoning: add("response.function_call_arguments.delta", within + delta)
                }
                numbers.append(firstNumber)
                chunks.append(take())
            }
            close(item, place: place, within: within, part: part)
        }

        private mutating func close(_ item: ResponsesItem, place: String, within: String, part: String) {
            let text = #","\#(item.kind == .message ? "text" : item.argument)":"\#(item.text)""#
            switch item.kind {
            case .reasoning: break
            case .message:
                add("response.output_text.done", part + text + #","logprobs":[]"#)
                add("response.content_part.done", part + #","part":"# + item.part(isDone: true))
            case .functionCall:
                add("response.function_call_arguments.done", within + #","name":"\#(item.name)""# + text)
            case .customCall: add("response.custom_tool_call_input.done", within + text)
            }
            let whole = item.front(isDone: true) + item.text + item.back(isDone: true)
            add("response.output_item.done", place + #","item":"# + whole)
        }
    }
}
