internal import NIOCore

/// Reads an OpenAI responses request into a conversation.
struct ResponsesRequestReader {
    private var conversation = Conversation(source: .openAIResponses)
    private var instructions: JSONText?
    private var echo = ResponsesEcho()
    let unknown = UnknownFields(skipsFalse: true)
    private var hasInput = false
    var budget = PartBudget()

    /// - Throws: `not_an_object`, `duplicate_field`, `missing_field`, `invalid_field`.
    static func read(_ view: JSONView) throws(WireError) -> Conversation {
        guard view.kind == .object else { throw WireError(.notAnObject, at: view.offset) }
        var reader = ResponsesRequestReader()
        var seen: Set<String> = []
        for (name, value) in view.members {
            let key = name.string
            guard seen.insert(key).inserted else { throw WireError(.duplicateField, at: value.offset, field: key) }
            guard !value.isNull else { continue }
            try reader.read(name, value)
            reader.echo.take(key, value)
        }
        return try reader.finish(view)
    }

    private consuming func finish(_ view: JSONView) throws(WireError) -> Conversation {
        if let instructions {
            conversation.turns.insert(ConversationTurn(.system, [ConversationPart(.text(instructions))]), at: 0)
        }
        // What the provider should remember stands for input; a rule refuses it.
        let isRemembered = [ConversationField.previousResponse, .storedConversation, .storedPrompt].contains {
            conversation.extras[$0] != nil
        }
        guard hasInput || isRemembered else { throw WireError(.missingField, at: view.offset, field: "input") }
        conversation.responsesEcho = echo.members()
        conversation.unknownFields = unknown.names
        return conversation
    }

    private mutating func read(_ name: JSONText, _ value: JSONView) throws(WireError) {
        if try readConversation(name, value) { return }
        if try readSettings(name, value) { return }
        if try readExtra(name, value) { return }
        unknown.note(name.string)
    }

    private mutating func readConversation(_ name: JSONText, _ value: JSONView) throws(WireError) -> Bool {
        switch name {
        case "model": conversation.model = try value.text(of: "model")
        case "input": try readInput(value)
        case "instructions":
            let text = try value.text(of: "instructions")
            if !text.isEmpty { instructions = text }
        case "tools": try readTools(value)
        case "tool_choice": try readToolChoice(value)
        case "parallel_tool_calls": conversation.allowsParallelCalls = try value.bool(of: "parallel_tool_calls")
        case "text": try readText(value)
        case "reasoning": try readReasoning(value)
        default: return false
        }
        return true
    }

    private mutating func readSettings(_ name: JSONText, _ value: JSONView) throws(WireError) -> Bool {
        switch name {
        case "max_output_tokens": conversation.maxOutputTokens = try value.number(of: "max_output_tokens")
        case "temperature": conversation.sampling.temperature = try value.number(of: "temperature")
        case "top_p": conversation.sampling.topP = try value.number(of: "top_p")
        case "top_logprobs":
            let number = try value.number(of: "top_logprobs")
            if !value.isZero { conversation.logProbabilities = .init(alternatives: number) }
        case "stream": conversation.streams = try value.bool(of: "stream")
        case "stream_options":
            for (name, value) in value.members { unknown.note("stream_options", name, value) }
        case "service_tier": conversation.serviceTier = try value.text(of: "service_tier")
        case "user": conversation.endUser = try value.text(of: "user")
        case "include": try readInclude(value)
        // One that is asked for is refused before anything is translated.
        case "background": _ = try value.bool(of: "background")
        default: return false
        }
        return true
    }

    /// Fields that other dialects do not have; a value that asks for nothing counts as absent.
    private mutating func readExtra(_ name: JSONText, _ value: JSONView) throws(WireError) -> Bool {
        let field: ConversationField
        switch name {
        case "previous_response_id": field = .previousResponse
        case "conversation": field = .storedConversation
        case "prompt": field = .storedPrompt
        case "metadata": field = .metadata
        case "safety_identifier": field = .safetyIdentifier
        case "prompt_cache_key": field = .promptCacheKey
        case "prompt_cache_retention", "prompt_cache_options": field = .promptCacheRetention
        case "moderation": field = .moderation
        case "max_tool_calls": field = .maxToolCalls
        case "context_management": field = .contextManagement
        case "store":
            if try value.bool(of: "store") { keep(.store, value) }
            return true
        case "truncation":
            if try !value.text(of: "truncation").equals("disabled") { keep(.truncation, value) }
            return true
        default: return false
        }
        if !value.isEmptyValue { keep(field, value) }
        return true
    }

