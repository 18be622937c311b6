internal import NIOCore

/// Where the fields that matter stand in a chat request's body; of repeated keys the last counts.
struct ChatFields {
    private let dialect: AnswerDialect
    private var model: Range<Int>?
    private var stream: Range<Int>?
    private var streamOptions: Range<Int>?
    private var maxTokens: Range<Int>?
    private var maxCompletionTokens: Range<Int>?
    private var choices: Range<Int>?
    private var tools: Range<Int>?
    private var toolChoice: Range<Int>?
    private var responseFormat: Range<Int>?
    private var input: Range<Int>?
    private var inferenceConfig: Range<Int>?
    private var toolConfig: Range<Int>?
    private var encoding: Range<Int>?
    private var streamFormat: Range<Int>?
    private var documents: Range<Int>?
    private var texts: Range<Int>?
    private var embeddingTypes: Range<Int>?
    private var best: Range<Int>?

    init(_ dialect: AnswerDialect) {
        self.dialect = dialect
    }

    /// Notes one member of the body; keys are compared after unescaping.
    mutating func note(_ bytes: UnsafeRawBufferPointer, key: Range<Int>, value: Range<Int>) {
        let isEscaped = bytes[key].contains(UInt8(ascii: "\\"))
        func isKey(_ name: StaticString) -> Bool {
            guard isEscaped || key.count == name.utf8CodeUnitCount else { return false }
            return JSONText.matches(bytes, key, name)
        }
        if isKey("model") {
            model = value
        } else if isKey("stream") {
            stream = value
        } else if isKey("stream_options") {
            streamOptions = value
        } else if isKey("max_tokens") {
            maxTokens = value
        } else if isKey("max_completion_tokens") || dialect.isResponses && isKey("max_output_tokens") {
            maxCompletionTokens = value
        } else if isKey("n") {
            choices = value
        } else if isKey("tools") {
            tools = value
        } else if isKey("tool_choice") {
            toolChoice = value
        } else if isKey(dialect.isResponses ? "text" : "response_format") || isKey("output_config") {
            responseFormat = value
        } else if isKey("input") {
            input = value
        } else if isKey("encoding_format") {
            encoding = value
        } else if isKey("stream_format") {
            streamFormat = value
        } else if isKey("documents") {
            documents = value
        } else if isKey("texts") {
            texts = value
        } else if isKey("embedding_types") {
            embeddingTypes = value
        } else if isKey("top_n") {
            best = value
        } else if isKey("inferenceConfig") {
            inferenceConfig = value
        } else if isKey("toolConfig") {
            toolConfig = value
        }
    }

    /// The request that the noted fields make, or nil without a string `model`.
    func request(_ bytes: UnsafeRawBufferPointer, _ body: ByteBuffer) -> ChatRequest? {
        guard let model, let name = JSONText.content(bytes, model),
            let text = body.getSlice(at: body.readerIndex + name.lowerBound, length: name.count)
        else { return nil }
        var request = ChatRequest()
        request.dialect = dialect
        request.model = text
        request.bodyBytes = bytes.count
        request.stream = dialect.streams && (stream.map { JSONText.isTrue(bytes, $0) } ?? false)
        request.maxTokens = (maxCompletionTokens ?? maxTokens).flatMap { JSONText.integer(bytes, $0) }
        if let tools { request.tool = chosenTool(bytes, tools) }
        if dialect == .embeddings {
            request.wantsBase64 = encoding.flatMap { JSONText.string(bytes, $0) } == "base64"
            request.inputs = max(1, input.map { JSONLookup.elements(bytes, $0).count } ?? 1)
            return request
        }
        if dialect == .cohereEmbed {
            let types = embeddingTypes.map { JSONLookup.elements(bytes, $0) } ?? []
            request.wantsBase64 = types.contains { JSONText.string(bytes, $0) == "base64" }
            request.inputs = texts.map { JSONLookup.elements(bytes, $0).count } ?? 0
            return request
        }
        if dialect.isMedia {
            request.choices = choices.flatMap { JSONText.integer(bytes, $0) } ?? 1
            request.mediaFormat = responseFormat.flatMap { JSONText.string(bytes, $0) } ?? ""
            request.inputs = max(1, input.map { JSONLookup.elements(bytes, $0).count } ?? 1)
            if dialect == .rerank {
                let count = documents.map { JSONLookup.elements(bytes, $0).count } ?? 0
                request.inputs = min(count, best.flatMap { JSONText.integer(bytes, $0) } ?? count)
            }
            if dialect == .speech { request.stream = streamFormat.flatMap { JSONText.string(bytes, $0) } == "sse" }
            return request
        }
        guard !dialect.isAnthropic else {
            if let responseFormat { request.format = anthropicFormat(bytes, responseFormat) }
            return request
        }
        if dialect.isResponses {
            if let responseFormat { request.format = responsesFormat(bytes, responseFormat) }
            return request
        }
        if dialect == .cohere {
            request.documents = documents.map { JSONLookup.elements(bytes, $0).count } ?? 0
            if let responseFormat { request.format = cohereFormat(bytes, responseFormat) }
            return request
        }
        request.choices = choices.flatMap { JSONText.integer(bytes, $0) } ?? 1
        if let streamOptions { request.includeUsage = includeUsage(bytes, streamOptions) }
        if let responseFormat { request.format = format(bytes, responseFormat) }
        return request
    }

