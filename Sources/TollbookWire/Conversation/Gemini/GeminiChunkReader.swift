internal import NIOCore

/// Reads the chunks of a Gemini stream, each of which looks like a whole answer.
///
/// Nothing ends such a stream but the end of its body, so that the end is told then: `finish(into:)`.
struct GeminiChunkReader: Sendable {
    private var answerID: JSONText?
    private var hasStarted = false
    private var toolCalls = 0
    private var tokens: AnswerTokens?
    /// How the answer ended; a later chunk may tell more, such as a blocked prompt.
    private var finish: AnswerFinish?
    /// The sources that were told last; later ones repeat those before.
    private var sources: [Citation] = []
    /// Whether bytes of the texts so far are characters.
    private var isASCII = true
    private(set) var dropped = FieldNames()

    /// Whether a reason to finish came.
    var isFinished: Bool { finish != nil }

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
        if event.isNamed("error") || view.value("error") != nil {
            return sink.take(.failure(ProviderError(event: view)))
        }
        readChunk(view, &sink)
    }

    /// The stream ended behind a reason to finish.
    mutating func end<Sink: AnswerEventSink>(into sink: inout Sink) {
        if let tokens { sink.take(.tokens(tokens)) }
        for citation in sources.prefix(WireLimits.answerCitations) { sink.take(.citation(citation)) }
        if sources.count > WireLimits.answerCitations { dropped.insert("candidates[].groundingMetadata") }
        if let finish { sink.take(.finish(finish)) }
        sink.take(.end)
    }

    private mutating func readChunk<Sink: AnswerEventSink>(_ view: JSONView, _ sink: inout Sink) {
        if answerID == nil { answerID = view.value("responseId")?.text }
        if !hasStarted {
            hasStarted = true
            sink.take(.start(id: answerID))
        }
        if let usage = view.value("usageMetadata"), let tokens = AnswerTokens(gemini: usage) { self.tokens = tokens }
        for candidate in view.value("candidates")?.elements ?? JSONView.noElements {
            guard candidate.value("index")?.count ?? 0 == 0 else {
                dropped.insert("candidates[1...]")
                continue
            }
            for part in candidate.value("content")?.value("parts")?.elements ?? JSONView.noElements {
                readPart(part, &sink)
            }
            GeminiParts.noteOthers(of: candidate, &dropped)
            let found = Citation.read(gemini: candidate, countsBytes: isASCII)
            if !found.isEmpty { sources = found }
            if let finish = GeminiParts.finish(of: candidate, hasCalls: toolCalls > 0) {
                self.finish = finish
            }
        }
        if let block = GeminiParts.block(of: view) { finish = block }
    }

    private mutating func readPart<Sink: AnswerEventSink>(_ part: JSONView, _ sink: inout Sink) {
        guard let read = GeminiParts.read(part, answerID: answerID, calls: toolCalls, &dropped) else { return }
        if let signature = read.signature { sink.take(.partSignature(signature)) }
        switch read.content {
        case .text(let text):
            guard !text.isEmpty else { return }
            isASCII = isASCII && text.isASCII
            sink.take(.text(text))
        case .image(let media): sink.take(.image(media))
        case .thinking(let text, _): if !text.isEmpty { sink.take(.thinking(text)) }
        case .toolCall(let call):
            sink.take(.toolCall(toolCalls, id: call.id, name: call.name))
            sink.take(.toolArguments(toolCalls, call.argumentsText))
            sink.take(.toolCallEnd(toolCalls))
            toolCalls += 1
        default: return
        }
    }
}
