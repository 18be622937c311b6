internal import NIOCore

/// Reads the messages of a stream of Bedrock's Converse.
///
/// Blocks of text and thoughts have no start, `messageStop` ends the answer, and `metadata` behind it brings the usage.
/// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
struct BedrockStreamReader: Sendable {
    /// Tool calls that are open: their blocks' indexes and their numbers.
    private var calls: [(index: Int64, call: Int)] = []
    private var toolCalls = 0
    /// Whether a reason to finish came.
    private(set) var isFinished = false
    private(set) var dropped = FieldNames()
    private(set) var malformedEvents = 0

    mutating func read<Sink: AnswerEventSink>(_ message: EventStreamMessage, into sink: inout Sink) {
        switch message.kind {
        case .exception, .error: sink.take(.failure(ProviderError(exception: message)))
        case .other: return
        case .event:
            guard let view = try? JSONView(message.payload), view.kind == .object else {
                malformedEvents += 1
                // What ends the answer ends it, whatever else it was to tell.
                if message.isNamed("messageStop") { finish(nil, &sink) }
                if message.isNamed("metadata") { sink.take(.end) }
                return
            }
            readEvent(message, view, &sink)
        }
    }

    private mutating func readEvent<Sink: AnswerEventSink>(
        _ message: EventStreamMessage, _ view: JSONView, _ sink: inout Sink
    ) {
        if message.isNamed("contentBlockDelta") {
            if let delta = view.value("delta") { readDelta(Self.index(view), delta, &sink) }
        } else if message.isNamed("contentBlockStart") {
            if let start = view.value("start") { openBlock(Self.index(view), start, &sink) }
        } else if message.isNamed("contentBlockStop") {
            closeBlock(Self.index(view), &sink)
        } else if message.isNamed("messageStart") {
            sink.take(.start(id: nil))
        } else if message.isNamed("messageStop") {
            finish(view, &sink)
        } else if message.isNamed("metadata") {
            if let usage = view.value("usage") { sink.take(.tokens(AnswerTokens(bedrock: usage))) }
            sink.take(.end)
        } else {
            dropped.insert("event " + (message.name ?? ""))
        }
    }

    private static func index(_ view: JSONView) -> Int64 { view.value("contentBlockIndex")?.count ?? 0 }

    private mutating func finish<Sink: AnswerEventSink>(_ view: JSONView?, _ sink: inout Sink) {
        guard !isFinished else { return }
        isFinished = true
        let sequence = BedrockAnswers.stopSequence(view?.value("additionalModelResponseFields"))
        let reason = view?.value("stopReason")?.text ?? JSONText("end_turn")
        sink.take(.finish(AnswerFinish(bedrock: reason, sequence: sequence)))
    }

    // MARK: Blocks

    private mutating func openBlock<Sink: AnswerEventSink>(
        _ index: Int64, _ start: JSONView, _ sink: inout Sink
    ) {
        for (name, value) in start.members where !value.isNull {
            guard name.equals("toolUse") else {
                dropped.insert("contentBlockStart.start." + name.string)
                continue
            }
            // A tool that the provider runs is not the caller's to run.
            guard value.value("type")?.text?.equals("server_tool_use") != true, calls.count < WireLimits.openBlocks,
                toolCalls < WireLimits.answerToolCalls, let id = value.value("toolUseId")?.text,
                let tool = value.value("name")?.text
            else {
                dropped.insert("contentBlockStart.start.toolUse[type=server_tool_use]")
                continue
            }
            sink.take(.toolCall(toolCalls, id: id, name: tool))
            calls.append((index, toolCalls))
            toolCalls += 1
        }
    }

    private mutating func closeBlock<Sink: AnswerEventSink>(_ index: Int64, _ sink: inout Sink) {
        guard let position = calls.lastIndex(where: { $0.index == index }) else { return }
        sink.take(.toolCallEnd(calls[position].call))
        calls.remove(at: position)
    }

    private mutating func readDelta<Sink: AnswerEventSink>(
        _ index: Int64, _ delta: JSONView, _ sink: inout Sink
    ) {
        for (name, value) in delta.members where !value.isNull {
            switch name {
            case "text": if let text = value.text, !text.isEmpty { sink.take(.text(text)) }
            case "toolUse":
                guard let call = calls.last(where: { $0.index == index })?.call,
                    let input = value.value("input")?.text, !input.isEmpty
                else { continue }
                sink.take(.toolArguments(call, input))
            case "reasoningContent": readThought(value, &sink)
            default: dropped.insert("contentBlockDelta.delta." + name.string)
            }
        }
    }

    private mutating func readThought<Sink: AnswerEventSink>(_ view: JSONView, _ sink: inout Sink) {
        for (name, value) in view.members where !value.isEmptyValue {
            switch name {
            case "text": if let text = value.text { sink.take(.thinking(text)) }
            case "signature": if let text = value.text { sink.take(.signature(text)) }
            case "redactedContent":
                if let data = BedrockBlocks.redacted(value) {
                    sink.take(.redactedThinking(data))
                } else {
                    dropped.insert("contentBlockDelta.delta.reasoningContent")
                }
            default: dropped.insert("contentBlockDelta.delta.reasoningContent." + name.string)
            }
        }
    }
}