    /// Thoughts come with what only their provider can read, asked for or not.
    private mutating func readInclude(_ value: JSONView) throws(WireError) {
        for name in try value.texts(of: "include") {
            switch name {
            case "reasoning.encrypted_content": continue
            case "message.output_text.logprobs":
                conversation.logProbabilities = conversation.logProbabilities ?? .init(alternatives: nil)
            default: keep(.include, value)
            }
        }
    }

    mutating func keep(_ field: ConversationField, _ value: JSONView) {
        conversation.extras[field] = value
    }

    // MARK: Input

    private mutating func readInput(_ value: JSONView) throws(WireError) {
        if let text = value.text {
            append(.user, [ConversationPart(.text(text))])
            hasInput = true
        } else {
            for item in try value.array(of: "input") {
                try readItem(item)
                hasInput = true
            }
        }
    }

    /// Items of one party that follow each other are one turn: what was thought, said and asked for belongs together.
    mutating func append(_ role: ConversationTurn.Role, _ parts: [ConversationPart]) {
        let joins = role == .assistant || role == .tool
        if joins, let last = conversation.turns.last, last.role == role {
            conversation.turns[conversation.turns.count - 1].parts += parts
        } else {
            conversation.turns.append(ConversationTurn(role, parts))
        }
    }

    // MARK: Tools

    private mutating func readTools(_ value: JSONView) throws(WireError) {
        for tool in try value.array(of: "tools") {
            guard conversation.tools.count < WireLimits.conversationTools else { throw tool.invalid("tools") }
            switch try tool.requiredText("type", of: "tools[].type") {
            case "function": conversation.tools.append(try readFunction(tool))
            case "custom": keep(.customTools, tool)
            default: keep(.hostedTools, tool)
            }
        }
    }

    private mutating func readFunction(_ tool: JSONView) throws(WireError) -> ConversationTool {
        var read = ConversationTool(name: try tool.requiredText("name", of: "tools[].name"))
        for (name, value) in tool.members where !value.isNull {
            switch name {
            case "type", "name": break
            case "description": read.description = try value.text(of: "tools[].description")
            case "parameters": read.schema = try value.object(of: "tools[].parameters").bytes
            case "strict": read.isStrict = try value.bool(of: "tools[].strict")
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
            case "required": conversation.toolChoice = .required
            default: throw value.invalid("tool_choice")
            }
            return
        }
        var choice = try RequestObject(value, "tool_choice", unknown)
        switch try choice.requiredText("type") {
        case "function":
            conversation.toolChoice = .named(try choice.requiredText("name"))
            return
        case "allowed_tools": keep(.allowedTools, value)
        case "custom": keep(.customTools, value)
        default: keep(.hostedTools, value)
        }
        choice.skipAll()
    }

    // MARK: Form and thinking

    private mutating func readText(_ value: JSONView) throws(WireError) {
        for (name, value) in try value.object(of: "text").members where !value.isNull {
            switch name {
            case "format": try readFormat(value)
            case "verbosity": if !(value.text?.equals("medium") ?? false) { keep(.verbosity, value) }
            default: unknown.note("text", name, value)
            }
        }
    }

    private mutating func readFormat(_ value: JSONView) throws(WireError) {
        var format = try RequestObject(value, "text.format", unknown)
        switch try format.requiredText("type") {
        case "text": break
        case "json_object": conversation.answerFormat = .json
        case "json_schema":
            let schema = try format.required("schema").object(of: "text.format.schema")
            conversation.answerFormat = .schema(
                schema.bytes, name: format.take("name")?.text, description: format.take("description")?.text,
                isStrict: format.take("strict")?.bool ?? false)
        default: throw format.invalid("type")
        }
    }

    private mutating func readReasoning(_ value: JSONView) throws(WireError) {
        for (name, value) in try value.object(of: "reasoning").members where !value.isNull {
            switch name {
            case "effort":
                let effort = try value.text(of: "reasoning.effort")
                conversation.reasoning.isEnabled = !effort.equals("none")
                if !effort.equals("none") { conversation.reasoning.effort = effort }
            case "summary", "generate_summary":
                conversation.reasoning.display = try value.text(of: "reasoning.summary")
            default: unknown.note("reasoning", name, value)
            }
        }
    }
}