    /// The request that the noted fields make in Converse's form.
    func converseRequest(_ bytes: UnsafeRawBufferPointer, model: String) -> ChatRequest {
        var request = ChatRequest()
        request.dialect = dialect
        request.model = ByteBuffer(string: model)
        request.bodyBytes = bytes.count
        request.stream = dialect == .converseStream
        request.maxTokens = inferenceConfig.flatMap { JSONLookup.value(bytes, $0, "maxTokens") }
            .flatMap { JSONText.integer(bytes, $0) }
        if let toolConfig { request.tool = converseTool(bytes, toolConfig) }
        return request
    }

    private func converseTool(_ bytes: UnsafeRawBufferPointer, _ config: Range<Int>) -> ChatRequest.ToolChoice {
        let offered = JSONLookup.value(bytes, config, "tools").map { ToolSample.all(bytes, $0) } ?? []
        guard let first = offered.first else { return .none }
        guard let choice = JSONLookup.value(bytes, config, "toolChoice") else { return .offered(offered) }
        if JSONLookup.value(bytes, choice, "any") != nil { return .required(offered) }
        guard let tool = JSONLookup.value(bytes, choice, "tool") else { return .offered(offered) }
        let name = JSONLookup.value(bytes, tool, "name").flatMap { JSONText.string(bytes, $0) }
        return .named(offered.first { $0.name == name } ?? first)
    }

    private func includeUsage(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Bool {
        var result = false
        JSONLookup.members(bytes, range) { key, value in
            if JSONText.matches(bytes, key, "include_usage") { result = JSONText.isTrue(bytes, value) }
        }
        return result
    }

    private func chosenTool(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> ChatRequest.ToolChoice {
        let offered = ToolSample.all(bytes, range)
        guard let first = offered.first else { return .none }
        guard let toolChoice else { return .offered(offered) }
        if let word = JSONText.string(bytes, toolChoice) {
            switch word {
            case "required", "REQUIRED": return .required(offered)
            case "none", "NONE": return .none
            default: return .offered(offered)
            }
        }
        if dialect.isAnthropic { return anthropicTool(bytes, toolChoice, offered, first) }
        let name = ToolSample.nameChosen(bytes, toolChoice) ?? ToolSample.name(bytes, toolChoice)
        return .named(offered.first { $0.name == name } ?? first)
    }

    private func anthropicTool(
        _ bytes: UnsafeRawBufferPointer, _ choice: Range<Int>, _ offered: [ToolSample], _ first: ToolSample
    ) -> ChatRequest.ToolChoice {
        switch JSONLookup.value(bytes, choice, "type").flatMap({ JSONText.string(bytes, $0) }) {
        case "any": return .required(offered)
        case "none": return .none
        case "tool":
            let name = ToolSample.name(bytes, choice)
            return .named(offered.first { $0.name == name } ?? first)
        default: return .offered(offered)
        }
    }

    private func anthropicFormat(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> ChatRequest.AnswerFormat {
        guard let schema = JSONLookup.value(bytes, range, "format").flatMap({ JSONLookup.value(bytes, $0, "schema") })
        else { return .text }
        return .json(SchemaSample.make(bytes, schema))
    }

    private func responsesFormat(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> ChatRequest.AnswerFormat {
        guard let format = JSONLookup.value(bytes, range, "format"),
            let type = JSONLookup.value(bytes, format, "type").flatMap({ JSONText.string(bytes, $0) }),
            type != "text"
        else { return .text }
        let schema = JSONLookup.value(bytes, format, "schema")
        return .json(schema.map { SchemaSample.make(bytes, $0) } ?? #"{"answer":"lorem"}"#)
    }

    private func cohereFormat(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> ChatRequest.AnswerFormat {
        guard let schema = JSONLookup.value(bytes, range, "json_schema") else { return format(bytes, range) }
        return .json(SchemaSample.make(bytes, schema))
    }

    private func format(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> ChatRequest.AnswerFormat {
        let type = JSONLookup.value(bytes, range, "type").flatMap { JSONText.string(bytes, $0) }
        switch type {
        case "json_object":
            return .json(#"{"answer":"lorem"}"#)
        case "json_schema":
            let schema = JSONLookup.value(bytes, range, "json_schema").flatMap { JSONLookup.value(bytes, $0, "schema") }
            return .json(schema.map { SchemaSample.make(bytes, $0) } ?? #"{"answer":"lorem"}"#)
        default:
            return .text
        }
    }
}
