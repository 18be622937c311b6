internal import NIOCore

/// Writes an answer's steps as chunks of a Gemini stream: events, or the elements of a JSON array.
///
/// A call of a tool is one part there, so that its arguments are kept until they are whole, up to
/// `WireLimits.repeatedAnswerBytes` for all of an answer's; calls past that are left out, and the answer ends with
/// `MALFORMED_FUNCTION_CALL`. The last chunk has the reason to finish and the usage.
struct GeminiChunkWriter: AnswerStreamWriter {
    private struct Call {
        let id: JSONText
        let name: JSONText
        var arguments = JSONText("")
        var isWritten = false
    }

    var output = ByteBuffer()
    private(set) var ending: StreamEnding?

    private let context: AnswerContext
    private var id: JSONText?
    private var hasWritten = false
    private var calls: [Call] = []
    private var keptBytes = 0
    private var isCut = false
    private var finish: AnswerFinish?
    private var hasRefused = false
    private var tokens: AnswerTokens?
    /// For the last chunk.
    private var citations: [Citation] = []
    /// Set when there were too many citations.
    private(set) var untold: AnswerField?

    init(_ context: AnswerContext) {
        self.context = context
    }

    mutating func take(_ event: ConversationEvent) {
        switch event {
        case .start(let id): if self.id == nil { self.id = context.answerID(id, in: .gemini) }
        case .text(let text): chunk { $0.object { $0.member("text", text) } }
        case .refusal(let text):
            hasRefused = true
            chunk { $0.object { $0.member("text", text) } }
        case .thinking(let text): chunk { GeminiAnswers.writeThought(text, .foreign, &$0) }
        case .signature(let text): chunk { GeminiAnswers.writeThought(JSONText(""), .signature(text), &$0) }
        case .redactedThinking(let data): chunk { GeminiAnswers.writeThought(JSONText(""), .redacted(data), &$0) }
        // Gemini's own answers go to its callers as they are.
        case .partSignature: return
        case .citation(let citation):
            if citations.count < WireLimits.answerCitations { citations.append(citation) } else { untold = .citations }
        case .image(let media): chunk { GeminiAnswers.writeImage(media, &$0) }
        case .toolCall(_, let id, let name): calls.append(Call(id: id, name: name))
        case .toolArguments(let call, let text): keep(text, of: call)
        case .toolCallEnd(let call): write(call)
        case .finish(let finish): if self.finish == nil { self.finish = finish }
        case .tokens(let tokens): self.tokens = tokens
        // An array has no place for them, and Google's SDKs take a comment for broken JSON.
        case .comment, .ping: return
        case .failure(let error): ending = .failure(error)
        case .broken(let fault): ending = .broken(fault)
        case .end: end()
        }
    }

    /// The last chunk of an answer that the provider gave up.
    mutating func failed(_ error: ProviderError) -> ByteBuffer {
        guard context.isArray else { return error.event(in: .gemini) }
        var json = begun(ByteBuffer())
        json.writeImmutableBuffer(error.body(in: .gemini))
        json.writeStaticString("]")
        return json
    }

    // MARK: Chunks

    private mutating func chunk(_ parts: (inout JSONWriter) -> Void) {
        var buffer = ByteBuffer()
        swap(&buffer, &output)
        output = written(begun(buffer), finish: nil, parts)
        hasWritten = true
        if !context.isArray { output.writeStaticString("\n\n") }
    }

    /// Where a chunk begins.
    private func begun(_ buffer: ByteBuffer) -> ByteBuffer {
        var buffer = buffer
        if context.isArray {
            buffer.writeStaticString(hasWritten ? "\n,\n" : "[")
        } else {
            buffer.writeStaticString("data: ")
        }
        return buffer
    }

    private func written(
        _ buffer: ByteBuffer, finish: AnswerFinish?, _ parts: (inout JSONWriter) -> Void
    ) -> ByteBuffer {
        var json = JSONWriter(buffer: buffer)
        json.object { json in
            GeminiAnswers.writeCandidate(
                &json, finish: finish, isCallLost: finish != nil && isCut, citations: finish == nil ? [] : citations,
                parts: parts)
            if finish != nil { GeminiAnswers.writeUsage(tokens, tier: nil, &json) }
            json.name("modelVersion")
            json.value(context.model)
            json.member("responseId", id ?? context.answerID(nil, in: .gemini))
        }
        return json.buffer
    }

    // MARK: Tool calls

    private mutating func keep(_ text: JSONText, of call: Int) {
        guard calls.indices.contains(call), !calls[call].isWritten else { return }
        keptBytes += text.escaped.readableBytes
        guard keptBytes <= WireLimits.repeatedAnswerBytes else {
            isCut = true
            calls[call].isWritten = true
            return
        }
        calls[call].arguments.append(text)
    }

    private mutating func write(_ call: Int) {
        guard calls.indices.contains(call), !calls[call].isWritten else { return }
        calls[call].isWritten = true
        let whole = ConversationToolCall(
            id: calls[call].id, name: calls[call].name, arguments: .text(calls[call].arguments))
        calls[call].arguments = JSONText("")
        chunk { GeminiAnswers.writeCall(whole, &$0) }
    }

    // MARK: End

    private mutating func end() {
        for call in calls.indices { write(call) }
        let finish = hasRefused ? AnswerFinish.refusal(nil) : self.finish ?? .stop
        var last = written(begun(ByteBuffer()), finish: finish) { $0.object { $0.member("text", JSONText("")) } }
        last.writeStaticString(context.isArray ? "]" : "\n\n")
        ending = .complete(last)
    }
}
