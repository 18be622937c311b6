internal import NIOCore

/// What a Claude model is told of thinking, the same at Anthropic and at Bedrock.
struct ClaudeThinking {
    /// `adaptive`, `enabled` or `disabled`.
    let type: String
    /// Tokens; with `enabled`.
    let budget: Int64?

    /// nil: nothing is said. So where an effort alone says nothing of thinking in the caller's dialect, where a tool
    /// must be called, which Anthropic does not allow together with an effort, and where the answer leaves no room for
    /// the 1,024 tokens that a budget has at least. A budget of a dialect that has Claude's own is handed on as it is.
    init?(_ conversation: Conversation, _ options: TranslationOptions) {
        let reasoning = conversation.reasoning
        if reasoning.isEnabled == false {
            self.init(type: "disabled", budget: nil)
        } else if let budget = reasoning.budgetTokens, conversation.source.tellsThinkingApart {
            self.init(type: "enabled", budget: budget)
        } else if reasoning.isEnabled != true, reasoning.effort == nil || conversation.source.tellsThinkingApart {
            return nil
        } else if reasoning.effort != nil, conversation.mustCallTool {
            return nil
        } else if options.thinkingForm == .adaptive {
            self.init(type: "adaptive", budget: nil)
        } else {
            let maximum =
                conversation.maxOutputTokens.flatMap { Int64(String(buffer: $0)) } ?? options.defaultMaxOutputTokens
            let budget = min(Self.budget(for: reasoning.effort ?? JSONText("high")), maximum - 1)
            guard budget >= 1_024 else { return nil }
            self.init(type: "enabled", budget: budget)
        }
    }

    private init(type: String, budget: Int64?) {
        self.type = type
        self.budget = budget
    }

    private static func budget(for effort: JSONText) -> Int64 {
        switch effort {
        case "minimal": 1_024
        case "low": 4_096
        case "medium": 16_384
        default: 32_768
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
}
