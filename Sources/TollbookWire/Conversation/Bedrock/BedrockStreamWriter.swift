internal import NIOCore

/// Writes an answer's steps as messages of a stream of Bedrock's Converse.
struct BedrockStreamWriter: AnswerStreamWriter {
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
    /// Room for a delta's payload.
    private var payload = ByteBuffer()

    init(_ context: AnswerContext) {
        self.context = context
    }

    mutating func take(_ event: ConversationEvent) {
        switch event {
        case .start: start()
        case .text(let text): say(text)
        case .refusal(let text):
            hasRefused = true
            say(text)
        case .thinking(let text):
            begin(.thinking)
            delta(blocks - 1, #""reasoningContent":{"text":""#, text, #""}"#)
        case .signature(let text):
            begin(.thinking)
            delta(blocks - 1, #""reasoningContent":{"signature":""#, text, #""}"#)
            // A signature is a block's last word: thoughts after it are others.
            close()
        case .partSignature(let text): take(.signature(GeminiSignature.marked(text)))
        case .redactedThinking(let data):
            close()
            beginBlock()
            let bytes = JSONText(escaped: Base64.encode(data.unescaped))
            delta(blocks - 1, #""reasoningContent":{"redactedContent":""#, bytes, #""}"#)
            stopBlock()
        // Left out by rule.
        case .citation: return
        case .image(let media): writeImage(media)
        case .toolCall(_, let id, let name): beginCall(id, name)
        case .toolArguments(let call, let text): writeArguments(call, text)
        case .toolCallEnd: close()
        case .finish(let finish):
            if let error = finish.failure(in: .bedrockConverse) { ending = .failure(error) }
            if self.finish == nil { self.finish = finish }
        case .tokens(let tokens): self.tokens = tokens
        // These streams have no keep-alives.
        case .comment, .ping: return
        case .failure(let error): ending = .failure(error)
        case .broken(let fault): ending = .broken(fault)
        case .end: if ending == nil { end() }
        }
    }

    // MARK: Events

    private static func headers(_ type: String) -> ByteBuffer {
        EventStreamWriter.encoded([
            EventStreamHeader(":event-type", .string(type)),
            EventStreamHeader(":content-type", .string("application/json")),
            EventStreamHeader(":message-type", .string("event")),
        ])
    }

    private static let deltaHeaders = headers("contentBlockDelta")

    private mutating func event(_ type: String, _ members: (inout JSONWriter) -> Void) {
        Self.write(type, members, to: &output)
    }

    private static func write(
        _ type: String, _ members: (inout JSONWriter) -> Void, to buffer: inout ByteBuffer
    ) {
        var json = JSONWriter()
        json.object(members)
        EventStreamWriter.append(headers(type), payload: json.buffer, to: &buffer)
    }

    private mutating func start() {
        guard !hasStarted else { return }
        hasStarted = true
        event("messageStart") { $0.member("role", JSONText("assistant")) }
    }

    private mutating func beginBlock() {
        start()
        blocks += 1
    }

    private mutating func stopBlock() {
        let index = Int64(blocks - 1)
        event("contentBlockStop") { json in
            json.name("contentBlockIndex")
            json.value(index)
        }
    }

    private mutating func close() {
        guard open != .none else { return }
        open = .none
        stopBlock()
    }

    /// Goes on in the open block, or in a new one: those of text and thoughts begin with their first piece.
    private mutating func begin(_ kind: Open) {
        guard open != kind else { return }
        close()
        beginBlock()
        open = kind
    }

    /// Writes a delta: one member whose text stands between its beginning and its end.
    private mutating func delta(_ index: Int, _ beginning: StaticString, _ text: JSONText, _ end: StaticString) {
        payload.clear()
        payload.writeStaticString(#"{"delta":{"#)
        payload.writeStaticString(beginning)
        payload.writeImmutableBuffer(text.escaped)
        payload.writeStaticString(end)
        payload.writeStaticString(#"},"contentBlockIndex":"#)
        payload.writeString(String(index))
        payload.writeStaticString("}")
        EventStreamWriter.append(Self.deltaHeaders, payload: payload, to: &output)
    }

    private mutating func say(_ text: JSONText) {
        begin(.text)
        delta(blocks - 1, #""text":""#, text, #"""#)
    }

    private mutating func writeImage(_ media: ConversationPart.Media) {
        guard case .base64(let data, let mediaType) = media, let format = BedrockFormat.image(mediaType) else { return }
        close()
        beginBlock()
        let index = Int64(blocks - 1)
        event("contentBlockStart") { json in
            json.name("start")
            json.object { json in
                json.name("image")
                json.object { $0.member("format", JSONText(format)) }
            }
            json.name("contentBlockIndex")
            json.value(index)
        }
        delta(blocks - 1, #""image":{"source":{"bytes":""#, data, #""}}"#)
        stopBlock()
    }

    // MARK: Tool calls

    private mutating func beginCall(_ id: JSONText, _ name: JSONText) {
        close()
        callBlocks.append(blocks)
        beginBlock()
        open = .tool(callBlocks.count - 1)
        let index = Int64(blocks - 1)
        event("contentBlockStart") { json in
            json.name("start")
            json.object { json in
                json.name("toolUse")
                json.object { json in
                    json.member("toolUseId", BedrockFormat.toolUseID(id))
                    json.member("name", name)
                }
            }
            json.name("contentBlockIndex")
            json.value(index)
        }
    }

    /// Calls come one after the other: see `CallSequence`.
    private mutating func writeArguments(_ call: Int, _ text: JSONText) {
        guard callBlocks.indices.contains(call) else { return }
        delta(callBlocks[call], #""toolUse":{"input":""#, text, #""}"#)
    }

    // MARK: End

    private mutating func end() {
        start()
        close()
        let finish = hasRefused ? AnswerFinish.refusal(nil) : self.finish ?? .stop
        var terminal = ByteBuffer()
        Self.write(
            "messageStop",
            { json in
                json.name("stopReason")
                json.value(finish.bedrock)
            }, to: &terminal)
        Self.write("metadata", { BedrockAnswers.writeUsage(tokens, context, &$0) }, to: &terminal)
        ending = .complete(terminal)
    }
}
