internal import NIOCore
internal import TollbookCore

/// Writes a conversation as an OpenAI chat completions request.
struct OpenAIChatRequestWriter {
    private let conversation: Conversation
    private let options: TranslationOptions
    private(set) var notes: TranslationNotes

    init(_ conversation: Conversation, _ options: TranslationOptions, _ notes: TranslationNotes) {
        self.conversation = conversation
        self.options = options
        self.notes = notes
    }

    mutating func write() -> ByteBuffer {
        var notes = self.notes
        var json = JSONWriter()
        json.object { json in
            json.name("model")
            json.value(options.model)
            json.name("messages")
            let messages = OpenAIMessages(conversation.turns, options)
            json.array { messages.write(&$0, &notes) }
            // In OpenAI's dialects a last message of the assistant is answered, and never continued.
            if conversation.source.continuesPrefill, conversation.turns.last?.role == .assistant {
                notes.allows(.prefill)
            }
            writeTools(&json, &notes)
            json.number(options.usesMaxTokens ? "max_tokens" : "max_completion_tokens", conversation.maxOutputTokens)
            writeSampling(&json, &notes)
            writeReasoning(&json, &notes)
            writeFormat(&json)
            writeOperations(&json, &notes)
        }
        self.notes = notes
        return json.buffer
    }

    private func writeTools(_ json: inout JSONWriter, _ notes: inout TranslationNotes) {
        guard !conversation.tools.isEmpty else { return }
        json.name("tools")
        json.array { json in
            for tool in conversation.tools {
                if tool.cacheControl != nil { notes.allows(.cacheControl) }
                json.object { json in
                    json.name("type")
                    json.value("function")
                    json.name("function")
                    json.object { writeFunction(tool, &$0) }
                }
            }
        }
        if let choice = conversation.toolChoice {
            json.name("tool_choice")
            Self.writeToolChoice(choice, &json)
        }
        if let allowsParallelCalls = conversation.allowsParallelCalls {
            json.name("parallel_tool_calls")
            json.value(allowsParallelCalls)
        }
    }

    private func writeFunction(_ tool: ConversationTool, _ json: inout JSONWriter) {
        json.member("name", tool.name)
        if let description = tool.description { json.member("description", description) }
        if let schema = tool.schema {
            json.name("parameters")
            json.raw(schema)
        } else if options.chat.contains(.parametersRequired) {
            json.name("parameters")
            json.raw(AnthropicRequestWriter.objectSchema(nil))
        }
        if let isStrict = tool.isStrict {
            json.name("strict")
            json.value(isStrict)
        }
    }

    private static func writeToolChoice(_ choice: ConversationToolChoice, _ json: inout JSONWriter) {
        switch choice {
        case .none: json.value("none")
        case .auto: json.value("auto")
        case .required: json.value("required")
        case .named(let name):
            json.object { json in
                json.name("type")
                json.value("function")
                json.name("function")
                json.object { $0.member("name", name) }
            }
        }
    }

    private func writeSampling(_ json: inout JSONWriter, _ notes: inout TranslationNotes) {
        let sampling = conversation.sampling
        json.number("temperature", sampling.temperature)
        json.number("top_p", sampling.topP)
        json.number("frequency_penalty", sampling.frequencyPenalty)
        json.number("presence_penalty", sampling.presencePenalty)
        if let seed = sampling.seed { writeSeed(seed, &json, &notes) }
        if sampling.topK != nil { notes.allows(.topK) }
        if sampling.choices != nil { notes.allows(.choices) }
        if conversation.logProbabilities != nil { notes.allows(.logProbabilities) }
        guard !conversation.stop.isEmpty else { return }
        guard conversation.stop.count <= Self.stops else {
            notes.allows(.manyStops)
            return
        }
        json.name("stop")
        json.array { json in
            for text in conversation.stop { json.value(text) }
        }
    }

    private func writeSeed(_ seed: ByteBuffer, _ json: inout JSONWriter, _ notes: inout TranslationNotes) {
        guard options.chat.contains(.randomSeed) else { return json.number("seed", seed) }
        guard seed.readableBytesView.first != UInt8(ascii: "-") else { return notes.leaveOut(.seed) }
        json.number("random_seed", seed)
    }

    /// What OpenAI takes.
    private static let stops = 4

    private func writeReasoning(_ json: inout JSONWriter, _ notes: inout TranslationNotes) {
        let reasoning = conversation.reasoning
        if reasoning.display != nil { notes.allows(.reasoningDisplay) }
        if reasoning.isEnabled == false {
            if conversation.source == .openAIResponses {
                json.name("reasoning_effort")
                json.value("none")
            } else {
                notes.allows(.reasoningOff)
            }
        }
        if let effort = reasoning.effort {
            json.member("reasoning_effort", known(effort))
        } else if let budget = reasoning.budgetTokens, reasoning.isEnabled != false {
            json.member("reasoning_effort", known(Conversation.Reasoning.effort(of: budget)))
        } else if reasoning.isEnabled == true {
            notes.allows(.reasoningOn)
        }
    }

    private func known(_ effort: JSONText) -> JSONText {
        guard options.chat.contains(.effortNoneOrHigh) else { return effort }
        return JSONText(effort.equals("minimal") || effort.equals("low") ? "none" : "high")
    }

    private func writeFormat(_ json: inout JSONWriter) {
        if case .json = conversation.answerFormat {
            json.name("response_format")
            json.object { json in
                json.name("type")
                json.value("json_object")
            }
        }
        guard case .schema(let schema, let name, let description, let isStrict) = conversation.answerFormat else {
            return
        }
        json.name("response_format")
        json.object { json in
            json.name("type")
            json.value("json_schema")
            json.name("json_schema")
            json.object { json in
                json.member("name", name ?? JSONText("output"))
                if let description { json.member("description", description) }
                json.name("strict")
                json.value(isStrict ?? true)
                json.name("schema")
                json.raw(schema)
            }
        }
    }

    private func writeOperations(_ json: inout JSONWriter, _ notes: inout TranslationNotes) {
        if let tier = conversation.serviceTier {
            switch tier {
            case _ where options.chat.contains(.noServiceTier): notes.leaveOut(.serviceTier)
            case "auto": json.member("service_tier", tier)
            case "default", "standard_only": json.member("service_tier", JSONText("default"))
            default: notes.allows(.serviceTierUnknown)
            }
        }
        if conversation.endUser != nil, conversation.extras[.safetyIdentifier] != nil {
            notes.leaveOut(.safetyIdentifier)
        }
        if let person = conversation.endUser ?? conversation.extras[.safetyIdentifier]?.text {
            if !options.chat.contains(.noUser) {
                json.member("user", person)
            } else {
                notes.leaveOut(conversation.endUser == nil ? .safetyIdentifier : .endUser)
            }
        }
        guard conversation.streams else { return }
        json.name("stream")
        json.value(true)
        guard options.takesStreamOptions else { return }
        json.name("stream_options")
        json.object { json in
            json.name("include_usage")
            json.value(true)
        }
    }
}
