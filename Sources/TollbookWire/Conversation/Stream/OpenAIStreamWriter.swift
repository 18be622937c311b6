internal import NIOCore

/// Writes an answer's steps as OpenAI chat chunks.
struct OpenAIStreamWriter: AnswerStreamWriter {
    var output = ByteBuffer()
    private(set) var ending: StreamEnding?

    private let context: AnswerContext
    /// What every chunk begins and ends with; made when the id is known.
    private var prefix = ByteBuffer()
    private var suffix = ByteBuffer()
    private var hasStarted = false
    private var hasFinished = false
    private var tokens: AnswerTokens?
    /// Gemini's signature of the text or call that comes next.
    private var partSignature: JSONText?
    /// The call that is streamed and has no argument yet.
    private var callWithoutArguments: Int?
    /// Pictures so far.
    private var images = 0

    init(_ context: AnswerContext) {
        self.context = context
    }

    mutating func take(_ event: ConversationEvent) {
        switch event {
        case .start(let id): start(id)
        case .text(let text): say(text)
        case .refusal(let text): delta("refusal", text)
        case .thinking(let text): delta("reasoning_content", text)
        case .signature(let text): delta { $0.thought("thinking", ("thinking", JSONText("")), ("signature", text)) }
        case .redactedThinking(let data): delta { $0.thought("redacted_thinking", ("data", data), nil) }
        case .partSignature(let text): partSignature = text
        case .citation(let citation): delta { $0.annotation(citation) }
        case .image(let media):
            guard let url = media.url else { return }
            let index = images
            images += 1
            delta { $0.image(url, index) }
        case .toolCall(let index, let id, let name):
            callWithoutArguments = index
            let signature = takePartSignature()
            delta { $0.call(index, id, name, signature) }
        case .toolArguments(let index, let text):
            callWithoutArguments = nil
            delta { $0.arguments(index, text) }
        case .toolCallEnd(let index):
            // No arguments are an empty object, and an empty text is no JSON.
            guard callWithoutArguments == index else { return }
            callWithoutArguments = nil
            delta { $0.arguments(index, JSONText("{}")) }
        case .finish(let finish): self.finish(finish)
        case .tokens(let tokens): self.tokens = tokens
        case .comment(let comment): output.writeImmutableBuffer(comment)
        case .ping: output.writeStaticString(": ping\n\n")
        case .failure(let error): ending = .failure(error)
        case .broken(let fault): ending = .broken(fault)
        case .end: if ending == nil { end() }
        }
    }

