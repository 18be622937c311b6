internal import NIOCore

/// Reads a request of Bedrock's Converse into a conversation.
///
/// The model stands in the path, and whether the answer is streamed too.
/// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
struct BedrockRequestReader {
    private var conversation = Conversation(source: .bedrockConverse)
    let unknown = UnknownFields(skipsFalse: false)
    var budget = PartBudget()

    /// - Throws: JSON errors, `not_an_object`, `duplicate_field`, `missing_field`, `invalid_field`.
    static func read(_ view: JSONView) throws(WireError) -> Conversation {
        guard view.kind == .object else { throw WireError(.notAnObject, at: view.offset) }
        var reader = BedrockRequestReader()
        var seen: Set<String> = []
        for (name, value) in view.members {
            let key = name.string
            guard seen.insert(key).inserted else { throw WireError(.duplicateField, at: value.offset, field: key) }
            if !value.isNull { try reader.read(name, value) }
        }
        guard reader.conversation.turns.contains(where: { $0.role != .system }) else {
            throw WireError(.missingField, at: view.offset, field: "messages")
        }
        reader.conversation.unknownFields = reader.unknown.names
        return reader.conversation
    }

    private mutating func read(_ name: JSONText, _ value: JSONView) throws(WireError) {
        switch name {
        case "system":
            // Instructions come first, wherever the field stands.
            let turn = ConversationTurn(.system, try readContent(value, of: "system"))
            if !turn.parts.isEmpty { conversation.turns.insert(turn, at: 0) }
        case "messages":
            for message in try value.array(of: "messages") { try readMessage(message) }
        case "inferenceConfig": try readInference(value)
        case "toolConfig": try readTools(value)
        case "additionalModelRequestFields": try readAdditional(value)
        case "outputConfig": try readOutput(value)
        case "serviceTier":
            var tier = try RequestObject(value, "serviceTier", unknown)
            conversation.serviceTier = try tier.requiredText("type")
        case "guardrailConfig": keep(.guardrail, value)
        case "promptVariables": keep(.storedPrompt, value)
        case "additionalModelResponseFieldPaths": keep(.include, value)
        case "requestMetadata": keep(.metadata, value)
        case "performanceConfig":
            var performance = try RequestObject(value, "performanceConfig", unknown)
            // What is said where nothing is.
            if performance.take("latency")?.text?.equals("standard") != true { keep(.speed, value) }
        default: unknown.note(name.string)
        }
    }

    mutating func keep(_ field: ConversationField, _ value: JSONView) {
        if !value.isEmptyValue { conversation.extras[field] = value }
    }

    mutating func append(_ turn: ConversationTurn) {
        conversation.turns.append(turn)
    }

    // MARK: Settings

    private mutating func readInference(_ value: JSONView) throws(WireError) {
        let path = "inferenceConfig."
        for (name, value) in try value.object(of: "inferenceConfig").members where !value.isNull {
            switch name {
            case "maxTokens": conversation.maxOutputTokens = try value.number(of: path + "maxTokens")
            case "temperature": conversation.sampling.temperature = try value.number(of: path + "temperature")
            case "topP": conversation.sampling.topP = try value.number(of: path + "topP")
            case "stopSequences": conversation.stop = try value.texts(of: path + "stopSequences")
            default: unknown.note("inferenceConfig", name, value)
            }
        }
    }

    /// What one maker's models know under its own names, as far as other dialects have it.
    private mutating func readAdditional(_ value: JSONView) throws(WireError) {
        let path = "additionalModelRequestFields."
        for (name, value) in try value.object(of: "additionalModelRequestFields").members where !value.isNull {
            switch name {
            case "top_k": conversation.sampling.topK = try value.number(of: path + "top_k")
            case "inferenceConfig":
                var inference = try RequestObject(value, path + "inferenceConfig", unknown)
                if let topK = inference.take("topK") {
                    conversation.sampling.topK = try topK.number(of: path + "inferenceConfig.topK")
                }
            case "thinking", "reasoning_config": try readThinking(value, path + name.string)
            case "reasoningConfig":
                var config = try RequestObject(value, path + "reasoningConfig", unknown)
                conversation.reasoning.isEnabled = config.take("type")?.text?.equals("disabled") != true
                conversation.reasoning.effort = config.take("maxReasoningEffort")?.text
            case "reasoning_effort":
                conversation.reasoning.isEnabled = true
                conversation.reasoning.effort = try value.text(of: path + "reasoning_effort")
            default: unknown.note("additionalModelRequestFields", name, value)
            }
        }
    }

