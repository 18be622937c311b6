internal import NIOCore

/// Reads an OpenAI chat completions request into a conversation.
struct OpenAIChatRequestReader {
    private var conversation = Conversation(source: .openAIChat)
    private var hasCompletionTokens = false
    let unknown = UnknownFields(skipsFalse: false)
    var budget = PartBudget()

    /// - Throws: `not_an_object`, `duplicate_field`, `missing_field`, `invalid_field`.
    static func read(_ view: JSONView) throws(WireError) -> Conversation {
        guard view.kind == .object else { throw WireError(.notAnObject, at: view.offset) }
        var reader = OpenAIChatRequestReader()
        var seen: Set<String> = []
        for (name, value) in view.members {
            let key = name.string
            guard seen.insert(key).inserted else { throw WireError(.duplicateField, at: value.offset, field: key) }
            if !value.isNull { try reader.read(name, value) }
        }
        guard !reader.conversation.turns.isEmpty else {
            throw WireError(.missingField, at: view.offset, field: "messages")
        }
        reader.conversation.unknownFields = reader.unknown.names
        return reader.conversation
    }

    private mutating func read(_ name: JSONText, _ value: JSONView) throws(WireError) {
        if try readConversation(name, value) { return }
        if try readSampling(name, value) { return }
        if try readExtra(name, value) { return }
        unknown.note(name.string)
    }

    private mutating func readConversation(_ name: JSONText, _ value: JSONView) throws(WireError) -> Bool {
        switch name {
        case "model": conversation.model = try value.text(of: "model")
        case "messages":
            for message in try value.array(of: "messages") { try readMessage(message) }
        case "tools": try readTools(value)
        case "tool_choice": try readToolChoice(value)
        case "parallel_tool_calls": conversation.allowsParallelCalls = try value.bool(of: "parallel_tool_calls")
        case "response_format": try readFormat(value)
        case "max_completion_tokens":
            conversation.maxOutputTokens = try value.number(of: "max_completion_tokens")
            hasCompletionTokens = true
        case "max_tokens":
            let number = try value.number(of: "max_tokens")
            if !hasCompletionTokens { conversation.maxOutputTokens = number }
        case "stop": conversation.stop = try value.texts(of: "stop")
        case "stream": conversation.streams = try value.bool(of: "stream")
        case "stream_options":
            var streamOptions = try RequestObject(value, "stream_options", unknown)
            conversation.wantsStreamUsage = streamOptions.take("include_usage")?.bool ?? false
        case "reasoning_effort":
            let effort = try value.text(of: "reasoning_effort")
            conversation.reasoning.isEnabled = !effort.equals("none")
            if !effort.equals("none") { conversation.reasoning.effort = effort }
        case "service_tier": conversation.serviceTier = try value.text(of: "service_tier")
        case "user": conversation.endUser = try value.text(of: "user")
        default: return false
        }
        return true
    }

    private mutating func readSampling(_ name: JSONText, _ value: JSONView) throws(WireError) -> Bool {
        switch name {
        case "temperature": conversation.sampling.temperature = try value.number(of: "temperature")
        case "top_p": conversation.sampling.topP = try value.number(of: "top_p")
        case "frequency_penalty":
            let number = try value.number(of: "frequency_penalty")
            if !value.isZero { conversation.sampling.frequencyPenalty = number }
        case "presence_penalty":
            let number = try value.number(of: "presence_penalty")
            if !value.isZero { conversation.sampling.presencePenalty = number }
        case "seed": conversation.sampling.seed = try value.number(of: "seed")
        case "n":
            let number = try value.number(of: "n")
            if value.count != 1 { conversation.sampling.choices = number }
        case "logprobs":
            if try value.bool(of: "logprobs") {
                conversation.logProbabilities = conversation.logProbabilities ?? .init(alternatives: nil)
            }
        case "top_logprobs":
            let number = try value.number(of: "top_logprobs")
            if !value.isZero { conversation.logProbabilities = .init(alternatives: number) }
        default: return false
        }
        return true
    }

