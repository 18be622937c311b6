internal import NIOCore

/// Reads the chunks of an OpenAI chat stream.
struct OpenAIStreamReader: Sendable {
    /// Calls begun, in order: the provider's index and id of each.
    private var calls: [(index: Int64?, id: JSONText)] = []
    private var answerID: JSONText?
    private var hasStarted = false
    /// Whether a reason to finish came.
    private(set) var isFinished = false
    private(set) var dropped = FieldNames()
    /// Whether anything was said, or a tool called.
    private var hasContent = false
    private var citations = 0
    /// Whether the arguments of the last call are whole.
    private var lastArguments = ArgumentsEnd()
    private var template = ContentTemplate()
    private var shape = Shape()

    /// What a chunk held: whether the next may be expected to look like it.
    private struct Shape: Sendable {
        var text = 0..<0
        var texts = 0
        var others = 0
    }

    mutating func read<Sink: AnswerEventSink>(_ event: SSEEvent, into sink: inout Sink) {
        guard event.dataLines > 0 else {
            if let comment = event.comment { sink.take(.comment(comment)) }
            return
        }
        let data = event.data
        if Self.isDone(data) { return end(&sink) }
        if let text = template.text(of: data) {
            if !text.isEmpty { sink.take(.text(text)) }
            return
        }
        guard let view = try? JSONView(data), view.kind == .object else {
            // A keep-alive of some servers.
            if data.readableBytesView.allSatisfy({ $0 <= 0x20 }) { return }
            return sink.take(.broken(event.isComplete ? .malformed : .cut))
        }
        if event.isNamed("error") || view.value("error") != nil {
            return sink.take(.failure(ProviderError(event: view)))
        }
        shape = Shape()
        readChunk(view, &sink)
        if shape.texts == 1, shape.others == 0, hasStarted { template.learn(data, text: shape.text) }
    }

    private static func isDone(_ data: ByteBuffer) -> Bool {
        data.readableBytes >= 6 && data.readableBytesView.prefix(6).elementsEqual("[DONE]".utf8)
    }

    /// The terminal event came, with a reason to finish before it or not: see `StreamTranslator.finish(into:)`.
    private mutating func end<Sink: AnswerEventSink>(_ sink: inout Sink) {
        if !isFinished {
            guard hasContent, calls.isEmpty || lastArguments.isWhole else { return sink.take(.broken(.cut)) }
            sink.take(.finish(AnswerFinish(hasCalls: !calls.isEmpty)))
        }
        sink.take(.end)
    }

    private mutating func readChunk<Sink: AnswerEventSink>(_ view: JSONView, _ sink: inout Sink) {
        var choices: JSONView?
        var usage: JSONView?
        for (name, value) in view.members {
            switch name {
            case "choices": choices = value
            case "usage":
                usage = value
                if !value.isNull { shape.others += 1 }
            case "id": if answerID == nil { answerID = value.text.flatMap { $0.isEmpty ? nil : $0 } }
            default: continue
            }
        }
        for choice in choices?.elements ?? JSONElements(view) {
            guard choice.value("index")?.count ?? 0 == 0 else {
                dropped.insert("choices[1...]")
                shape.others += 1
                continue
            }
            if !hasStarted {
                hasStarted = true
                shape.others += 1
                sink.take(.start(id: answerID))
            }
            readChoice(choice, &sink)
        }
        if let usage, usage.kind == .object, let tokens = AnswerTokens(openAI: usage) { sink.take(.tokens(tokens)) }
    }

    private mutating func readChoice<Sink: AnswerEventSink>(_ choice: JSONView, _ sink: inout Sink) {
        for (name, value) in choice.members where !value.isNull {
            switch name {
            case "delta": readDelta(value, &sink)
            case "logprobs": if !value.isEmptyValue { dropped.insert("logprobs") }
            case "index", "finish_reason": continue
            default: if !value.isEmptyValue { dropped.insert("choices[]." + name.string) }
            }
        }
        guard let reason = choice.value("finish_reason")?.text, !reason.isEmpty else { return }
        isFinished = true
        shape.others += 1
        sink.take(.finish(AnswerFinish(openAI: reason, hasCalls: !calls.isEmpty)))
    }

