internal import NIOCore

/// Writes an answer's steps as events of a streamed OpenAI response.
///
/// The dialect repeats a text when its part, its item and the response are done, so that what was said is kept for it,
/// up to `WireLimits.repeatedAnswerBytes`. What is past that is streamed and not repeated, and the response is told as
/// incomplete.
struct ResponsesStreamWriter: AnswerStreamWriter {
    var output = ByteBuffer()
    private(set) var ending: StreamEnding?
    /// The number of the next event.
    private(set) var sequenceNumber: Int64 = 0

    private let context: AnswerContext
    /// Made when the id is known.
    private var response: ResponseObject?
    /// The items that are done, by their place; nil: not yet, or past the limit.
    private var items: [ByteBuffer?] = []
    /// What is said or thought at the moment.
    private var open: OpenItem?
    /// Tool calls that are streamed, by their number; they may be side by side.
    private var calls: [OpenCall] = []
    /// Bytes kept so far.
    private var keptBytes = 0
    /// Whether something was not kept.
    private var isCut = false
    private var hasRefused = false
    private var finish: AnswerFinish?
    private var tokens: AnswerTokens?
    /// Characters of the texts before the open one, in which citations' places are counted.
    private var textLength = 0
    /// Bytes of pictures that are kept.
    private var imageBytes = 0
    /// Set when a citation came and no text was open.
    private(set) var untold: AnswerField?

    init(_ context: AnswerContext) {
        self.context = context
    }

    mutating func take(_ event: ConversationEvent) {
        switch event {
        case .start(let id): start(id)
        case .text(let text): say(text, .text)
        case .refusal(let text):
            hasRefused = true
            say(text, .refusal)
        case .thinking(let text): think(text)
        case .signature(let text):
            if open?.kind != .reasoning { beginItem(.reasoning) }
            open?.seal = .signature(text)
            // A signature is the last word of thoughts: those after it are others.
            close()
        case .partSignature(let text): take(.signature(GeminiSignature.marked(text)))
        case .redactedThinking(let data):
            close()
            beginItem(.reasoning)
            open?.seal = .redacted(data)
            close()
        case .citation(let citation): cite(citation)
        case .image(let media): writeImage(media)
        case .toolCall(_, let id, let name): beginCall(id, name)
        case .toolArguments(let call, let text): continueCall(call, text)
        case .toolCallEnd(let call): endCall(call)
        case .finish(let finish):
            if let error = finish.failure(in: .openAIResponses) { ending = .failure(error) }
            if self.finish == nil { self.finish = finish }
        case .tokens(let tokens): self.tokens = tokens
        case .comment(let comment): output.writeImmutableBuffer(comment)
        case .ping: output.writeStaticString(": ping\n\n")
        case .failure(let error): ending = .failure(error)
        case .broken(let fault): ending = .broken(fault)
        case .end: if ending == nil { end() }
        }
    }

    /// The last event of a response that the provider gave up.
    mutating func failed(_ error: ProviderError) -> ByteBuffer {
        let response = started()
        let items = items
        let tokens = tokens
        return writing { writer in
            writer.event("response.failed") { json in
                json.name("response")
                response.write(&json, .failed, tokens: tokens, error: error) { Self.write(items, &$0) }
            }
        }
    }

    // MARK: Events

