internal import NIOCore

/// Writes a conversation as an Anthropic messages request.
struct AnthropicRequestWriter {
    private let conversation: Conversation
    private let options: TranslationOptions
    private(set) var notes: TranslationNotes
    private var json = JSONWriter()

    init(_ conversation: Conversation, _ options: TranslationOptions, _ notes: TranslationNotes) {
        self.conversation = conversation
        self.options = options
        self.notes = notes
    }

    mutating func write() -> ByteBuffer {
        var notes = self.notes
        var json = self.json
        json.object { json in
            json.name("model")
            json.value(options.model)
            json.name("max_tokens")
            if let maximum = conversation.maxOutputTokens {
                json.raw(maximum)
            } else {
                json.value(options.defaultMaxOutputTokens)
            }
            writeTurns(&json, &notes)
            writeTools(&json)
            let reasoning = ClaudeReasoning(conversation, options, &notes)
            writeSampling(reasoning.thinks, &json, &notes)
            writeReasoning(reasoning, &json, &notes)
            writeOperations(&json, &notes)
        }
        self.notes = notes
        return json.buffer
    }

    // MARK: Turns

    private func writeTurns(_ json: inout JSONWriter, _ notes: inout TranslationNotes) {
        var instructions: [ConversationPart] = []
        var messages: [ConversationTurn] = []
        for turn in SaidTurns(conversation.turns, &notes, says: \.saysToClaude).turns {
            switch turn.role {
            case .system, .developer:
                if !messages.isEmpty { notes.allows(.laterInstructions) }
                instructions += turn.parts
            case .user, .assistant, .tool:
                // Results of parallel calls, and what the user says to them, are one message there.
                let role: ConversationTurn.Role = turn.role == .assistant ? .assistant : .user
                if messages.last?.role == role {
                    messages[messages.count - 1].parts += turn.parts
                } else {
                    messages.append(ConversationTurn(role, turn.parts))
                }
            }
        }
        let blocks = AnthropicBlocks(source: conversation.source)
        if instructions.contains(where: { !$0.isEmptyText }) {
            json.name("system")
            blocks.write(instructions, &json, &notes)
        }
        json.name("messages")
        json.array { json in
            for message in messages {
                json.object { json in
                    json.name("role")
                    json.value(message.role == .assistant ? "assistant" : "user")
                    json.name("content")
                    blocks.write(message.parts, &json, &notes)
                }
            }
        }
    }

    // MARK: Tools

    private func writeTools(_ json: inout JSONWriter) {
        guard !conversation.tools.isEmpty else { return }
        json.name("tools")
        json.array { json in
            for tool in conversation.tools {
                json.object { json in
                    json.name("name")
                    json.value(tool.name)
                    if let description = tool.description {
                        json.name("description")
                        json.value(description)
                    }
                    json.name("input_schema")
                    json.raw(Self.objectSchema(tool.schema))
                    if tool.isStrict == true {
                        json.name("strict")
                        json.value(true)
                    }
                    json.cacheControl(tool.cacheControl)
                }
            }
        }
        writeToolChoice(&json)
    }

    /// The schema with the `type` that Anthropic requires.
    static func objectSchema(_ schema: ByteBuffer?) -> ByteBuffer {
        let none = ByteBuffer(staticString: #"{"type":"object","properties":{}}"#)
        guard let schema, let view = try? JSONView(schema) else { return none }
        guard view.member("type") == nil else { return schema }
        var json = JSONWriter()
        json.object { json in
            json.name("type")
            json.value("object")
            for (name, value) in view.members {
                json.name(name.string)
                json.raw(value.bytes)
            }
        }
        return json.buffer
    }

    private func writeToolChoice(_ json: inout JSONWriter) {
        let isSerial = conversation.allowsParallelCalls == false
        guard conversation.toolChoice != nil || isSerial else { return }
        json.name("tool_choice")
        json.object { json in
            json.name("type")
            switch conversation.toolChoice ?? .auto {
            case .none: return json.value("none")
            case .auto: json.value("auto")
            case .required: json.value("any")
            case .named(let name):
                json.value("tool")
                json.name("name")
                json.value(name)
            }
            if isSerial {
                json.name("disable_parallel_tool_use")
                json.value(true)
            }
        }
    }

    // MARK: Settings

    private func writeSampling(_ thinks: Bool, _ json: inout JSONWriter, _ notes: inout TranslationNotes) {
        let sampling = conversation.sampling.accepted(by: ClaudeModel(options.model), thinks: thinks, &notes)
        json.number("temperature", sampling.temperature)
        json.number("top_p", sampling.topP)
        json.number("top_k", sampling.topK)
        if sampling.frequencyPenalty != nil { notes.allows(.frequencyPenalty) }
        if sampling.presencePenalty != nil { notes.allows(.presencePenalty) }
        if sampling.seed != nil { notes.allows(.seed) }
        if sampling.choices != nil { notes.allows(.choices) }
        if conversation.logProbabilities != nil { notes.allows(.logProbabilities) }
        if !conversation.stop.isEmpty {
            json.name("stop_sequences")
            json.array { json in
                for text in conversation.stop { json.value(text) }
            }
        }
    }

    private func writeReasoning(
        _ reasoning: ClaudeReasoning, _ json: inout JSONWriter, _ notes: inout TranslationNotes
    ) {
        let schema = schemaOfAnswer(&notes)
        if let thinking = reasoning.thinking {
            json.name("thinking")
            thinking.write(&json)
        }
        guard reasoning.effort != nil || schema != nil else { return }
        json.name("output_config")
        json.object { json in
            if let effort = reasoning.effort { json.member("effort", effort) }
            guard let schema else { return }
            json.name("format")
            json.object { json in
                json.name("type")
                json.value("json_schema")
                json.name("schema")
                json.raw(schema)
            }
        }
    }

    private func schemaOfAnswer(_ notes: inout TranslationNotes) -> ByteBuffer? {
        switch conversation.answerFormat {
        case nil: return nil
        case .json:
            notes.allows(.jsonMode)
            return nil
        case .schema(let schema, let name, let description, let isStrict):
            if name != nil { notes.allows(.jsonSchemaName) }
            if description != nil { notes.allows(.jsonSchemaDescription) }
            if isStrict != true { notes.allows(.jsonSchemaNotStrict) }
            return ClosedSchema.make(schema)
        }
    }

    private func writeOperations(_ json: inout JSONWriter, _ notes: inout TranslationNotes) {
        if let tier = conversation.serviceTier {
            switch tier {
            case "auto", "priority":
                json.name("service_tier")
                json.value("auto")
            case "default", "standard_only":
                json.name("service_tier")
                json.value("standard_only")
            default: notes.allows(.serviceTierUnknown)
            }
        }
        if conversation.endUser != nil, conversation.extras[.safetyIdentifier] != nil {
            notes.leaveOut(.safetyIdentifier)
        }
        if let person = conversation.endUser ?? conversation.extras[.safetyIdentifier]?.text {
            json.name("metadata")
            json.object { json in
                json.name("user_id")
                json.value(person)
            }
        }
        if conversation.streams {
            json.name("stream")
            json.value(true)
        }
    }
}

extension JSONWriter {
    /// Writes a member whose value is a number's text, if there is one.
    mutating func number(_ name: String, _ number: ByteBuffer?) {
        guard let number else { return }
        self.name(name)
        raw(number)
    }

    /// Writes a mark for the prompt cache, if there is one.
    mutating func cacheControl(_ mark: ByteBuffer?) {
        guard let mark else { return }
        name("cache_control")
        raw(mark)
    }
}
