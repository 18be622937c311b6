internal import NIOCore

/// Reads the events of a stream of Cohere's chat: https://docs.cohere.com/v2/docs/streaming
///
/// The answer is complete with `message-end`; the `[DONE]` behind it is not waited for.
struct CohereStreamReader: Sendable {
    /// A tool call that has begun.
    private struct Call {
        /// Its number in the stream, which Cohere counts with the content blocks.
        let index: Int64?
        var hasArguments = false
    }

    private var calls: [Call] = []
    /// Whether a reason to finish came.
    private(set) var isFinished = false
    private(set) var dropped = FieldNames()
    private(set) var malformedEvents = 0

    mutating func read<Sink: AnswerEventSink>(_ event: SSEEvent, into sink: inout Sink) {
        guard event.dataLines > 0 else {
            if let comment = event.comment { sink.take(.comment(comment)) }
            return
        }
        guard let view = try? JSONView(event.data), view.kind == .object else {
            malformedEvents += 1
            return
        }
        guard let type = view.value("type")?.text else { return readUntyped(view, &sink) }
        let message = view.value("delta")?.value("message")
        switch type {
        case "content-delta", "content-start": readContent(message?.value("content"), &sink)
        case "message-start": sink.take(.start(id: view.value("id")?.text))
        case "tool-plan-delta": think(message?.value("tool_plan"), &sink)
        case "tool-call-start": begin(message?.value("tool_calls"), view.value("index")?.count, &sink)
        case "tool-call-delta": readArguments(message?.value("tool_calls"), of: call(view), &sink)
        case "tool-call-end": end(call(view), &sink)
        case "message-end": finish(view, &sink)
        case "content-end", "citation-end": return
        case "citation-start": dropped.insert("citation-start")
        default: dropped.insert(type.string)
        }
    }

    /// An error stands in a stream as it would alone: `{"message":"…"}`.
    private mutating func readUntyped<Sink: AnswerEventSink>(_ view: JSONView, _ sink: inout Sink) {
        if view.value("message")?.text != nil || view.value("error") != nil {
            sink.take(.failure(ProviderError(event: view)))
        } else {
            malformedEvents += 1
        }
    }

    private func readContent<Sink: AnswerEventSink>(_ content: JSONView?, _ sink: inout Sink) {
        if let text = content?.value("text")?.text, !text.isEmpty { sink.take(.text(text)) }
        think(content?.value("thinking"), &sink)
    }

    private func think<Sink: AnswerEventSink>(_ thought: JSONView?, _ sink: inout Sink) {
        if let text = thought?.text, !text.isEmpty { sink.take(.thinking(text)) }
    }

    // MARK: Tool calls

    /// The call that an event is about; the last one where it tells no number.
    private func call(_ event: JSONView) -> Int? {
        let index = event.value("index")?.count
        return calls.lastIndex { $0.index == index } ?? calls.indices.last
    }

    private mutating func begin<Sink: AnswerEventSink>(_ call: JSONView?, _ index: Int64?, _ sink: inout Sink) {
        guard calls.count < WireLimits.answerToolCalls, let id = call?.value("id")?.text,
            let name = call?.value("function")?.value("name")?.text
        else { return dropped.insert("tool-call-start") }
        sink.take(.toolCall(calls.count, id: id, name: name))
        calls.append(Call(index: index))
        readArguments(call, of: calls.count - 1, &sink)
    }

    private mutating func readArguments<Sink: AnswerEventSink>(
        _ call: JSONView?, of number: Int?, _ sink: inout Sink
    ) {
        guard let number, let text = call?.value("function")?.value("arguments")?.text, !text.isEmpty else { return }
        // A call without arguments may have null for them.
        guard calls[number].hasArguments || !text.equals("null") else { return }
        calls[number].hasArguments = true
        sink.take(.toolArguments(number, text))
    }

    /// Callers expect an object, also where nothing is in it.
    private func end<Sink: AnswerEventSink>(_ number: Int?, _ sink: inout Sink) {
        guard let number else { return }
        if !calls[number].hasArguments { sink.take(.toolArguments(number, JSONText("{}"))) }
        sink.take(.toolCallEnd(number))
    }

    // MARK: End

    private mutating func finish<Sink: AnswerEventSink>(_ view: JSONView, _ sink: inout Sink) {
        let delta = view.value("delta")
        if let tokens = delta?.value("usage").flatMap({ AnswerTokens(cohere: $0) }) { sink.take(.tokens(tokens)) }
        if let failure = CohereFailure.error(delta ?? view) { return sink.take(.failure(failure)) }
        isFinished = true
        sink.take(.finish(AnswerFinish(cohere: delta?.value("finish_reason")?.text)))
        sink.take(.end)
    }
}
