internal import NIOCore

/// Reads a Gemini `generateContent` request into a conversation. Whether it streams stands in the path.
struct GeminiRequestReader {
    private var conversation = Conversation(source: .gemini)
    let unknown = UnknownFields(skipsFalse: true, isGemini: true)
    private var allowedTools: [JSONText] = []
    private var hasContents = false
    var budget = PartBudget()
    /// Calls whose results have not come yet, oldest first; one without an id has one that was made here.
    var openCalls: [(id: JSONText, name: JSONText)] = []
    var madeIDs = 0

    /// - Throws: JSON errors, `not_an_object`, `duplicate_field`, `missing_field`, `invalid_field`.
    static func read(_ view: JSONView) throws(WireError) -> Conversation {
        guard view.kind == .object else { throw WireError(.notAnObject, at: view.offset) }
        var reader = GeminiRequestReader()
        reader.conversation.wantsStreamUsage = true
        var seen: Set<String> = []
        for (name, value) in view.members {
            let key = name.geminiName
            guard seen.insert(key).inserted else { throw WireError(.duplicateField, at: value.offset, field: key) }
            if !value.isNull { try reader.read(key, value) }
        }
        guard reader.hasContents else { throw WireError(.missingField, at: view.offset, field: "contents") }
        reader.finishToolChoice()
        reader.conversation.unknownFields = reader.unknown.names
        return reader.conversation
    }

    private mutating func read(_ name: String, _ value: JSONView) throws(WireError) {
        switch name {
        // The path's, as was made sure of.
        case "model": conversation.model = try value.text(of: "model")
        case "contents":
            hasContents = true
            for content in value.geminiList { try readContent(content) }
        case "systemInstruction":
            let parts = try readParts(of: value, "systemInstruction")
            if !parts.isEmpty { conversation.turns.insert(ConversationTurn(.system, parts), at: 0) }
        case "tools": for tool in value.geminiList { try readTool(tool) }
        case "toolConfig": try readToolConfig(value)
        case "generationConfig":
            for (name, value) in try value.object(of: name).geminiMembers { try readSetting(name, value) }
        case "safetySettings": if !Self.filtersNothing(value) { keep(.safetySettings, value) }
        case "cachedContent": keep(.contentCache, value)
        case "labels": if !value.isEmptyValue { keep(.metadata, value) }
        case "modelArmorConfig": keep(.promptScreening, value)
        case "serviceTier": readTier(try value.text(of: name))
        case "store": if value.bool == true { keep(.store, value) }
        default: if !value.isEmptyValue { unknown.note(name) }
        }
    }

    private static func filtersNothing(_ settings: JSONView) -> Bool {
        settings.geminiList.allSatisfy { setting in
            let threshold = setting.gemini("threshold")?.text?.string
            return threshold == "BLOCK_NONE" || threshold == "OFF" || threshold == nil
        }
    }

    private mutating func readTier(_ tier: JSONText) {
        switch tier.string.lowercased() {
        case "unspecified", "service_tier_unspecified": break
        case "standard": conversation.serviceTier = JSONText("default")
        case let other: conversation.serviceTier = JSONText(other)
        }
    }

    mutating func keep(_ field: ConversationField, _ value: JSONView) {
        conversation.extras[field] = value
    }

    mutating func append(_ turn: ConversationTurn) {
        conversation.turns.append(turn)
    }

    /// Notes a member by its whole path.
    func note(_ path: String, _ value: JSONView) {
        if !value.isEmptyValue, value.bool != false { unknown.note(path) }
    }

    // MARK: Tools

    private mutating func readTool(_ tool: JSONView) throws(WireError) {
        for (name, value) in try tool.object(of: "tools[]").geminiMembers {
            guard name == "functionDeclarations" else {
                keep(.googleTools, value)
                continue
            }
            for declaration in value.geminiList {
                guard conversation.tools.count < WireLimits.conversationTools else { throw value.invalid("tools") }
                conversation.tools.append(try readFunction(declaration))
            }
        }
    }

    private mutating func readFunction(_ function: JSONView) throws(WireError) -> ConversationTool {
        let path = "tools[].functionDeclarations[]."
        var read = ConversationTool(name: try function.requiredText("name", of: path + "name"))
        for (name, value) in function.geminiMembers {
            switch name {
            case "name": continue
            case "description":
                let text = try value.text(of: path + name)
                if !text.isEmpty { read.description = text }
            case "parameters":
                read.schema = GeminiSchema.converted(try value.object(of: path + name), path + name, unknown)
            case "parametersJsonSchema": read.schema = try value.object(of: path + name).bytes
            case "response", "responseJsonSchema": keep(.toolAnswerSchema, value)
            default: note(path + name, value)
            }
        }
        return read
    }

