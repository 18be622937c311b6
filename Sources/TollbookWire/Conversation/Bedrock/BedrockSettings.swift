internal import NIOCore

/// The settings of a Converse request: those that all models have, and those that go to one maker's models under its
/// own names. What the model has no place for is named as left out.
struct BedrockSettings {
    private var inference = Conversation.Sampling()
    private var maximum: ByteBuffer?
    private let stop: [JSONText]
    private var effort: JSONText?
    private var schema: Schema?
    /// Members of `additionalModelRequestFields`.
    private var additional: [(name: String, value: ByteBuffer)] = []
    /// Whether the answer is to tell which text ended it.
    private let asksForStop: Bool

    private struct Schema {
        let text: JSONText
        let name: JSONText?
        let description: JSONText?
    }

    init(
        _ conversation: Conversation, _ options: TranslationOptions, _ family: BedrockModelFamily,
        _ notes: inout TranslationNotes
    ) {
        stop = conversation.stop.filter { !$0.isEmpty }
        asksForStop = !stop.isEmpty && family.isClaude
        maximum = conversation.maxOutputTokens
        let thinks = readReasoning(conversation, options, family, &notes)
        var sampling = conversation.sampling
        if case .claude(let model) = family {
            sampling = sampling.accepted(by: model, thinks: thinks, &notes)
        } else if let value = sampling.temperature.flatMap({ Double(String(buffer: $0)) }), value > 1 {
            notes.allows(.temperatureAboveOne)
            sampling.temperature = ByteBuffer(staticString: "1")
        }
        readSampling(sampling, family, thinks: thinks, &notes)
        if conversation.logProbabilities != nil { notes.allows(.logProbabilities) }
        schema = Self.schema(of: conversation.answerFormat, closed: family.isClaude, &notes)
    }

    // MARK: Sampling

    private mutating func readSampling(
        _ sampling: Conversation.Sampling, _ family: BedrockModelFamily, thinks: Bool, _ notes: inout TranslationNotes
    ) {
        inference.temperature = sampling.temperature
        inference.topP = sampling.topP
        if let topK = sampling.topK { addTopK(topK, family, &notes) }
        if sampling.frequencyPenalty != nil { notes.allows(.frequencyPenalty) }
        if sampling.presencePenalty != nil { notes.allows(.presencePenalty) }
        if sampling.seed != nil { notes.allows(.seed) }
        if sampling.choices != nil { notes.allows(.choices) }
    }

    private mutating func addTopK(
        _ topK: ByteBuffer, _ family: BedrockModelFamily, _ notes: inout TranslationNotes
    ) {
        switch family {
        case .claude: additional.append(("top_k", topK))
        case .nova:
            var json = JSONWriter()
            json.object { $0.number("topK", topK) }
            additional.append(("inferenceConfig", json.buffer))
        default: notes.leaveOut(.topK)
        }
    }

    // MARK: Thinking

    /// Says whether the model is told to think.
    private mutating func readReasoning(
        _ conversation: Conversation, _ options: TranslationOptions, _ family: BedrockModelFamily,
        _ notes: inout TranslationNotes
    ) -> Bool {
        let reasoning = conversation.reasoning
        let thinks: Bool
        switch family {
        case .claude: thinks = readClaude(conversation, options, &notes)
        case .nova(thinks: true):
            thinks = readLevel(reasoning) { level in
                ("reasoningConfig", Self.object(["type": "enabled", "maxReasoningEffort": level]))
            }
        case .gptOSS: thinks = readLevel(reasoning) { ("reasoning_effort", Self.string($0)) }
        case .nova, .other:
            if reasoning.effort != nil { notes.leaveOut(.reasoningEffort) }
            if reasoning.budgetTokens != nil { notes.leaveOut(.reasoningBudget) }
            thinks = false
        }
        if reasoning.isEnabled == false, !family.isClaude { notes.leaveOut(conversation.thinkingOff) }
        if reasoning.display != nil, !family.isClaude { notes.leaveOut(.reasoningDisplay) }
        if reasoning.isEnabled == true, reasoning.effort == nil, reasoning.budgetTokens == nil, !family.isClaude {
            notes.leaveOut(.reasoningOn)
        }
        return thinks
    }

