internal import NIOCore

/// Reads an Anthropic messages request into a conversation.
struct AnthropicRequestReader {
    private var conversation = Conversation(source: .anthropicMessages)
    let unknown = UnknownFields(skipsFalse: true)
    var budget = PartBudget()

    /// - Throws: `not_an_object`, `duplicate_field`, `missing_field`, `invalid_field`.
    static func read(_ view: JSONView) throws(WireError) -> Conversation {
        guard view.kind == .object else { throw WireError(.notAnObject, at: view.offset) }
        var reader = AnthropicRequestReader()
        var seen: Set<String> = []
        var hasMessages = false
        for (name, value) in view.members {
            let key = name.string
            guard seen.insert(key).inserted else { throw WireError(.duplicateField, at: value.offset, field: key) }
            hasMessages = hasMessages || key == "messages"
            if !value.isNull { try reader.read(name, value) }
        }
        guard hasMessages else { throw WireError(.missingField, at: view.offset, field: "messages") }
        reader.conversation.unknownFields = reader.unknown.names
        return reader.conversation
    }

    private mutating func read(_ name: JSONText, _ value: JSONView) throws(WireError) {
        switch name {
        case "model": conversation.model = try value.text(of: "model")
        case "system":
            // Instructions come first, wherever the field stands.
            let turn = ConversationTurn(.system, try readContent(value, of: "system"))
            if !turn.parts.isEmpty { conversation.turns.insert(turn, at: 0) }
        case "messages":
            for message in try value.array(of: "messages") { try readMessage(message) }
        case "max_tokens": conversation.maxOutputTokens = try value.number(of: "max_tokens")
        case "stop_sequences": conversation.stop = try value.texts(of: "stop_sequences")
        case "temperature": conversation.sampling.temperature = try value.number(of: "temperature")
        case "top_p": conversation.sampling.topP = try value.number(of: "top_p")
        case "top_k": conversation.sampling.topK = try value.number(of: "top_k")
        case "stream":
            conversation.streams = try value.bool(of: "stream")
            conversation.wantsStreamUsage = conversation.streams
        case "tools": try readTools(value)
        case "tool_choice": try readToolChoice(value)
        case "thinking": try readThinking(value)
        case "output_config": try readOutput(value)
        case "output_format": try readFormat(value, "output_format")
        case "metadata": try readMetadata(value)
        case "service_tier": conversation.serviceTier = try value.text(of: "service_tier")
        default: readExtra(name, value)
        }
    }

    private mutating func readExtra(_ name: JSONText, _ value: JSONView) {
        let field: ConversationField
        switch name {
        case "container": field = .container
        case "mcp_servers": field = .remoteServers
        case "context_management": field = .contextManagement
        case "inference_geo": field = .inferenceRegion
        case "speed": field = .speed
        case "cache_control": field = .cacheControl
        default:
            unknown.note(name.string)
            return
        }
        if !value.isEmptyValue { keep(field, value) }
    }

    mutating func keep(_ field: ConversationField, _ value: JSONView) {
        conversation.extras[field] = value
    }

    mutating func append(_ turn: ConversationTurn) {
        conversation.turns.append(turn)
    }

    // MARK: Tools

    private mutating func readTools(_ value: JSONView) throws(WireError) {
        for tool in try value.array(of: "tools") {
            guard conversation.tools.count < WireLimits.conversationTools else { throw tool.invalid("tools") }
            if let type = tool.value("type")?.text, !type.equals("custom") {
                keep(.serverTools, tool)
                continue
            }
            var read = ConversationTool(name: try tool.requiredText("name", of: "tools[].name"))
            for (name, value) in tool.members where !value.isNull {
                switch name {
                case "name", "type": break
                case "description": read.description = try value.text(of: "tools[].description")
                case "input_schema": read.schema = try value.object(of: "tools[].input_schema").bytes
                case "strict": read.isStrict = try value.bool(of: "tools[].strict")
                case "cache_control": read.cacheControl = value.bytes
                default: unknown.note("tools[]", name, value)
                }
            }
            conversation.tools.append(read)
        }
    }

    private mutating func readToolChoice(_ value: JSONView) throws(WireError) {
        var choice = try RequestObject(value, "tool_choice", unknown)
        switch try choice.requiredText("type") {
        case "auto": conversation.toolChoice = .auto
        case "any": conversation.toolChoice = .required
        case "none": conversation.toolChoice = ConversationToolChoice.none
        case "tool": conversation.toolChoice = .named(try choice.requiredText("name"))
        default: throw choice.invalid("type")
        }
        if choice.take("disable_parallel_tool_use")?.bool == true { conversation.allowsParallelCalls = false }
    }

    // MARK: Settings

    private mutating func readThinking(_ value: JSONView) throws(WireError) {
        var thinking = try RequestObject(value, "thinking", unknown)
        conversation.reasoning.isEnabled = !(try thinking.requiredText("type").equals("disabled"))
        if let budget = thinking.take("budget_tokens") {
            guard let tokens = budget.count else { throw thinking.invalid("budget_tokens") }
            conversation.reasoning.budgetTokens = tokens
        }
        conversation.reasoning.display = thinking.take("display")?.text
    }

    private mutating func readOutput(_ value: JSONView) throws(WireError) {
        for (name, value) in try value.object(of: "output_config").members where !value.isNull {
            switch name {
            case "effort": conversation.reasoning.effort = try value.text(of: "output_config.effort")
            case "format": try readFormat(value, "output_config.format")
            default: unknown.note("output_config", name, value)
            }
        }
    }

    private mutating func readFormat(_ value: JSONView, _ path: String) throws(WireError) {
        var format = try RequestObject(value, path, unknown)
        guard try format.requiredText("type").equals("json_schema") else { throw format.invalid("type") }
        conversation.answerFormat = .schema(
            try format.required("schema").object(of: path + ".schema").bytes, name: nil, description: nil,
            isStrict: true)
    }

    private mutating func readMetadata(_ value: JSONView) throws(WireError) {
        for (name, value) in try value.object(of: "metadata").members where !value.isNull {
            if name.equals("user_id") {
                conversation.endUser = try value.text(of: "metadata.user_id")
            } else {
                unknown.note("metadata", name, value)
            }
        }
    }
}