    private mutating func readThinking(_ value: JSONView, _ path: String) throws(WireError) {
        var thinking = try RequestObject(value, path, unknown)
        conversation.reasoning.isEnabled = !(try thinking.requiredText("type").equals("disabled"))
        if let budget = thinking.take("budget_tokens") {
            guard let tokens = budget.count else { throw thinking.invalid("budget_tokens") }
            conversation.reasoning.budgetTokens = tokens
        }
        conversation.reasoning.display = thinking.take("display")?.text
    }

    private mutating func readOutput(_ value: JSONView) throws(WireError) {
        for (name, value) in try value.object(of: "outputConfig").members where !value.isNull {
            switch name {
            case "effort": conversation.reasoning.effort = try value.text(of: "outputConfig.effort")
            case "textFormat": try readFormat(value)
            default: unknown.note("outputConfig", name, value)
            }
        }
    }

    /// The schema is JSON in a string.
    private mutating func readFormat(_ value: JSONView) throws(WireError) {
        var format = try RequestObject(value, "outputConfig.textFormat", unknown)
        // There is but one.
        format.skip("type")
        var structure = try format.requiredObject("structure")
        var named = try structure.requiredObject("jsonSchema")
        let text = try named.requiredText("schema").unescaped
        guard let schema = try? JSONView(text), schema.kind == .object else { throw named.invalid("schema") }
        conversation.answerFormat = .schema(
            schema.bytes, name: named.take("name")?.text, description: named.take("description")?.text, isStrict: true)
    }

    // MARK: Tools

    private mutating func readTools(_ value: JSONView) throws(WireError) {
        for (name, value) in try value.object(of: "toolConfig").members where !value.isNull {
            switch name {
            case "tools": for tool in try value.array(of: "toolConfig.tools") { try readTool(tool) }
            case "toolChoice": try readToolChoice(value)
            default: unknown.note("toolConfig", name, value)
            }
        }
    }

    private mutating func readTool(_ tool: JSONView) throws(WireError) {
        for (name, value) in tool.members where !value.isNull {
            switch name {
            case "toolSpec":
                guard conversation.tools.count < WireLimits.conversationTools else { throw tool.invalid("toolConfig") }
                conversation.tools.append(try readSpecification(value))
            case "cachePoint":
                if let last = conversation.tools.indices.last {
                    conversation.tools[last].cacheControl = try cacheControl(value, "toolConfig.tools[].cachePoint")
                }
            default: keep(.serverTools, tool)
            }
        }
    }

    private mutating func readSpecification(_ value: JSONView) throws(WireError) -> ConversationTool {
        var tool = try RequestObject(value, "toolConfig.tools[].toolSpec", unknown)
        var read = ConversationTool(name: try tool.requiredText("name"))
        read.description = try tool.text("description")
        if var schema = try tool.object("inputSchema") {
            read.schema = try schema.take("json")?.object(of: schema.path + ".json").bytes
        }
        if let isStrict = tool.take("strict") { read.isStrict = try isStrict.bool(of: tool.path + ".strict") }
        return read
    }

    private mutating func readToolChoice(_ value: JSONView) throws(WireError) {
        let path = "toolConfig.toolChoice"
        for (name, value) in try value.object(of: path).members where !value.isNull {
            var choice = try RequestObject(value, path + "." + name.string, unknown)
            switch name {
            case "auto": conversation.toolChoice = .auto
            case "any": conversation.toolChoice = .required
            case "tool": conversation.toolChoice = .named(try choice.requiredText("name"))
            default: throw value.invalid(path)
            }
        }
    }

    /// A cache point as the mark that other dialects have.
    func cacheControl(_ value: JSONView, _ path: String) throws(WireError) -> ByteBuffer {
        var point = try RequestObject(value, path, unknown)
        // There is but one.
        point.skip("type")
        let lifetime = point.take("ttl")?.text
        var json = JSONWriter()
        json.object { json in
            json.member("type", JSONText("ephemeral"))
            if let lifetime { json.member("ttl", lifetime) }
        }
        return json.buffer
    }
}
