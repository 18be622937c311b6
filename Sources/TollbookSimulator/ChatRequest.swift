internal import NIOCore

/// The fields of a chat completion request, or of one in another dialect, that decide its answer.
struct ChatRequest: Sendable, Equatable {
    var dialect = AnswerDialect.chat
    /// The model name as it stood between its quotes, escapes and all: it is echoed byte for byte.
    var model = ByteBuffer()
    var stream = false
    var includeUsage = false
    var maxTokens: Int?
    var choices = 1
    /// Bytes of the whole body.
    var bodyBytes = 0
    var tool: ToolChoice = .none
    var format: AnswerFormat = .text
    /// Texts to embed, and whether their vectors are to be base64.
    var inputs = 1
    var wantsBase64 = false
    /// Whether a Gemini stream is to be a JSON array.
    var isArray = false
    /// `response_format` of images and audio.
    var mediaFormat = ""
    /// Documents of Cohere's chat, to quote.
    var documents = 0
    /// Bytes of the files in a form.
    var fileBytes = 0

    /// What the request wants by way of tools.
    enum ToolChoice: Sendable, Equatable {
        case none
        /// Tools are offered; a directive may ask for calls of them.
        case offered([ToolSample])
        /// `tool_choice: "required"`.
        case required([ToolSample])
        /// `tool_choice` names one tool.
        case named(ToolSample)
    }

    /// What the content has to be.
    enum AnswerFormat: Sendable, Equatable {
        case text
        /// `response_format` asks for JSON; an object that fits its schema, as text.
        case json(String)
    }

    init() {}

    /// - Returns: nil if the form has no field `model`.
    init?(_ form: FormFields, as dialect: AnswerDialect, bodyBytes: Int) {
        guard let model = form.values["model"], !model.isEmpty else { return nil }
        self.dialect = dialect
        self.model = ByteBuffer(string: model)
        self.bodyBytes = bodyBytes
        stream = form.values["stream"] == "true"
        choices = form.values["n"].flatMap(Int.init) ?? 1
        mediaFormat = form.values["response_format"] ?? ""
        fileBytes = form.fileBytes
    }

    /// The request of whatever API whose bodies are JSON.
    static func parse(_ request: RequestHead.WithBody, as dialect: AnswerDialect) -> ChatRequest? {
        guard dialect.isGemini else { return parse(request.body, as: dialect, model: request.head.model) }
        guard let model = request.head.model else { return nil }
        return request.body.withUnsafeReadableBytes { bytes in
            guard var parsed = GeminiFields.request(bytes, as: dialect, model: model) else { return nil }
            parsed.stream = request.head.route == .streamContent
            parsed.isArray = request.head.isArray
            return parsed
        }
    }

    /// - Parameter model: as the path names it; nil: the body does.
    /// - Returns: nil if the body is not one JSON object or has no string `model` that it should have.
    static func parse(_ body: ByteBuffer, as dialect: AnswerDialect = .chat, model: String? = nil) -> ChatRequest? {
        body.withUnsafeReadableBytes { bytes in
            var fields = ChatFields(dialect)
            var scanner = JSONScanner(bytes)
            guard scanner.members(visit: { fields.note(bytes, key: $0, value: $1) }) else { return nil }
            if let model { return fields.converseRequest(bytes, model: model) }
            return fields.request(bytes, body)
        }
    }
}
