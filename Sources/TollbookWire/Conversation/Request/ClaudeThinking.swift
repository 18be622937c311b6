internal import NIOCore

/// What a Claude model is told of thinking, the same at Anthropic and at Bedrock.
struct ClaudeReasoning {
    /// The `thinking` member; nil: it is not said.
    private(set) var thinking: ClaudeThinking?
    /// The effort; nil: it is not said.
    private(set) var effort: JSONText?

    /// Whether the model is told to think.
    var thinks: Bool { thinking.map { $0.type != "disabled" } ?? false }

    /// - Parameter notes: names what the model cannot be told.
    init(_ conversation: Conversation, _ options: TranslationOptions, _ notes: inout TranslationNotes) {
        let reasoning = conversation.reasoning
        let model = ClaudeModel(options.model)
        if reasoning.isEnabled == false {
            switch model.silence {
            case .disabled: thinking = ClaudeThinking(type: "disabled", budget: nil, display: nil)
            case .unsaid: break
            case .impossible: notes.leaveOut(conversation.thinkingOff)
            }
            // Anthropic's dialect has efforts of models that do not think.
            if let told = reasoning.effort { setEffort(told, model, &notes) }
            return
        }
        guard model.thinking != .never else {
            if reasoning.effort != nil { notes.leaveOut(.reasoningEffort) }
            if reasoning.budgetTokens != nil { notes.leaveOut(.reasoningBudget) }
            if reasoning.effort == nil, reasoning.budgetTokens == nil, reasoning.isEnabled == true {
                notes.leaveOut(.reasoningOn)
            }
            if reasoning.display != nil { notes.leaveOut(.reasoningDisplay) }
            return
        }
        think(conversation, options, model, &notes)
        if thinking == nil, reasoning.display != nil { notes.leaveOut(.reasoningDisplay) }
    }

    private mutating func setEffort(_ told: JSONText, _ model: ClaudeModel, _ notes: inout TranslationNotes) {
        if model.thinking == .adaptive { effort = model.effort(told) } else { notes.leaveOut(.reasoningEffort) }
    }

    /// Nothing is said of thinking where an effort alone says nothing of it in the caller's dialect, where a tool must
    /// be called, which Anthropic does not allow together with an effort, and where the answer leaves no room for the
    /// 1,024 tokens that a budget has at least. A budget of a dialect that has Claude's own is handed on as it is to
    /// models that take one; others are told the effort that it comes to.
    private mutating func think(
        _ conversation: Conversation, _ options: TranslationOptions, _ model: ClaudeModel,
        _ notes: inout TranslationNotes
    ) {
        let reasoning = conversation.reasoning
        let display = reasoning.display.map { $0.equals("omitted") ? $0 : JSONText("summarized") }
        var wanted = reasoning.effort
        if let budget = reasoning.budgetTokens, conversation.source.tellsThinkingApart {
            if model.takesBudget {
                thinking = ClaudeThinking(type: "enabled", budget: budget, display: display)
                if let wanted { setEffort(wanted, model, &notes) }
                return
            }
            wanted = wanted ?? Conversation.Reasoning.effort(of: budget)
        }
        let asksToThink = reasoning.isEnabled == true || !conversation.source.tellsThinkingApart
        if let wanted, model.thinking == .adaptive { effort = model.effort(wanted) }
        guard asksToThink, reasoning.isEnabled == true || wanted != nil else {
            if wanted != nil, effort == nil { notes.leaveOut(.reasoningEffort) }
            return
        }
        if wanted != nil, conversation.mustCallTool {
            notes.allows(.reasoningWithForcedTool)
        } else if model.thinking == .adaptive {
            thinking = ClaudeThinking(type: "adaptive", budget: nil, display: display)
        } else if let budget = Self.budget(for: wanted, within: conversation.maximum(options)) {
            thinking = ClaudeThinking(type: "enabled", budget: budget, display: display)
        } else if wanted != nil {
            notes.leaveOut(.reasoningEffort)
        }
    }

    /// Tokens of an effort; nil: the answer leaves no room for what is the least.
    private static func budget(for effort: JSONText?, within maximum: Int64) -> Int64? {
        let wanted: Int64 =
            switch effort ?? JSONText("high") {
            case "minimal": 1_024
            case "low": 4_096
            case "medium": 16_384
            default: 32_768
            }
        let budget = min(wanted, maximum - 1)
        return budget >= 1_024 ? budget : nil
    }
}

/// The `thinking` member of a request.
struct ClaudeThinking {
    /// `adaptive`, `enabled` or `disabled`.
    let type: String
    /// Tokens; with `enabled`.
    let budget: Int64?
    /// `summarized` or `omitted`; nil: the model's default.
    let display: JSONText?

    func write(_ json: inout JSONWriter) {
        json.object { json in
            json.name("type")
            json.value(type)
            json.number("budget_tokens", budget.map { ByteBuffer(string: String($0)) })
            if let display { json.member("display", display) }
        }
    }
}

extension Conversation {
    /// Whether the answer must call a tool.
    var mustCallTool: Bool {
        switch toolChoice {
        case .required, .named: true
        case .auto, .some(.none), nil: false
        }
    }

    /// What the caller's dialect has for no thinking: a switch, or an effort.
    var thinkingOff: ConversationField { source == .openAIResponses ? .reasoningNone : .reasoningOff }

    fileprivate func maximum(_ options: TranslationOptions) -> Int64 {
        maxOutputTokens.flatMap { Int64(String(buffer: $0)) } ?? options.defaultMaxOutputTokens
    }
}

extension Conversation.Sampling {
    /// What is left for a Claude model; the rest is named as left out.
    ///
    /// - Parameter thinks: whether the model is told to think.
    func accepted(by model: ClaudeModel, thinks: Bool, _ notes: inout TranslationNotes) -> Conversation.Sampling {
        var rest = self
        if !model.acceptsSampling {
            if temperature != nil { notes.leaveOut(.temperature) }
            rest.temperature = nil
        } else if thinks {
            if temperature != nil { notes.allows(.samplingWithThinking) }
            rest.temperature = nil
        }
        if topK != nil, thinks || !model.acceptsSampling {
            notes.leaveOut(.topK)
            rest.topK = nil
        }
        if topP != nil, thinks || !model.acceptsSampling || temperature != nil && model.takesOneOfSampling {
            notes.leaveOut(.topP)
            rest.topP = nil
        }
        if let value = rest.temperature.flatMap({ Double(String(buffer: $0)) }), value > 1 {
            notes.allows(.temperatureAboveOne)
            rest.temperature = ByteBuffer(staticString: "1")
        }
        return rest
    }
}
