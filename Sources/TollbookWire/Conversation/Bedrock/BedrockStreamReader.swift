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
    /// Whether anything was said, or a tool called.
    private var hasContent = false

    mutating func read<Sink: AnswerEventSink>(_ message: EventStreamMessage, into sink: inout Sink) {
        switch message.kind {
        case .exception, .error: sink.take(.failure(ProviderError(exception: message)))
        case .other: return
        case .event:
            guard let view = try? JSONView(message.payload), view.kind == .object else {
                // What ends the answer ends it, whatever else it was to tell.
                if message.isNamed("messageStop") { return finish(nil, &sink) }
                return message.isNamed("metadata") ? end(&sink) : sink.take(.broken(.malformed))
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
            end(&sink)
        } else {
            dropped.insert("event " + (message.name ?? ""))
        }
    }

    private static func index(_ view: JSONView) -> Int64 { view.value("contentBlockIndex")?.count ?? 0 }

    /// The last event came, with a reason to finish before it or not: see `StreamTranslator.finish(into:)`.
    private mutating func end<Sink: AnswerEventSink>(_ sink: inout Sink) {
        if !isFinished {
            guard hasContent, calls.isEmpty else { return sink.take(.broken(.cut)) }
            sink.take(.finish(AnswerFinish(hasCalls: toolCalls > 0)))
        }
        sink.take(.end)
    }

    private mutating func finish<Sink: AnswerEventSink>(_ view: JSONView?, _ sink: inout Sink) {
        guard !isFinished else { return }
        isFinished = true
        let sequence = BedrockAnswers.stopSequence(view?.value("additionalModelResponseFields"))
        let reason = view?.value("stopReason")?.text ?? JSONText("end_turn")
        sink.take(.finish(AnswerFinish(bedrock: reason, sequence: sequence, hasCalls: toolCalls > 0)))
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
            hasContent = true
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
            case "text":
                guard let text = value.text, !text.isEmpty else { continue }
                hasContent = true
                sink.take(.text(text))
            case "toolUse":
                guard let call = calls.last(where: { $0.index == index })?.call,
                    let input = value.value("input")?.text, !input.isEmpty
                else { continue }
                sink.take(.toolArguments(call, input))
            case "reasoningContent": readThought(value, &sink)
            case "citation":
                guard let citation = Citation(bedrock: value) else {
                    dropped.insert("contentBlockDelta.delta.citation")
                    continue
                }
                sink.take(.citation(citation))
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