    private mutating func readToolConfig(_ config: JSONView) throws(WireError) {
        for (name, value) in try config.object(of: "toolConfig").geminiMembers {
            guard name == "functionCallingConfig" else {
                if value.bool != false { keep(.googleToolSettings, value) }
                continue
            }
            var calling = try RequestObject(value, "toolConfig.functionCallingConfig", unknown)
            switch calling.take("mode")?.text?.string {
            case "NONE": conversation.toolChoice = ConversationToolChoice.none
            case "ANY": conversation.toolChoice = .required
            case "AUTO", "VALIDATED": conversation.toolChoice = .auto
            case "MODE_UNSPECIFIED", nil: break
            default: throw calling.invalid("mode")
            }
            if let allowed = calling.take("allowedFunctionNames"), !allowed.isEmptyValue {
                allowedTools = try allowed.texts(of: calling.path + ".allowedFunctionNames")
                if allowedTools.count > 1 { keep(.allowedTools, allowed) }
            }
        }
    }

    /// One tool that is allowed and must be called is a named one; all that there are limit nothing.
    private mutating func finishToolChoice() {
        guard !allowedTools.isEmpty else { return }
        if conversation.tools.allSatisfy({ allowedTools.contains($0.name) }) {
            conversation.extras[.allowedTools] = nil
        }
        if allowedTools.count == 1, case .required = conversation.toolChoice {
            conversation.toolChoice = .named(allowedTools[0])
        }
    }

    // MARK: Settings

    private mutating func readSetting(_ name: String, _ value: JSONView) throws(WireError) {
        let path = "generationConfig." + name
        switch name {
        case "maxOutputTokens": conversation.maxOutputTokens = try number(value, path)
        case "stopSequences": conversation.stop = try value.texts(of: path)
        case "temperature": conversation.sampling.temperature = try number(value, path)
        case "topP": conversation.sampling.topP = try number(value, path)
        // Libraries write it as 40.0, and the others take whole numbers alone.
        case "topK": conversation.sampling.topK = Self.whole(try number(value, path))
        case "frequencyPenalty": if !value.isZero { conversation.sampling.frequencyPenalty = try number(value, path) }
        case "presencePenalty": if !value.isZero { conversation.sampling.presencePenalty = try number(value, path) }
        case "seed": conversation.sampling.seed = try number(value, path)
        case "candidateCount": if value.geminiInteger != 1 { conversation.sampling.choices = try number(value, path) }
        case "responseLogprobs":
            if try value.bool(of: path) { conversation.logProbabilities = .init(alternatives: nil) }
        case "logprobs": if !value.isZero { conversation.logProbabilities = .init(alternatives: nil) }
        case "responseMimeType": try readMediaType(value, path)
        case "responseSchema": readSchema(GeminiSchema.converted(try value.object(of: path), path, unknown))
        case "responseJsonSchema": readSchema(try value.object(of: path).bytes)
        case "responseModalities":
            let isText = try value.texts(of: path).allSatisfy { $0.equals("TEXT") || $0.equals("text") }
            if !isText { keep(.audioOutput, value) }
        case "thinkingConfig": try readThinking(value.object(of: path))
        case "mediaResolution": keep(.mediaResolution, value)
        case "speechConfig", "imageConfig": keep(.mediaSettings, value)
        case "routingConfig", "modelSelectionConfig": keep(.modelPicking, value)
        default: note(path, value)
        }
    }

    private func number(_ value: JSONView, _ field: String) throws(WireError) -> ByteBuffer {
        if let text = value.text, Double(text.string) != nil { return text.unescaped }
        return try value.number(of: field)
    }

    private static func whole(_ number: ByteBuffer) -> ByteBuffer {
        let text = String(buffer: number)
        guard text.hasSuffix(".0") else { return number }
        return ByteBuffer(string: String(text.dropLast(2)))
    }

    private mutating func readMediaType(_ value: JSONView, _ field: String) throws(WireError) {
        switch try value.text(of: field) {
        case "application/json": if conversation.answerFormat == nil { conversation.answerFormat = .json }
        case "text/plain": break
        default: keep(.answerMediaType, value)
        }
    }

    private mutating func readSchema(_ schema: ByteBuffer) {
        conversation.answerFormat = .schema(schema, name: nil, description: nil, isStrict: false)
    }

    private mutating func readThinking(_ config: JSONView) throws(WireError) {
        for (name, value) in config.geminiMembers {
            let path = "generationConfig.thinkingConfig." + name
            switch name {
            case "thinkingBudget":
                guard let tokens = value.geminiInteger else { throw value.invalid(path) }
                // -1 lets the model decide.
                if tokens >= 0 { conversation.reasoning.isEnabled = tokens > 0 }
                // The others' models think by efforts; a level that was told too says more.
                if tokens > 0, conversation.reasoning.effort == nil {
                    conversation.reasoning.effort = Conversation.Reasoning.effort(of: tokens)
                }
            case "thinkingLevel":
                let level = try value.text(of: path).string.lowercased()
                guard level != "thinking_level_unspecified" else { continue }
                conversation.reasoning.isEnabled = true
                conversation.reasoning.effort = JSONText(level)
            case "includeThoughts":
                if try value.bool(of: path) { conversation.reasoning.display = JSONText("summarized") }
            default: note(path, value)
            }
        }
    }
}
