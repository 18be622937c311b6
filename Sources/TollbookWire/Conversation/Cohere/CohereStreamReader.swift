internal import NIOCore

/// Reads the events of a stream of Cohere's chat: https://docs.cohere.com/v2/docs/streaming
struct CohereStreamReader: Sendable {
    /// Calls begun so far.
    private var calls = 0
    /// Whether a reason to finish came.
    private(set) var isFinished = false
    private(set) var dropped = FieldNames()
    private(set) var malformedEvents = 0

    mutating func read<Sink: AnswerEventSink>(_ event: SSEEvent, into sink: inout Sink) {
        guard event.dataLines > 0 else {
            if let comment = event.comment { sink.take(.comment(comment)) }
            return
        }
        guard let view = try? JSONView(event.data), view.kind == .object, let type = view.value("type")?.text else {
            malformedEvents += 1
            return
        }
        let message = view.value("delta")?.value("message")
        switch type {
        case "message-start": sink.take(.start(id: view.value("id")?.text))
        case "content-start", "content-delta": readContent(message?.value("content"), &sink)
        case "tool-plan-delta":
            if let plan = message?.value("tool_plan")?.text, !plan.isEmpty { sink.take(.thinking(plan)) }
        case "tool-call-start": begin(message?.value("tool_calls"), &sink)
        case "tool-call-delta": readArguments(message?.value("tool_calls"), &sink)
        case "tool-call-end": if calls > 0 { sink.take(.toolCallEnd(calls - 1)) }
        case "message-end": finish(view, &sink)
        case "content-end", "citation-end": return
        case "citation-start": dropped.insert("citation-start")
        default: dropped.insert(type.string)
        }
    }

    private func readContent<Sink: AnswerEventSink>(_ content: JSONView?, _ sink: inout Sink) {
        if let text = content?.value("text")?.text, !text.isEmpty { sink.take(.text(text)) }
        if let text = content?.value("thinking")?.text, !text.isEmpty { sink.take(.thinking(text)) }
    }

    private mutating func begin<Sink: AnswerEventSink>(_ call: JSONView?, _ sink: inout Sink) {
        guard calls < WireLimits.answerToolCalls, let id = call?.value("id")?.text,
            let name = call?.value("function")?.value("name")?.text
        else { return dropped.insert("tool-call-start") }
        sink.take(.toolCall(calls, id: id, name: name))
        calls += 1
        readArguments(call, &sink)
    }

    private func readArguments<Sink: AnswerEventSink>(_ call: JSONView?, _ sink: inout Sink) {
        guard calls > 0, let text = call?.value("function")?.value("arguments")?.text, !text.isEmpty else { return }
        sink.take(.toolArguments(calls - 1, text))
    }

    private mutating func finish<Sink: AnswerEventSink>(_ view: JSONView, _ sink: inout Sink) {
        let delta = view.value("delta")
        if let tokens = delta?.value("usage").flatMap({ AnswerTokens(cohere: $0) }) { sink.take(.tokens(tokens)) }
        let reason = delta?.value("finish_reason")?.text ?? JSONText("ERROR")
        guard let finish = AnswerFinish(cohere: reason) else {
            return sink.take(.failure(ProviderError(event: delta ?? view)))
        }
        isFinished = true
        sink.take(.finish(finish))
        sink.take(.end)
    }
}
