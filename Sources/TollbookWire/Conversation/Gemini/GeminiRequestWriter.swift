internal import NIOCore

/// Writes a conversation as a Gemini `generateContent` request. Whether it streams, and the model, stand in the path.
///
/// https://ai.google.dev/api/generate-content#request-body
struct GeminiRequestWriter {
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
            let turns = SaidTurns(conversation.turns, &notes, says: \.saysToGemini).turns
            GeminiContents(turns, options).write(&json, &notes)
            // A last turn of the model would be answered, and not continued.
            if conversation.source.continuesPrefill, conversation.turns.last?.role == .assistant {
                notes.allows(.prefill)
            }
            writeTools(&json, &notes)
            let config = generationConfig(&notes)
            if config.readableBytes > 2 {
                json.name("generationConfig")
                json.raw(config)
            }
            writeOperations(&json, &notes)
        }
        self.notes = notes
        return json.buffer
    }

    // MARK: Tools

    private func writeTools(_ json: inout JSONWriter, _ notes: inout TranslationNotes) {
        guard !conversation.tools.isEmpty else { return }
        json.name("tools")
        json.array { json in
            json.object { json in
                json.name("functionDeclarations")
                json.array { json in
                    for tool in conversation.tools { Self.write(tool, &json, &notes) }
                }
            }
        }
        if conversation.allowsParallelCalls == false { notes.allows(.parallelToolCalls) }
        guard let choice = conversation.toolChoice else { return }
        json.name("toolConfig")
        json.object { json in
            json.name("functionCallingConfig")
            json.object { Self.write(choice, &$0) }
        }
    }

    private static func write(
        _ tool: ConversationTool, _ json: inout JSONWriter, _ notes: inout TranslationNotes
    ) {
        if tool.isStrict == true { notes.allows(.toolStrict) }
        if tool.cacheControl != nil { notes.allows(.cacheControl) }
        json.object { json in
            json.member("name", tool.name)
            if let description = tool.description { json.member("description", description) }
            guard let schema = tool.schema else { return }
            json.name("parametersJsonSchema")
            json.raw(schema)
        }
    }

    private static func write(_ choice: ConversationToolChoice, _ json: inout JSONWriter) {
        json.name("mode")
        switch choice {
        case .none: json.value("NONE")
        case .auto: json.value("AUTO")
        case .required: json.value("ANY")
        case .named(let name):
            json.value("ANY")
            json.name("allowedFunctionNames")
            json.array { $0.value(name) }
        }
    }

    // MARK: Settings

    private func generationConfig(_ notes: inout TranslationNotes) -> ByteBuffer {
        var config = JSONWriter()
        config.object { json in
            json.number("maxOutputTokens", conversation.maxOutputTokens)
            writeSampling(&json, &notes)
            writeFormat(&json, &notes)
            writeThinking(&json, &notes)
        }
        return config.buffer
    }

    private func writeSampling(_ json: inout JSONWriter, _ notes: inout TranslationNotes) {
        let sampling = conversation.sampling
        json.number("temperature", sampling.temperature)
        json.number("topP", sampling.topP)
        json.number("topK", sampling.topK)
        json.number("frequencyPenalty", sampling.frequencyPenalty)
        json.number("presencePenalty", sampling.presencePenalty)
        if let seed = sampling.seed {
            // It has 32 bits there.
            if Int32(String(buffer: seed)) != nil { json.number("seed", seed) } else { notes.leaveOut(.seed) }
        }
        if sampling.choices != nil { notes.allows(.choices) }
        if conversation.logProbabilities != nil { notes.allows(.logProbabilities) }
        guard !conversation.stop.isEmpty else { return }
        guard conversation.stop.count <= Self.stops else {
            notes.allows(.manyStops)
            return
        }
        json.name("stopSequences")
        json.array { json in
            for text in conversation.stop { json.value(text) }
        }
    }

    /// What Gemini takes.
    private static let stops = 5

    private func writeFormat(_ json: inout JSONWriter, _ notes: inout TranslationNotes) {
        guard let format = conversation.answerFormat else { return }
        json.name("responseMimeType")
        json.value("application/json")
        guard case .schema(let schema, let name, let description, let isStrict) = format else { return }
        if name != nil { notes.allows(.jsonSchemaName) }
        if description != nil { notes.allows(.jsonSchemaDescription) }
        if isStrict != true { notes.allows(.jsonSchemaNotStrict) }
        json.name("responseJsonSchema")
        json.raw(schema)
    }

    /// A budget alone: every model that thinks takes it, and those that have levels refuse both together.
    private func writeThinking(_ json: inout JSONWriter, _ notes: inout TranslationNotes) {
        let reasoning = conversation.reasoning
        var budget: Int64?
        if reasoning.isEnabled == false {
            budget = 0
        } else if let effort = reasoning.effort {
            budget = Self.budget(for: effort)
        } else if let tokens = reasoning.budgetTokens {
            if tokens > Self.largestBudget { notes.allows(.reasoningBudgetLarge) }
            budget = min(tokens, Self.largestBudget)
        }
        let showsThoughts = reasoning.isEnabled == true || reasoning.display.map { !$0.equals("omitted") } ?? false
        guard budget != nil || showsThoughts else { return }
        json.name("thinkingConfig")
        json.object { json in
            if let budget {
                json.name("thinkingBudget")
                json.value(budget)
            }
            if showsThoughts, reasoning.display.map({ !$0.equals("omitted") }) ?? true {
                json.name("includeThoughts")
                json.value(true)
            }
        }
    }

    /// What every model takes; some take more.
    private static let largestBudget: Int64 = 24_576

    /// As Google's own endpoint for OpenAI's clients has it: https://ai.google.dev/gemini-api/docs/openai#thinking
    private static func budget(for effort: JSONText) -> Int64 {
        switch effort {
        case "minimal", "low": 1_024
        case "medium": 8_192
        default: largestBudget
        }
    }

    private func writeOperations(_ json: inout JSONWriter, _ notes: inout TranslationNotes) {
        if conversation.endUser != nil { notes.allows(.endUser) }
        guard let tier = conversation.serviceTier, !tier.equals("auto") else { return }
        let known: String? =
            switch tier {
            case "default", "standard_only", "standard": "standard"
            case "flex": "flex"
            case "priority": "priority"
            default: nil
            }
        guard let known, options.takesServiceTier else {
            notes.allows(.serviceTierUnknown)
            return
        }
        json.name("serviceTier")
        json.value(known)
    }
}
