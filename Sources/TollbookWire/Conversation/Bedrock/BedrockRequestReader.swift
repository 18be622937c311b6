internal import NIOCore

/// Reads a request of Bedrock's Converse into a conversation.
///
/// The model stands in the path, and whether the answer is streamed too.
/// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
struct BedrockRequestReader {
    private var conversation = Conversation(source: .bedrockConverse)
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
        case "serviceTier": conversation.serviceTier = try value.requiredText("type", of: "serviceTier.type")
        case "guardrailConfig": keep(.guardrail, value)
        case "promptVariables": keep(.storedPrompt, value)
        case "additionalModelResponseFieldPaths": keep(.include, value)
        case "requestMetadata": keep(.metadata, value)
        case "performanceConfig":
            // What is said where nothing is.
            if value.value("latency")?.text?.equals("standard") != true { keep(.speed, value) }
        default: conversation.unknownFields.insert(name.string)
        }
    }

    mutating func keep(_ field: ConversationField, _ value: JSONView) {
        if !value.isEmptyValue { conversation.extras[field] = value }
    }

    mutating func append(_ turn: ConversationTurn) {
        conversation.turns.append(turn)
    }

    mutating func noteUnknown(_ path: String, _ name: JSONText, _ value: JSONView) {
        if !value.isEmptyValue { conversation.unknownFields.insert(path + name.string) }
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
            default: noteUnknown(path, name, value)
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
                if let topK = value.value("topK") { conversation.sampling.topK = try topK.number(of: path + "topK") }
                for (name, value) in value.members(except: ["topK"]) {
                    noteUnknown(path + "inferenceConfig.", name, value)
                }
            case "thinking", "reasoning_config": try readThinking(value, path + name.string)
            case "reasoningConfig":
                conversation.reasoning.isEnabled = value.value("type")?.text?.equals("disabled") != true
                conversation.reasoning.effort = value.value("maxReasoningEffort")?.text
            case "reasoning_effort":
                conversation.reasoning.isEnabled = true
                conversation.reasoning.effort = try value.text(of: path + "reasoning_effort")
            default: noteUnknown(path, name, value)
            }
        }
    }

    private mutating func readThinking(_ value: JSONView, _ path: String) throws(WireError) {
        let type = try value.requiredText("type", of: path + ".type")
        conversation.reasoning.isEnabled = !type.equals("disabled")
        if let budget = value.value("budget_tokens") {
            guard let tokens = budget.count else { throw budget.invalid(path + ".budget_tokens") }
            conversation.reasoning.budgetTokens = tokens
        }
        conversation.reasoning.display = value.value("display")?.text
    }

    private mutating func readOutput(_ value: JSONView) throws(WireError) {
        for (name, value) in try value.object(of: "outputConfig").members where !value.isNull {
            switch name {
            case "effort": conversation.reasoning.effort = try value.text(of: "outputConfig.effort")
            case "textFormat": try readFormat(value)
            default: noteUnknown("outputConfig.", name, value)
            }
        }
    }

    /// The schema is JSON in a string.
    private mutating func readFormat(_ value: JSONView) throws(WireError) {
        let path = "outputConfig.textFormat"
        guard let format = value.value("structure")?.value("jsonSchema") else { throw value.invalid(path) }
        let text = try format.requiredText("schema", of: path + ".structure.jsonSchema.schema").unescaped
        guard let schema = try? JSONView(text), schema.kind == .object else { throw format.invalid(path) }
        conversation.answerFormat = .schema(
            schema.bytes, name: format.value("name")?.text, description: format.value("description")?.text,
            isStrict: true)
    }

    // MARK: Tools

    private mutating func readTools(_ value: JSONView) throws(WireError) {
        for (name, value) in try value.object(of: "toolConfig").members where !value.isNull {
            switch name {
            case "tools": for tool in try value.array(of: "toolConfig.tools") { try readTool(tool) }
            case "toolChoice": try readToolChoice(value)
            default: noteUnknown("toolConfig.", name, value)
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
                    conversation.tools[last].cacheControl = Self.cacheControl(value)
                }
            default: keep(.serverTools, tool)
            }
        }
    }

    private mutating func readSpecification(_ value: JSONView) throws(WireError) -> ConversationTool {
        let path = "toolConfig.tools[].toolSpec."
        var read = ConversationTool(name: try value.requiredText("name", of: path + "name"))
        for (name, value) in value.members where !value.isNull {
            switch name {
            case "name": break
            case "description": read.description = try value.text(of: path + "description")
            case "inputSchema":
                read.schema = try value.value("json")?.object(of: path + "inputSchema.json").bytes
            case "strict": read.isStrict = try value.bool(of: path + "strict")
            default: noteUnknown(path, name, value)
            }
        }
        return read
    }

    private mutating func readToolChoice(_ value: JSONView) throws(WireError) {
        for (name, value) in try value.object(of: "toolConfig.toolChoice").members where !value.isNull {
            switch name {
            case "auto": conversation.toolChoice = .auto
            case "any": conversation.toolChoice = .required
            case "tool":
                conversation.toolChoice = .named(try value.requiredText("name", of: "toolConfig.toolChoice.tool.name"))
            default: throw value.invalid("toolConfig.toolChoice")
            }
        }
    }

    /// A cache point as the mark that other dialects have.
    static func cacheControl(_ point: JSONView) -> ByteBuffer {
        var json = JSONWriter()
        json.object { json in
            json.member("type", JSONText("ephemeral"))
            if let lifetime = point.value("ttl")?.text { json.member("ttl", lifetime) }
        }
        return json.buffer
    }
}
