internal import NIOCore

/// Puts what a provider streams side by side one behind the other, for dialects that have one block open at a time.
///
/// While a call of a tool is not whole, everything that would need another block waits: later calls, texts, thoughts. A
/// call is whole when its provider says so, or when its arguments are a closed JSON value; calls that come one after
/// the other are, so that nothing of them waits. What waits is kept up to `WireLimits.heldCallBytes`. Past that, the
/// calls so far are ended as they stand, and what waited goes out; if more comes of an ended one, the answer cannot be
/// told in the caller's dialect, and the stream ends as an error.
struct CallSequence: Sendable {
    /// Whether a call's block is open; else nothing but a call needs to come here.
    private(set) var isOpen = false
    /// The call that was begun last; those before it have ended.
    private var call = -1
    private var end = ArgumentsEnd()
    private var held: [Held] = []
    private var heldBytes = 0

    /// Something that waits: it costs this much beside its text.
    private static let heldItemBytes = 256

    private static let message =
        "the provider streams tool calls side by side, and more of one came after it had to be ended"

    /// Hands an event on, now or later.
    mutating func take<Sink: AnswerEventSink>(_ event: ConversationEvent, into sink: inout Sink) {
        switch event {
        case .start, .tokens, .comment, .ping, .failure: sink.take(event)
        case .finish, .end:
            if !held.isEmpty { release(all: true, into: &sink) }
            sink.take(event)
        case .toolArguments(let number, let text): takeArguments(number, text, into: &sink)
        case .toolCallEnd(let number): endCall(number, into: &sink)
        default:
            guard isOpen, !(end.isWhole && held.isEmpty) else {
                if isOpen { close(into: &sink) }
                return pass(event, into: &sink)
            }
            hold(event, into: &sink)
        }
    }

    private mutating func takeArguments<Sink: AnswerEventSink>(
        _ number: Int, _ text: JSONText, into sink: inout Sink
    ) {
        if isOpen, number == call {
            end.read(text)
            sink.take(.toolArguments(number, text))
            if end.isWhole, !held.isEmpty { release(all: false, into: &sink) }
        } else if let position = held.lastIndex(where: { $0.number == number }) {
            held[position].end.read(text)
            held[position].text.append(text)
            keep(text.escaped.readableBytes, into: &sink)
        } else {
            var rest = ArgumentsEnd()
            rest.read(text)
            if rest.hasBegun { sink.take(.failure(ProviderError(untellable: Self.message))) }
        }
    }

    private mutating func endCall<Sink: AnswerEventSink>(_ number: Int, into sink: inout Sink) {
        if isOpen, number == call {
            if held.isEmpty { close(into: &sink) } else { release(all: false, into: &sink) }
        } else if let position = held.lastIndex(where: { $0.number == number }) {
            held[position].isEnded = true
        }
    }

    // MARK: Waiting

    private struct Held: Sendable {
        enum Kind: Sendable {
            case text, refusal, thinking
            case call(Int, id: JSONText, name: JSONText)
            case other(ConversationEvent)
        }

        let kind: Kind
        /// What is said, or the call's arguments.
        var text = JSONText("")
        var end = ArgumentsEnd()
        var isEnded = false

        init(_ kind: Kind) {
            self.kind = kind
        }

        /// What is said, in memory of its own.
        init(_ event: ConversationEvent, _ text: JSONText) {
            switch event {
            case .refusal: kind = .refusal
            case .thinking: kind = .thinking
            default: kind = .text
            }
            self.text = text.copied
        }

        var number: Int? {
            if case .call(let number, _, _) = kind { number } else { nil }
        }

        /// Whether more text of a kind can be added.
        func continues(_ event: ConversationEvent) -> Bool {
            switch (kind, event) {
            case (.text, .text), (.refusal, .refusal), (.thinking, .thinking): true
            default: false
            }
        }
    }

    private mutating func hold<Sink: AnswerEventSink>(_ event: ConversationEvent, into sink: inout Sink) {
        var bytes = Self.heldItemBytes
        switch event {
        case .text(let text), .refusal(let text), .thinking(let text):
            bytes = text.escaped.readableBytes
            if held.last?.continues(event) ?? false {
                held[held.count - 1].text.append(text)
            } else {
                bytes += Self.heldItemBytes
                held.append(Held(event, text))
            }
        case .toolCall(let number, let id, let name):
            bytes += id.escaped.readableBytes + name.escaped.readableBytes
            held.append(Held(.call(number, id: id.copied, name: name.copied)))
        default:
            bytes += event.heldBytes
            held.append(Held(.other(event)))
        }
        keep(bytes, into: &sink)
    }

    private mutating func keep<Sink: AnswerEventSink>(_ bytes: Int, into sink: inout Sink) {
        heldBytes += bytes
        if heldBytes > WireLimits.heldCallBytes { release(all: true, into: &sink) }
    }

    // MARK: Going on

    private mutating func close<Sink: AnswerEventSink>(into sink: inout Sink) {
        isOpen = false
        sink.take(.toolCallEnd(call))
    }

    private mutating func pass<Sink: AnswerEventSink>(_ event: ConversationEvent, into sink: inout Sink) {
        if case .toolCall(let number, _, _) = event {
            isOpen = true
            call = number
            end = ArgumentsEnd()
        }
        sink.take(event)
    }

    /// Ends the open call and hands on what waited, up to the next call that is not whole.
    ///
    /// - Parameter all: whether calls that are not whole are ended as they stand.
    private mutating func release<Sink: AnswerEventSink>(all: Bool, into sink: inout Sink) {
        if isOpen { close(into: &sink) }
        var position = 0
        while position < held.count, !isOpen {
            let item = held[position]
            position += 1
            switch item.kind {
            case .text: sink.take(.text(item.text))
            case .refusal: sink.take(.refusal(item.text))
            case .thinking: sink.take(.thinking(item.text))
            case .other(let event): sink.take(event)
            case .call(let number, let id, let name):
                pass(.toolCall(number, id: id, name: name), into: &sink)
                if !item.text.isEmpty { sink.take(.toolArguments(number, item.text)) }
                end = item.end
                let isFollowed = position < held.count
                if item.isEnded || isFollowed && (all || end.isWhole) { close(into: &sink) }
            }
        }
        held.removeFirst(position)
        heldBytes = held.reduce(0) { $0 + Self.heldItemBytes + $1.text.escaped.readableBytes }
    }
}

extension ConversationEvent {
    /// Bytes that an event keeps in memory beside those of an item.
    fileprivate var heldBytes: Int {
        switch self {
        case .signature(let text), .redactedThinking(let text), .partSignature(let text): text.escaped.readableBytes
        case .image(.base64(let data, _)): data.escaped.readableBytes
        default: 0
        }
    }
}

extension JSONText {
    /// The same in memory of its own: a slice of what was read keeps all of that.
    fileprivate var copied: JSONText { JSONText(escaped: ByteBuffer(bytes: escaped.readableBytesView)) }
}