    /// Writes an event with the members that the closure writes after its type and number.
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
            json.name("sequence_number")
            json.value(sequenceNumber)
            members(&json)
        }
        output = json.buffer
        output.writeStaticString("\n\n")
        sequenceNumber += 1
    }

    /// What is written meanwhile, kept apart from the output.
    private mutating func writing(_ body: (inout ResponsesStreamWriter) -> Void) -> ByteBuffer {
        var apart = ByteBuffer()
        swap(&apart, &output)
        body(&self)
        swap(&apart, &output)
        return apart
    }

    /// A delta: the members that stay the same, the text, the number.
    private mutating func delta(_ prefix: ByteBuffer, _ text: JSONText) {
        output.writeImmutableBuffer(prefix)
        output.writeImmutableBuffer(text.escaped)
        output.writeStaticString("\",\"sequence_number\":")
        output.writeString(String(sequenceNumber))
        output.writeStaticString("}\n\n")
        sequenceNumber += 1
    }

    private mutating func start(_ id: JSONText?) {
        guard response == nil else { return }
        let response = ResponseObject(id, context)
        self.response = response
        for type in ["response.created", "response.in_progress"] as [StaticString] {
            event(type) { json in
                json.name("response")
                response.write(&json, .inProgress) { _ in }
            }
        }
    }

    private mutating func started() -> ResponseObject {
        if response == nil { start(nil) }
        return response ?? ResponseObject(nil, context)
    }

    // MARK: Text and thoughts

    private mutating func say(_ text: JSONText, _ part: OpenItem.Part) {
        if open?.kind != .message { beginItem(.message) }
        if open?.part != part {
            endPart()
            beginPart(part)
        }
        addToPart(text)
    }

    private mutating func think(_ text: JSONText) {
        if open?.kind != .reasoning { beginItem(.reasoning) }
        if open?.part == nil { beginPart(.summary) }
        addToPart(text)
    }

    private mutating func addToPart(_ text: JSONText) {
        guard let prefix = open?.deltaPrefix else { return }
        if keeps(text.escaped.readableBytes) { open?.text.append(text) }
        delta(prefix, text)
    }

    /// Whether there is room to keep so many bytes more; nothing is kept behind what was not.
    private mutating func keeps(_ count: Int) -> Bool {
        guard !isCut, keptBytes + count <= WireLimits.repeatedAnswerBytes else {
            isCut = true
            return false
        }
        keptBytes += count
        return true
    }

    private mutating func beginItem(_ kind: OpenItem.Kind) {
        close()
        let response = started()
        let index = items.count
        items.append(nil)
        let id = response.itemID(kind == .message ? "msg_" : "rs_", index)
        let item = OpenItem(kind, id, index, isKept: keeps(WireLimits.repeatedItemBytes))
        open = item
        event("response.output_item.added") { json in
            item.writeIndex(&json)
            json.name("item")
            switch kind {
            case .message: ResponseItems.message(item.id, "in_progress", &json) { _ in }
            case .reasoning: ResponseItems.reasoning(item.id, nil, .foreign, &json)
            }
        }
    }

    private mutating func beginPart(_ part: OpenItem.Part) {
        guard var item = open else { return }
        item.begin(part)
        open = item
        event(part == .summary ? "response.reasoning_summary_part.added" : "response.content_part.added") { json in
            item.writePlace(&json)
            json.name("part")
            OpenItem.write(JSONText(""), as: part, &json)
        }
    }

    private mutating func endPart() {
        guard let item = open, let part = item.part else { return }
        event(part.doneType) { json in
            item.writePlace(&json)
            json.member(part == .refusal ? "refusal" : "text", item.text)
            if part == .text {
                json.name("logprobs")
                json.array { _ in }
            }
        }
        event(part == .summary ? "response.reasoning_summary_part.done" : "response.content_part.done") { json in
            item.writePlace(&json)
            json.name("part")
            OpenItem.write(item.text, as: part, annotations: item.annotations, &json)
        }
        if part == .text { textLength += item.text.scalarCount }
        open?.endPart()
    }

    /// Ends what is said or thought at the moment.
    private mutating func close(_ status: StaticString = "completed") {
        guard open != nil else { return }
        endPart()
        guard let item = open else { return }
        open = nil
        var json = JSONWriter()
        item.write(isCut ? "incomplete" : status, &json)
        endItem(item.index, json.buffer, isKept: item.isKept)
    }

    /// - Parameter item: the whole of it.
    private mutating func endItem(_ index: Int, _ item: ByteBuffer, isKept: Bool) {
        event("response.output_item.done") { json in
            json.name("output_index")
            json.value(Int64(index))
            json.name("item")
            json.raw(item)
        }
        if isKept { items[index] = item }
    }

    /// Citations belong to a text. Behind one that was not kept whole, places are not known.
    private mutating func cite(_ citation: Citation) {
        guard let item = open, item.part == .text, item.annotations.count < WireLimits.answerCitations else {
            untold = .citations
            return
        }
        var citation = citation
        if isCut { citation.place = nil }
        let annotation = citation.annotation(base: isCut ? 0 : textLength)
        event("response.output_text.annotation.added") { json in
            item.writePlace(&json)
            json.name("annotation_index")
            json.value(Int64(item.annotations.count))
            json.name("annotation")
            json.raw(annotation)
        }
        open?.annotations.append(annotation)
    }

    /// A picture is an item of its own, told whole; the last event repeats it up to `WireLimits.repeatedImageBytes`.
    private mutating func writeImage(_ media: ConversationPart.Media) {
        guard case .base64(let data, _) = media else { return }
        close()
        let response = started()
        let index = items.count
        items.append(nil)
        let id = response.itemID("ig_", index)
        event("response.output_item.added") { json in
            json.name("output_index")
            json.value(Int64(index))
            json.name("item")
            ResponseItems.image(id, "in_progress", nil, &json)
        }
        event("response.image_generation_call.completed") { json in
            json.member("item_id", id)
            json.name("output_index")
            json.value(Int64(index))
        }
        var json = JSONWriter()
        ResponseItems.image(id, "completed", data, &json)
        imageBytes += json.buffer.readableBytes
        endItem(index, json.buffer, isKept: imageBytes <= WireLimits.repeatedImageBytes)
    }

    // MARK: Tool calls

    private mutating func beginCall(_ id: JSONText, _ name: JSONText) {
        close()
        let response = started()
        let index = items.count
        items.append(nil)
        let names = id.escaped.readableBytes + name.escaped.readableBytes
        let call = OpenCall(
            response.itemID("fc_", index), index, callID: id, name: name,
            isKept: keeps(WireLimits.repeatedItemBytes + names))
        calls.append(call)
        event("response.output_item.added") { json in
            json.name("output_index")
            json.value(Int64(index))
            json.name("item")
            call.write("in_progress", &json)
        }
    }

    private mutating func continueCall(_ number: Int, _ text: JSONText) {
        guard calls.indices.contains(number), !calls[number].isDone else { return }
        if keeps(text.escaped.readableBytes) { calls[number].arguments.append(text) }
        calls[number].hasArguments = true
        delta(calls[number].deltaPrefix, text)
    }

    private mutating func endCall(_ number: Int, _ status: StaticString = "completed") {
        guard calls.indices.contains(number), !calls[number].isDone else { return }
        // No arguments are an empty object, and an empty text is no JSON.
        if !calls[number].hasArguments { continueCall(number, JSONText("{}")) }
        calls[number].isDone = true
        let call = calls[number]
        calls[number].arguments = JSONText("")
        event("response.function_call_arguments.done") { json in
            call.writePlace(&json)
            json.member("name", call.name)
            json.member("arguments", call.arguments)
        }
        var json = JSONWriter()
        call.write(isCut ? "incomplete" : status, &json)
        endItem(call.index, json.buffer, isKept: call.isKept)
    }

    // MARK: End

    private mutating func end() {
        let finish = finish ?? .stop
        if case .refusal(let explanation) = finish, let explanation, !explanation.isEmpty, !hasRefused {
            hasRefused = true
            say(explanation, .refusal)
        }
        let status: StaticString = finish == .length ? "incomplete" : "completed"
        close(status)
        for number in calls.indices { endCall(number, status) }
        let response = started()
        let items = items
        let tokens = tokens
        let ended = isCut ? .incomplete("max_output_tokens") : ResponseObject.Status(finish, hasRefused: hasRefused)
        let terminal = writing { writer in
            writer.event(ended.terminalType) { json in
                json.name("response")
                response.write(&json, ended, tokens: tokens) { Self.write(items, &$0) }
            }
        }
        ending = .complete(terminal)
    }

    private static func write(_ items: [ByteBuffer?], _ json: inout JSONWriter) {
        for case .some(let item) in items { json.raw(item) }
    }
}

extension ResponseObject.Status {
    /// The event that ends a stream of this status.
    fileprivate var terminalType: StaticString {
        switch self {
        case .incomplete: "response.incomplete"
        case .inProgress, .completed, .failed: "response.completed"
        }
    }
}
