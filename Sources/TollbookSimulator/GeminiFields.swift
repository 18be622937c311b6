internal import NIOCore

/// Reads the fields that matter of a Gemini request's body, in either spelling.
enum GeminiFields {
    /// - Parameter model: as the path names it.
    /// - Returns: nil if the body is not one JSON object.
    static func request(
        _ bytes: UnsafeRawBufferPointer, as dialect: AnswerDialect, model: String
    ) -> ChatRequest? {
        var scanner = JSONScanner(bytes)
        guard scanner.members(visit: { _, _ in }) else { return nil }
        let whole = 0..<bytes.count
        var request = ChatRequest()
        request.dialect = dialect
        request.model = ByteBuffer(string: JSONText.escaped(model))
        request.bodyBytes = bytes.count
        if let requests = value(bytes, whole, "requests", "requests") {
            request.inputs = JSONLookup.elements(bytes, requests).count
        }
        request.tool = tool(bytes, whole)
        guard let settings = value(bytes, whole, "generationConfig", "generation_config") else { return request }
        request.maxTokens = value(bytes, settings, "maxOutputTokens", "max_output_tokens").flatMap {
            JSONText.integer(bytes, JSONText.content(bytes, $0) ?? $0)
        }
        request.choices =
            value(bytes, settings, "candidateCount", "candidate_count").flatMap { JSONText.integer(bytes, $0) } ?? 1
        request.format = format(bytes, settings)
        return request
    }

    private static func value(
        _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, _ name: StaticString, _ original: StaticString
    ) -> Range<Int>? {
        JSONLookup.value(bytes, range, name) ?? JSONLookup.value(bytes, range, original)
    }

    private static func format(_ bytes: UnsafeRawBufferPointer, _ settings: Range<Int>) -> ChatRequest.AnswerFormat {
        let type = value(bytes, settings, "responseMimeType", "response_mime_type")
        guard type.flatMap({ JSONText.string(bytes, $0) }) == "application/json" else { return .text }
        let schema =
            value(bytes, settings, "responseJsonSchema", "response_json_schema")
            ?? value(bytes, settings, "responseSchema", "response_schema")
        return .json(schema.map { SchemaSample.make(bytes, $0) } ?? #"{"answer":"lorem"}"#)
    }

    private static func tool(_ bytes: UnsafeRawBufferPointer, _ whole: Range<Int>) -> ChatRequest.ToolChoice {
        guard let tools = JSONLookup.value(bytes, whole, "tools") else { return .none }
        let declared = JSONLookup.elements(bytes, tools).flatMap { tool in
            value(bytes, tool, "functionDeclarations", "function_declarations").map { JSONLookup.elements(bytes, $0) }
                ?? []
        }
        let offered = declared.prefix(SimulatorLimits.toolCalls).compactMap { sample(bytes, $0) }
        guard !offered.isEmpty else { return .none }
        let calling = value(bytes, whole, "toolConfig", "tool_config").flatMap {
            value(bytes, $0, "functionCallingConfig", "function_calling_config")
        }
        switch calling.flatMap({ JSONLookup.value(bytes, $0, "mode") }).flatMap({ JSONText.string(bytes, $0) }) {
        case "ANY": return .required(offered)
        case "NONE": return .none
        default: return .offered(offered)
        }
    }

    private static func sample(_ bytes: UnsafeRawBufferPointer, _ function: Range<Int>) -> ToolSample? {
        guard let name = JSONLookup.value(bytes, function, "name").flatMap({ JSONText.string(bytes, $0) }) else {
            return nil
        }
        let schema =
            value(bytes, function, "parametersJsonSchema", "parameters_json_schema")
            ?? JSONLookup.value(bytes, function, "parameters")
        return ToolSample(name: name, isCustom: false, arguments: schema.map { SchemaSample.make(bytes, $0) } ?? "{}")
    }
}