    /// Fields that other dialects do not have; a value that asks for nothing counts as absent.
    private mutating func readExtra(_ name: JSONText, _ value: JSONView) throws(WireError) -> Bool {
        let field: ConversationField
        switch name {
        case "logit_bias": field = .logitBias
        case "prediction": field = .prediction
        case "verbosity": field = .verbosity
        case "metadata": field = .metadata
        case "safety_identifier": field = .safetyIdentifier
        case "prompt_cache_key": field = .promptCacheKey
        case "prompt_cache_retention": field = .promptCacheRetention
        case "moderation": field = .moderation
        case "web_search_options":
            conversation.extras[.webSearch] = value
            return true
        case "functions", "function_call": field = .legacyFunctions
        case "audio": field = .audioOutput
        case "modalities":
            let isText = try value.texts(of: "modalities").allSatisfy { $0.equals("text") }
            if !isText { conversation.extras[.audioOutput] = value }
            return true
        case "store":
            if try value.bool(of: "store") { conversation.extras[.store] = value }
            return true
        default: return false
        }
        if !value.isEmptyValue { conversation.extras[field] = value }
        return true
    }

    mutating func keep(_ field: ConversationField, _ value: JSONView) {
        conversation.extras[field] = value
    }

    mutating func append(_ turn: ConversationTurn) {
        conversation.turns.append(turn)
    }

    // MARK: Tools and form

    private mutating func readTools(_ value: JSONView) throws(WireError) {
        for tool in try value.array(of: "tools") {
            guard conversation.tools.count < WireLimits.conversationTools else { throw tool.invalid("tools") }
            // Some servers' callers leave the type out.
            if let type = tool.value("type"), try !type.text(of: "tools[].type").equals("function") {
                keep(.customTools, tool)
                continue
            }
            guard let function = tool.value("function") else {
                throw WireError(.missingField, at: tool.offset, field: "tools[].function")
            }
            conversation.tools.append(try readFunction(function, tool))
        }
    }

    private mutating func readFunction(_ function: JSONView, _ tool: JSONView) throws(WireError) -> ConversationTool {
        var read = ConversationTool(name: try function.requiredText("name", of: "tools[].function.name"))
        for (name, value) in function.members where !value.isNull {
            switch name {
            case "name": break
            case "description": read.description = try value.text(of: "tools[].function.description")
            case "parameters": read.schema = try value.object(of: "tools[].function.parameters").bytes
            case "strict": read.isStrict = try value.bool(of: "tools[].function.strict")
            case "cache_control": read.cacheControl = value.bytes
            default: unknown.note("tools[].function", name, value)
            }
        }
        for (name, value) in tool.members where !value.isNull {
            switch name {
            case "type", "function": break
            case "cache_control": read.cacheControl = value.bytes
            default: unknown.note("tools[]", name, value)
            }
        }
        return read
    }

    private mutating func readToolChoice(_ value: JSONView) throws(WireError) {
        if let word = value.text {
            switch word {
            case "none": conversation.toolChoice = ConversationToolChoice.none
            case "auto": conversation.toolChoice = .auto
            case "required", "any": conversation.toolChoice = .required
            default: throw value.invalid("tool_choice")
            }
            return
        }
        var choice = try RequestObject(value, "tool_choice", unknown)
        switch try choice.requiredText("type") {
        case "function":
            var function = try choice.requiredObject("function")
            conversation.toolChoice = .named(try function.requiredText("name"))
        case "allowed_tools":
            choice.skipAll()
            keep(.allowedTools, value)
        case "custom":
            choice.skipAll()
            keep(.customTools, value)
        default: throw choice.invalid("type")
        }
    }

    private mutating func readFormat(_ value: JSONView) throws(WireError) {
        var format = try RequestObject(value, "response_format", unknown)
        switch try format.requiredText("type") {
        case "text": break
        case "json_object": conversation.answerFormat = .json
        case "json_schema":
            var named = try format.requiredObject("json_schema")
            let schema = try named.required("schema")
            conversation.answerFormat = .schema(
                try schema.object(of: "response_format.json_schema.schema").bytes, name: named.take("name")?.text,
                description: named.take("description")?.text, isStrict: named.take("strict")?.bool)
        default: throw format.invalid("type")
        }
    }
}
