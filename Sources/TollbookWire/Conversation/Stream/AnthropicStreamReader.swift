internal import NIOCore

/// Reads the events of an Anthropic stream.
struct AnthropicStreamReader: Sendable {
    /// What is streamed at an index.
    private enum Block {
        case text, thinking, other
        case tool(Int)
    }

    /// Blocks that are open, the last opened last.
    private var blocks: [(index: Int64, block: Block)] = []
    private var toolCalls = 0
    /// Characters of the texts so far, and of those before the open block.
    private var textLength = 0
    private var blockStart = 0
    /// Of the open block, whose text they stand for as a whole.
    private var citations: [Citation] = []
    private var tokens = AnswerTokens()
    private var hasStarted = false
    /// Whether a reason to finish came.
    private(set) var isFinished = false
    private(set) var dropped = FieldNames()
    /// Whether anything was said, or a tool called.
    private var hasContent = false

    mutating func read<Sink: AnswerEventSink>(_ event: SSEEvent, into sink: inout Sink) {
        guard event.dataLines > 0 else {
            if let comment = event.comment { sink.take(.comment(comment)) }
            return
        }
        let data = event.data
        guard let view = try? JSONView(data), view.kind == .object else {
            if data.readableBytesView.allSatisfy({ $0 <= 0x20 }) { return }
            return sink.take(.broken(event.isComplete ? .malformed : .cut))
        }
        var fields = Fields()
        for (name, value) in view.members { fields.read(name, value) }
        guard let type = fields.type else { return sink.take(.broken(.malformed)) }
        read(type, fields, view, &sink)
    }

    /// The members that events have, found in one pass.
    private struct Fields {
        var type: JSONText?
        var index: Int64 = 0
        var delta: JSONView?
        var block: JSONView?
        var message: JSONView?
        var usage: JSONView?

        mutating func read(_ name: JSONText, _ value: JSONView) {
            switch name {
            case "type": type = value.text
            case "index": index = value.count ?? 0
            case "delta": delta = value
            case "content_block": block = value
            case "message": message = value
            case "usage": usage = value
            default: return
            }
        }
    }

    private mutating func read<Sink: AnswerEventSink>(
        _ type: JSONText, _ fields: Fields, _ view: JSONView, _ sink: inout Sink
    ) {
        switch type {
        case "content_block_delta": if let delta = fields.delta { readDelta(fields.index, delta, &sink) }
        case "content_block_start": if let block = fields.block { openBlock(fields.index, block, &sink) }
        case "content_block_stop": closeBlock(fields.index, &sink)
        case "message_start":
            guard !hasStarted else { return }
            hasStarted = true
            if let usage = fields.message?.value("usage") { tokens.merge(anthropic: usage) }
            sink.take(.start(id: fields.message?.value("id")?.text))
        case "message_delta":
            if let usage = fields.usage { tokens.merge(anthropic: usage) }
            readFinish(fields.delta, &sink)
        case "message_stop":
            sink.take(.tokens(tokens))
            end(&sink)
        case "ping": sink.take(.ping)
        case "error": sink.take(.failure(ProviderError(event: view)))
        default: dropped.insert("event " + type.string)
        }
    }

    /// The terminal event came, with a reason to finish before it or not: see `StreamTranslator.finish(into:)`.
    private mutating func end<Sink: AnswerEventSink>(_ sink: inout Sink) {
        if !isFinished {
            guard hasContent, blocks.isEmpty else { return sink.take(.broken(.cut)) }
            sink.take(.finish(AnswerFinish(hasCalls: toolCalls > 0)))
        }
        sink.take(.end)
    }

    private mutating func readFinish<Sink: AnswerEventSink>(_ delta: JSONView?, _ sink: inout Sink) {
        guard let reason = delta?.value("stop_reason")?.text, !isFinished else { return }
        isFinished = true
        sink.take(.tokens(tokens))
        sink.take(
            .finish(
                AnswerFinish(
                    anthropic: reason, sequence: delta?.value("stop_sequence")?.text,
                    explanation: delta?.value("stop_details")?.value("explanation")?.text)))
    }

    // MARK: Blocks

    private mutating func openBlock<Sink: AnswerEventSink>(
        _ index: Int64, _ view: JSONView, _ sink: inout Sink
    ) {
        guard blocks.count < WireLimits.openBlocks else { return dropped.insert("content_block") }
        guard let type = view.value("type")?.text else { return sink.take(.broken(.malformed)) }
        var block = Block.other
        switch type {
        case "text":
            block = .text
            blockStart = textLength
            if let text = view.value("text")?.text, !text.isEmpty {
                hasContent = true
                textLength += text.scalarCount
                sink.take(.text(text))
            }
        case "thinking":
            block = .thinking
            if let text = view.value("thinking")?.text, !text.isEmpty { sink.take(.thinking(text)) }
            if let signature = view.value("signature")?.text, !signature.isEmpty { sink.take(.signature(signature)) }
        case "redacted_thinking":
            if let data = view.value("data")?.text { sink.take(.redactedThinking(data)) }
        case "tool_use":
            guard toolCalls < WireLimits.answerToolCalls, let id = view.value("id")?.text,
                let name = view.value("name")?.text
            else {
                dropped.insert("content_block[type=tool_use]")
                break
            }
            block = .tool(toolCalls)
            hasContent = true
            sink.take(.toolCall(toolCalls, id: id, name: name))
            if let input = view.value("input"), !input.isEmptyValue {
                sink.take(.toolArguments(toolCalls, JSONText(escaping: input.bytes)))
            }
            toolCalls += 1
        default: dropped.insert("content_block[type=\(type.string)]")
        }
        blocks.append((index, block))
    }

    private mutating func closeBlock<Sink: AnswerEventSink>(_ index: Int64, _ sink: inout Sink) {
        guard let position = blocks.lastIndex(where: { $0.index == index }) else { return }
        switch blocks[position].block {
        case .tool(let call): sink.take(.toolCallEnd(call))
        case .text: cite(&sink)
        case .thinking, .other: break
        }
        blocks.remove(at: position)
    }

    private mutating func readDelta<Sink: AnswerEventSink>(
        _ index: Int64, _ delta: JSONView, _ sink: inout Sink
    ) {
        guard let block = blocks.last(where: { $0.index == index })?.block else { return }
        for (name, value) in delta.members {
            guard let text = value.text, !text.isEmpty else {
                if name.equals("citation") { readCitation(value) }
                continue
            }
            switch (name, block) {
            case ("text", .text):
                hasContent = true
                textLength += text.scalarCount
                sink.take(.text(text))
            case ("thinking", .thinking): sink.take(.thinking(text))
            case ("signature", .thinking): sink.take(.signature(text))
            case ("partial_json", .tool(let call)): sink.take(.toolArguments(call, text))
            default: continue
            }
        }
    }

    private mutating func readCitation(_ value: JSONView) {
        guard citations.count < WireLimits.answerCitations, let citation = Citation(anthropic: value) else {
            return dropped.insert("content[].citations")
        }
        citations.append(citation)
    }

    private mutating func cite<Sink: AnswerEventSink>(_ sink: inout Sink) {
        for var citation in citations {
            if blockStart < textLength { citation.place = blockStart..<textLength }
            sink.take(.citation(citation))
        }
        citations = []
    }
}