    private mutating func readDelta<Sink: AnswerEventSink>(_ delta: JSONView, _ sink: inout Sink) {
        var hasThoughts = false
        for (name, value) in delta.members where !value.isEmptyValue {
            if name.equals("content"), let text = value.text {
                shape.texts += 1
                hasContent = true
                shape.text = value.offset + 1..<value.offset + value.bytes.readableBytes - 1
                sink.take(.text(text))
                continue
            }
            shape.others += 1
            switch name {
            case "role": shape.others -= 1
            case "refusal":
                guard let text = value.text else { continue }
                hasContent = true
                sink.take(.refusal(text))
            case "content": readParts(value, &sink)
            case "reasoning_content", "reasoning":
                // Some servers send the same thoughts under both names.
                if !hasThoughts, let text = value.text { sink.take(.thinking(text)) }
                hasThoughts = true
            case "thinking_blocks": readThoughts(value, &sink)
            case "annotations": readAnnotations(value, &sink)
            case "images":
                for image in OpenAIAnswers.readImages(value) { sink.take(.image(image)) }
                hasContent = true
            case "tool_calls": for call in value.elements { readCall(call, &sink) }
            default: dropped.insert("delta." + name.string)
            }
        }
    }

    /// Content in parts, as Mistral's thinking models have it.
    private mutating func readParts<Sink: AnswerEventSink>(_ value: JSONView, _ sink: inout Sink) {
        for part in OpenAIAnswers.readParts(value, as: "delta.content[]", &dropped) {
            switch part.content {
            case .text(let text):
                hasContent = true
                sink.take(.text(text))
            case .thinking(let text, _): sink.take(.thinking(text))
            default: continue
            }
        }
    }

    private mutating func readAnnotations<Sink: AnswerEventSink>(_ value: JSONView, _ sink: inout Sink) {
        for citation in OpenAIAnswers.readAnnotations(value, &dropped) {
            citations += 1
            guard citations <= WireLimits.answerCitations else { return dropped.insert("delta.annotations") }
            sink.take(.citation(citation))
        }
    }

    private func readThoughts<Sink: AnswerEventSink>(_ value: JSONView, _ sink: inout Sink) {
        for part in OpenAIAnswers.readThoughts(value) {
            switch part.content {
            case .thinking(_, let signature?): sink.take(.signature(signature))
            case .redactedThinking(let data): sink.take(.redactedThinking(data))
            default: continue
            }
        }
    }

    private mutating func readCall<Sink: AnswerEventSink>(_ view: JSONView, _ sink: inout Sink) {
        let function = view.value("function")
        let index = view.value("index")?.count
        let id = view.value("id")?.text.flatMap { $0.isEmpty ? nil : $0 }
        let name = function?.value("name")?.text.flatMap { $0.isEmpty ? nil : $0 }
        guard let call = known(index, id, name) ?? begin(index, id, name, &sink) else { return }
        if let text = function?.value("arguments")?.text, !text.isEmpty {
            if call == calls.count - 1 { lastArguments.read(text) }
            sink.take(.toolArguments(call, text))
        }
    }

    /// The call that a piece belongs to; nil if it begins one. Some servers number no calls, or all alike: there a
    /// name with another id begins one.
    private func known(_ index: Int64?, _ id: JSONText?, _ name: JSONText?) -> Int? {
        guard let index else { return name == nil && !calls.isEmpty ? calls.count - 1 : nil }
        guard let call = calls.lastIndex(where: { $0.index == index }) else { return nil }
        return name != nil && id != nil && calls[call].id != id ? nil : call
    }

    private mutating func begin<Sink: AnswerEventSink>(
        _ index: Int64?, _ id: JSONText?, _ name: JSONText?, _ sink: inout Sink
    ) -> Int? {
        guard calls.count < WireLimits.answerToolCalls, let name else {
            dropped.insert("delta.tool_calls[]")
            return nil
        }
        let id = id ?? OpenAIToolCalls.makeID(answerID, calls.count)
        calls.append((index, id))
        hasContent = true
        lastArguments = ArgumentsEnd()
        sink.take(.toolCall(calls.count - 1, id: id, name: name))
        return calls.count - 1
    }
}
