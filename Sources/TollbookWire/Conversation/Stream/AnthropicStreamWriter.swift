internal import NIOCore

/// Writes an answer's steps as events of Anthropic's messages dialect.
struct AnthropicStreamWriter: AnswerStreamWriter {
    /// The block that is streamed.
    private enum Open: Equatable {
        case none, text, thinking
        case tool(Int)
    }

    var output = ByteBuffer()
    private(set) var ending: StreamEnding?

    private let context: AnswerContext
    private var hasStarted = false
    private var open = Open.none
    /// Blocks begun.
    private var blocks = 0
    /// The block of each tool call.
    private var callBlocks: [Int] = []
    private var finish: AnswerFinish?
    private var hasRefused = false
    private var tokens = AnswerTokens()
    /// Set when a citation came and no text was open.
    private(set) var untold: AnswerField?

    init(_ context: AnswerContext) {
        self.context = context
    }

    mutating func take(_ event: ConversationEvent) {
        switch event {
        case .start(let id): start(id)
        case .text(let text): write(text, in: .text, "text_delta", "text")
        case .refusal(let text):
            hasRefused = true
            write(text, in: .text, "text_delta", "text")
        case .thinking(let text): write(text, in: .thinking, "thinking_delta", "thinking")
        case .signature(let text):
            write(text, in: .thinking, "signature_delta", "signature")
            // A signature is a block's last word: thoughts after it are others.
            close()
        case .partSignature(let text): take(.signature(GeminiSignature.marked(text)))
        case .redactedThinking(let data):
            close()
            openBlock { json in
                json.member("type", JSONText("redacted_thinking"))
                json.member("data", data)
            }
            stopBlock()
        case .citation(let citation): cite(citation)
        // Left out by rule.
        case .image: return
        case .toolCall(_, let id, let name): beginCall(id, name)
        case .toolArguments(let call, let text): writeArguments(call, text)
        case .toolCallEnd: close()
        case .finish(let finish):
            if let error = finish.failure(in: .anthropicMessages) { ending = .failure(error) }
            if self.finish == nil { self.finish = finish }
        case .tokens(let tokens): self.tokens = tokens
        case .comment(let comment): output.writeImmutableBuffer(comment)
        case .ping: self.event("ping") { _ in }
        case .failure(let error): ending = .failure(error)
        case .broken(let fault): ending = .broken(fault)
        case .end: if ending == nil { end() }
        }
    }

    // MARK: Events

    /// Writes an event; its data begins with the type.
    private mutating func event(_ type: StaticString, _ members: (inout JSONWriter) -> Void) {
        output.writeStaticString("event: ")
        output.writeStaticString(type)
        output.writeStaticString("\ndata: ")
        var buffer = ByteBuffer()
        swap(&buffer, &output)
        var json = JSONWriter(buffer: buffer)
        buffer = ByteBuffer()
        json.object { json in
            json.name("type")
            json.value("\(type)")
            members(&json)
        }
        output = json.buffer
        output.writeStaticString("\n\n")
    }

    private mutating func start(_ id: JSONText?) {
        guard !hasStarted else { return }
        hasStarted = true
        let context = context
        // The prompt's tokens are told at the end: OpenAI says them no earlier.
        event("message_start") { json in
            json.name("message")
            json.object { json in
                json.member("id", context.answerID(id, in: .anthropicMessages))
                json.member("type", JSONText("message"))
                json.member("role", JSONText("assistant"))
                json.name("model")
                json.value(context.model)
                json.name("content")
                json.array { _ in }
                json.name("stop_reason")
                json.null()
                json.name("stop_sequence")
                json.null()
                json.name("usage")
                AnswerTokens().writeAnthropic(&json)
            }
        }
    }

    private mutating func openBlock(_ members: (inout JSONWriter) -> Void) {
        if !hasStarted { start(nil) }
        let index = Int64(blocks)
        blocks += 1
        event("content_block_start") { json in
            json.name("index")
            json.value(index)
            json.name("content_block")
            json.object(members)
        }
    }

    private mutating func stopBlock() {
        let index = Int64(blocks - 1)
        event("content_block_stop") { json in
            json.name("index")
            json.value(index)
        }
    }

    private mutating func close() {
        guard open != .none else { return }
        open = .none
        stopBlock()
    }

    private mutating func delta(_ index: Int, _ type: StaticString, _ name: StaticString, _ text: JSONText) {
        output.writeStaticString("event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":")
        output.writeString(String(index))
        output.writeStaticString(",\"delta\":{\"type\":\"")
        output.writeStaticString(type)
        output.writeStaticString("\",\"")
        output.writeStaticString(name)
        output.writeStaticString("\":\"")
        output.writeImmutableBuffer(text.escaped)
        output.writeStaticString("\"}}\n\n")
    }

    /// Writes a delta of text or thoughts, in the open block or a new one.
    private mutating func write(_ text: JSONText, in kind: Open, _ type: StaticString, _ name: StaticString) {
        if open != kind {
            close()
            openBlock { json in
                json.member("type", JSONText(kind == .text ? "text" : "thinking"))
                json.member(kind == .text ? "text" : "thinking", JSONText(""))
                if kind == .thinking { json.member("signature", JSONText("")) }
            }
            open = kind
        }
        delta(blocks - 1, type, name, text)
    }

    /// Citations belong to a text, and an empty one cannot be sent back.
    private mutating func cite(_ citation: Citation) {
        guard open == .text else {
            untold = .citations
            return
        }
        let index = Int64(blocks - 1)
        event("content_block_delta") { json in
            json.name("index")
            json.value(index)
            json.name("delta")
            json.object { json in
                json.member("type", JSONText("citations_delta"))
                json.name("citation")
                citation.writeAnthropic(&json)
            }
        }
    }

    // MARK: Tool calls

    private mutating func beginCall(_ id: JSONText, _ name: JSONText) {
        close()
        callBlocks.append(blocks)
        openBlock { json in
            json.member("type", JSONText("tool_use"))
            json.member("id", id)
            json.member("name", name)
            json.name("input")
            json.object { _ in }
        }
        open = .tool(callBlocks.count - 1)
    }

    /// Calls come one after the other: see `CallSequence`.
    private mutating func writeArguments(_ call: Int, _ text: JSONText) {
        guard callBlocks.indices.contains(call) else { return }
        delta(callBlocks[call], "input_json_delta", "partial_json", text)
    }

    // MARK: End

    private mutating func end() {
        if !hasStarted { start(nil) }
        close()
        let finish = hasRefused ? AnswerFinish.refusal(nil) : self.finish ?? .stop
        let tokens = tokens
        event("message_delta") { json in
            json.name("delta")
            json.object { AnthropicAnswers.writeFinish(finish, &$0) }
            json.name("usage")
            tokens.writeAnthropic(&json)
        }
        ending = .complete(ByteBuffer(staticString: "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"))
    }
}