    private mutating func start(_ id: JSONText?) {
        guard !hasStarted else { return }
        hasStarted = true
        // One object without its closing brace, and what closes it: `choices` and `usage` go between.
        var json = JSONWriter(buffer: ByteBuffer(string: "data: "))
        json.object { json in
            json.member("id", context.answerID(id, in: .openAIChat))
            json.name("object")
            json.value("chat.completion.chunk")
            json.name("created")
            json.value(context.createdSeconds)
            json.name("model")
            json.value(context.model)
        }
        prefix = json.buffer
        prefix.moveWriterIndex(to: prefix.writerIndex - 1)
        suffix = ByteBuffer(staticString: #"},"logprobs":null,"finish_reason":null}]"#)
        suffix.writeStaticString(context.includesUsage ? ",\"usage\":null}\n\n" : "}\n\n")
        delta { $0.writeStaticString(#""role":"assistant","content":"","refusal":null"#) }
    }

    private mutating func say(_ text: JSONText) {
        delta("content", text)
        if partSignature != nil { signMessage() }
    }

    /// Tells the signature of the message's text, as Google's own endpoint for OpenAI's clients does.
    private mutating func signMessage() {
        guard let signature = takePartSignature() else { return }
        delta { $0.extraContent(signature) }
    }

    private mutating func takePartSignature() -> JSONText? {
        defer { partSignature = nil }
        return partSignature
    }

    private mutating func delta(_ name: StaticString, _ text: JSONText) {
        delta { output in
            output.writeStaticString("\"")
            output.writeStaticString(name)
            output.writeStaticString("\":\"")
            output.writeImmutableBuffer(text.escaped)
            output.writeStaticString("\"")
        }
    }

    @inline(__always)
    private mutating func delta(_ members: (inout ByteBuffer) -> Void) {
        if !hasStarted { start(nil) }
        output.writeImmutableBuffer(prefix)
        output.writeStaticString(#","choices":[{"index":0,"delta":{"#)
        members(&output)
        output.writeImmutableBuffer(suffix)
    }

    private mutating func finish(_ finish: AnswerFinish) {
        guard !hasFinished else { return }
        if let error = finish.failure(in: .openAIChat) {
            ending = .failure(error)
            return
        }
        if case .refusal(let explanation) = finish, let explanation, !explanation.isEmpty {
            delta("refusal", explanation)
        }
        signMessage()
        hasFinished = true
        if !hasStarted { start(nil) }
        output.writeImmutableBuffer(prefix)
        output.writeStaticString(#","choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":""#)
        output.writeString(finish.openAI)
        output.writeStaticString(context.includesUsage ? "\"}],\"usage\":null}\n\n" : "\"}]}\n\n")
    }

    private mutating func end() {
        if !hasFinished { finish(.stop) }
        if context.includesUsage, let tokens {
            output.writeImmutableBuffer(prefix)
            output.writeStaticString(#","choices":[],"usage":"#)
            var json = JSONWriter()
            tokens.writeOpenAI(&json)
            output.writeImmutableBuffer(json.buffer)
            output.writeStaticString("}\n\n")
        }
        ending = .complete(ByteBuffer(staticString: "data: [DONE]\n\n"))
    }
}

/// Members of a chunk's delta.
extension ByteBuffer {
    fileprivate mutating func string(_ text: JSONText) {
        writeStaticString("\"")
        writeImmutableBuffer(text.escaped)
        writeStaticString("\"")
    }

    /// Google's extension: https://ai.google.dev/gemini-api/docs/thought-signatures#openai
    fileprivate mutating func extraContent(_ signature: JSONText) {
        writeStaticString(#""extra_content":{"google":{"thought_signature":"#)
        string(signature)
        writeStaticString("}}")
    }

    fileprivate mutating func call(_ index: Int, _ id: JSONText, _ name: JSONText, _ signature: JSONText?) {
        writeStaticString(#""tool_calls":[{"index":"#)
        writeString(String(index))
        writeStaticString(#","id":"#)
        string(id)
        writeStaticString(#","type":"function","function":{"name":"#)
        string(name)
        writeStaticString(#","arguments":""}"#)
        if let signature {
            writeStaticString(",")
            extraContent(signature)
        }
        writeStaticString("}]")
    }

    fileprivate mutating func annotation(_ citation: Citation) {
        writeStaticString(#""annotations":["#)
        var json = JSONWriter()
        citation.writeOpenAI(&json, isNested: true)
        writeImmutableBuffer(json.buffer)
        writeStaticString("]")
    }

    /// An extension of the dialect that several servers share.
    fileprivate mutating func image(_ url: JSONText, _ index: Int) {
        writeStaticString(#""images":["#)
        var json = JSONWriter()
        OpenAIAnswers.writeImage(url, index: index, &json)
        writeImmutableBuffer(json.buffer)
        writeStaticString("]")
    }

    fileprivate mutating func arguments(_ index: Int, _ text: JSONText) {
        writeStaticString(#""tool_calls":[{"index":"#)
        writeString(String(index))
        writeStaticString(#","function":{"arguments":"#)
        string(text)
        writeStaticString("}}]")
    }

    fileprivate mutating func thought(
        _ type: StaticString, _ first: (StaticString, JSONText), _ second: (StaticString, JSONText)?
    ) {
        writeStaticString(#""thinking_blocks":[{"type":""#)
        writeStaticString(type)
        writeStaticString("\"")
        for (name, text) in [first, second].compactMap({ $0 }) {
            writeStaticString(",\"")
            writeStaticString(name)
            writeStaticString("\":")
            string(text)
        }
        writeStaticString("}]")
    }
}