    private mutating func readClaude(
        _ conversation: Conversation, _ options: TranslationOptions, _ notes: inout TranslationNotes
    ) -> Bool {
        let reasoning = ClaudeReasoning(conversation, options, &notes)
        effort = reasoning.effort
        if let thinking = reasoning.thinking {
            var json = JSONWriter()
            thinking.write(&json)
            additional.append(("thinking", json.buffer))
        }
        return reasoning.thinks
    }

    /// For models that know three levels.
    private mutating func readLevel(
        _ reasoning: Conversation.Reasoning, _ setting: (String) -> (String, ByteBuffer)
    ) -> Bool {
        guard reasoning.isEnabled != false, reasoning.effort != nil || reasoning.budgetTokens != nil else {
            return false
        }
        additional.append(setting(reasoning.level))
        return true
    }

    private static func object(_ members: KeyValuePairs<String, String>) -> ByteBuffer {
        var json = JSONWriter()
        json.object { json in
            for (name, value) in members {
                json.name(name)
                json.value(value)
            }
        }
        return json.buffer
    }

    private static func string(_ text: String) -> ByteBuffer {
        var json = JSONWriter()
        json.value(text)
        return json.buffer
    }

    // MARK: Form

    private static func schema(
        of format: Conversation.AnswerFormat?, closed isClosed: Bool, _ notes: inout TranslationNotes
    ) -> Schema? {
        switch format {
        case nil: return nil
        case .json:
            notes.allows(.jsonMode)
            return nil
        case .schema(let schema, let name, let description, let isStrict):
            if isStrict != true { notes.allows(.jsonSchemaNotStrict) }
            let schema = isClosed ? ClosedSchema.make(schema) : schema
            return Schema(text: JSONText(escaping: schema), name: name, description: description)
        }
    }

    // MARK: Writing

    func write(_ json: inout JSONWriter) {
        writeInference(&json)
        if !additional.isEmpty {
            json.name("additionalModelRequestFields")
            json.object { json in
                for (name, value) in additional {
                    json.name(name)
                    json.raw(value)
                }
            }
        }
        if asksForStop {
            json.name("additionalModelResponseFieldPaths")
            json.array { $0.value(BedrockAnswers.stopSequencePath) }
        }
        writeOutput(&json)
    }

    private func writeInference(_ json: inout JSONWriter) {
        guard maximum != nil || inference.temperature != nil || inference.topP != nil || !stop.isEmpty else { return }
        json.name("inferenceConfig")
        json.object { json in
            json.number("maxTokens", maximum)
            json.number("temperature", inference.temperature)
            json.number("topP", inference.topP)
            guard !stop.isEmpty else { return }
            json.name("stopSequences")
            json.array { json in
                for text in stop { json.value(text) }
            }
        }
    }

    private func writeOutput(_ json: inout JSONWriter) {
        guard effort != nil || schema != nil else { return }
        json.name("outputConfig")
        json.object { json in
            if let effort { json.member("effort", effort) }
            guard let schema else { return }
            json.name("textFormat")
            json.object { json in
                json.member("type", JSONText("json_schema"))
                json.name("structure")
                json.object { json in
                    json.name("jsonSchema")
                    json.object { json in
                        // The schema is JSON in a string there.
                        json.member("schema", schema.text)
                        if let name = schema.name { json.member("name", name) }
                        if let description = schema.description { json.member("description", description) }
                    }
                }
            }
        }
    }
}

extension Conversation.Reasoning {
    /// `low`, `medium` or `high`: the nearest to the effort, or to the budget.
    fileprivate var level: String {
        guard let effort else {
            let budget = budgetTokens ?? 0
            return budget <= 4_096 ? "low" : budget <= 16_384 ? "medium" : "high"
        }
        switch effort {
        case "minimal", "low": return "low"
        case "medium": return "medium"
        default: return "high"
        }
    }
}
