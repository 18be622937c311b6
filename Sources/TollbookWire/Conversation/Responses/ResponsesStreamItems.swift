internal import NIOCore

/// A message or thoughts on their way into a stream, with the part that is written at the moment.
struct OpenItem: Sendable {
    enum Kind {
        case message, reasoning
    }

    enum Part {
        case text, refusal, summary

        var doneType: StaticString {
            switch self {
            case .text: "response.output_text.done"
            case .refusal: "response.refusal.done"
            case .summary: "response.reasoning_summary_text.done"
            }
        }

        fileprivate var deltaType: StaticString {
            switch self {
            case .text: "response.output_text.delta"
            case .refusal: "response.refusal.delta"
            case .summary: "response.reasoning_summary_text.delta"
            }
        }
    }

    let kind: Kind
    let id: JSONText
    /// Its place among the response's items.
    let index: Int
    /// Whether the response repeats it at its end.
    let isKept: Bool
    /// The part that is written; nil: none is.
    private(set) var part: Part?
    /// The part's text so far.
    var text = JSONText("")
    /// What of the thoughts only their provider can read.
    var seal = SealedThoughts.foreign
    /// What every delta of the part begins with.
    private(set) var deltaPrefix: ByteBuffer?
    /// What the part rests on, each an object.
    var annotations: [ByteBuffer] = []
    /// Parts that are done.
    private var parts: [Done] = []

    private struct Done {
        let part: Part
        let text: JSONText
        let annotations: [ByteBuffer]
    }

    init(_ kind: Kind, _ id: JSONText, _ index: Int, isKept: Bool) {
        self.isKept = isKept
        self.kind = kind
        self.id = id
        self.index = index
    }

    /// Begins a part after those that are done.
    mutating func begin(_ part: Part) {
        self.part = part
        text = JSONText("")
        var json = JSONWriter()
        json.object { json in
            json.name("type")
            json.value("\(part.deltaType)")
            writePlace(&json)
            if part == .text {
                json.name("logprobs")
                json.array { _ in }
            }
            json.name("delta")
            json.value("")
        }
        deltaPrefix = .deltaPrefix(part.deltaType, json.buffer)
    }

    mutating func endPart() {
        guard let part else { return }
        parts.append(Done(part: part, text: text, annotations: annotations))
        annotations = []
        self.part = nil
        deltaPrefix = nil
        text = JSONText("")
    }

    func writeIndex(_ json: inout JSONWriter) {
        json.name("output_index")
        json.value(Int64(index))
    }

    /// Which part an event is about.
    func writePlace(_ json: inout JSONWriter) {
        json.member("item_id", id)
        writeIndex(&json)
        json.name(kind == .message ? "content_index" : "summary_index")
        json.value(Int64(parts.count))
    }

    /// Writes a part.
    static func write(
        _ text: JSONText, as part: Part, annotations: [ByteBuffer] = [], _ json: inout JSONWriter
    ) {
        switch part {
        case .text, .refusal:
            ResponseItems.text(text, isRefusal: part == .refusal, annotations: annotations, &json)
        case .summary: ResponseItems.summary(text, &json)
        }
    }

    /// Writes the whole item.
    func write(_ status: StaticString, _ json: inout JSONWriter) {
        switch kind {
        case .message:
            ResponseItems.message(id, status, &json) { json in
                for done in parts { Self.write(done.text, as: done.part, annotations: done.annotations, &json) }
            }
        case .reasoning: ResponseItems.reasoning(id, parts.first?.text, seal, &json)
        }
    }
}

/// A tool call on its way into a stream.
struct OpenCall: Sendable {
    let id: JSONText
    /// Its place among the response's items.
    let index: Int
    /// Whether the response repeats it at its end.
    let isKept: Bool
    let callID: JSONText
    let name: JSONText
    /// As far as they are kept.
    var arguments = JSONText("")
    /// Whether any came.
    var hasArguments = false
    var isDone = false
    /// What every delta of the arguments begins with.
    private(set) var deltaPrefix = ByteBuffer()

    private static let deltaType: StaticString = "response.function_call_arguments.delta"

    init(_ id: JSONText, _ index: Int, callID: JSONText, name: JSONText, isKept: Bool) {
        self.isKept = isKept
        self.id = id
        self.index = index
        self.callID = callID
        self.name = name
        var json = JSONWriter()
        json.object { json in
            json.name("type")
            json.value("\(Self.deltaType)")
            writePlace(&json)
            json.name("delta")
            json.value("")
        }
        deltaPrefix = .deltaPrefix(Self.deltaType, json.buffer)
    }

    /// Which item an event is about.
    func writePlace(_ json: inout JSONWriter) {
        json.member("item_id", id)
        json.name("output_index")
        json.value(Int64(index))
    }

    func write(_ status: StaticString, _ json: inout JSONWriter) {
        ResponseItems.call(id, callID, name, arguments, status, &json)
    }
}

extension ByteBuffer {
    /// An event up to the text of its delta.
    ///
    /// - Parameter data: the event's object, whose last member is an empty delta.
    fileprivate static func deltaPrefix(_ type: StaticString, _ data: ByteBuffer) -> ByteBuffer {
        var prefix = ByteBuffer(staticString: "event: ")
        prefix.writeStaticString(type)
        prefix.writeStaticString("\ndata: ")
        prefix.writeImmutableBuffer(data)
        // Without the closing quote and brace.
        prefix.moveWriterIndex(to: prefix.writerIndex - 2)
        return prefix
    }
}
