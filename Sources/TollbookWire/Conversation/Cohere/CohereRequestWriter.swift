internal import NIOCore

/// Writes a conversation as a request of Cohere's chat, version 2: https://docs.cohere.com/reference/chat
struct CohereRequestWriter {
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
            let messages = CohereMessages(conversation.turns)
            json.array { messages.write(&$0, &notes) }
            if conversation.source.continuesPrefill, conversation.turns.last?.role == .assistant {
                notes.allows(.prefill)
            }
            writeTools(&json, &notes)
            json.number("max_tokens", conversation.maxOutputTokens)
            writeSampling(&json, &notes)
            writeThinking(&json, &notes)
            writeFormat(&json, &notes)
            if conversation.serviceTier != nil { notes.allows(.serviceTier) }
            if conversation.endUser != nil { notes.allows(.endUser) }
            guard conversation.streams else { return }
            json.name("stream")
            json.value(true)
        }
        self.notes = notes
        return json.buffer
    }

    private func writeTools(_ json: inout JSONWriter, _ notes: inout TranslationNotes) {
        let tools = offeredTools
        guard !tools.isEmpty else { return }
        if conversation.allowsParallelCalls != nil { notes.allows(.parallelToolCalls) }
        json.name("tools")
        json.array { json in
            for tool in tools {
                if tool.cacheControl != nil { notes.allows(.cacheControl) }
                json.object { json in
                    json.member("type", JSONText("function"))
                    json.name("function")
                    json.object { Self.writeFunction(tool, &$0) }
                }
            }
        }
        switch conversation.toolChoice {
        case .required, .named: json.member("tool_choice", JSONText("REQUIRED"))
        case .some(.none): json.member("tool_choice", JSONText("NONE"))
        case .auto, nil: break
        }
        // One switch for all tools: only where each of them asks for it.
        if tools.allSatisfy({ $0.isStrict == true }) {
            json.name("strict_tools")
            json.value(true)
        } else if tools.contains(where: { $0.isStrict == true }) {
            notes.allows(.toolStrict)
        }
    }

    /// All tools; the one alone that must be called, because no name can be given there.
    private var offeredTools: [ConversationTool] {
        guard case .named(let name) = conversation.toolChoice else { return conversation.tools }
        return conversation.tools.filter { $0.name == name }
    }

    private static func writeFunction(_ tool: ConversationTool, _ json: inout JSONWriter) {
        json.member("name", tool.name)
        if let description = tool.description { json.member("description", description) }
        json.name("parameters")
        json.raw(tool.schema ?? ByteBuffer(staticString: #"{"type":"object","properties":{}}"#))
    }

    private func writeSampling(_ json: inout JSONWriter, _ notes: inout TranslationNotes) {
        let sampling = conversation.sampling
        json.number("temperature", sampling.temperature)
        Self.write("p", sampling.topP, in: 0...0.99, .topP, &json, &notes)
        json.number("k", sampling.topK)
        Self.write("frequency_penalty", sampling.frequencyPenalty, in: 0...1, .frequencyPenalty, &json, &notes)
        Self.write("presence_penalty", sampling.presencePenalty, in: 0...1, .presencePenalty, &json, &notes)
        json.number("seed", sampling.seed)
        if sampling.choices != nil { notes.allows(.choices) }
        if conversation.logProbabilities != nil { notes.allows(.logProbabilities) }
        guard !conversation.stop.isEmpty else { return }
        guard conversation.stop.count <= Self.stops else {
            notes.allows(.manyStops)
            return
        }
        json.name("stop_sequences")
        json.array { json in
            for text in conversation.stop { json.value(text) }
        }
    }

    /// What Cohere takes.
    private static let stops = 5

    /// Writes a number as it came, or the end of the range that it is outside of.
    private static func write(
        _ name: String, _ number: ByteBuffer?, in range: ClosedRange<Double>, _ field: ConversationField,
        _ json: inout JSONWriter, _ notes: inout TranslationNotes
    ) {
        guard let number else { return }
        json.name(name)
        guard let value = Double(String(buffer: number)), !range.contains(value) else { return json.raw(number) }
        notes.adjust(field)
        let end = value < range.lowerBound ? range.lowerBound : range.upperBound
        json.raw(ByteBuffer(string: end.rounded() == end ? String(Int(end)) : String(end)))
    }

    private func writeThinking(_ json: inout JSONWriter, _ notes: inout TranslationNotes) {
        let reasoning = conversation.reasoning
        if reasoning.display != nil { notes.allows(.reasoningDisplay) }
        let isOff = reasoning.isEnabled == false || reasoning.effort.map { $0.equals("none") } ?? false
        guard isOff || reasoning.isEnabled == true || reasoning.effort != nil || reasoning.budgetTokens != nil else {
            return
        }
        if !isOff, reasoning.effort != nil { notes.allows(.reasoningEffort) }
        json.name("thinking")
        json.object { json in
            json.member("type", JSONText(isOff ? "disabled" : "enabled"))
            guard !isOff, let budget = reasoning.budgetTokens else { return }
            json.name("token_budget")
            json.value(budget)
        }
    }

    private func writeFormat(_ json: inout JSONWriter, _ notes: inout TranslationNotes) {
        guard let format = conversation.answerFormat else { return }
        json.name("response_format")
        json.object { json in
            json.member("type", JSONText("json_object"))
            guard case .schema(let schema, let name, let description, let isStrict) = format else { return }
            if name != nil { notes.allows(.jsonSchemaName) }
            if description != nil { notes.allows(.jsonSchemaDescription) }
            if isStrict == false { notes.allows(.jsonSchemaNotStrict) }
            json.name("json_schema")
            json.raw(schema)
        }
    }
}
