extension AnswerFinish {
    /// Reads OpenAI's `finish_reason`, and what servers of its dialect add: `model_length` and `error` are Mistral's
    /// (https://docs.mistral.ai/api), `error` OpenRouter's too, `abort` vLLM's, `insufficient_system_resource`
    /// DeepSeek's. A reason that is not known ended the answer all the same.
    ///
    /// - Parameter hasCalls: whether the answer calls tools. OpenAI says `stop` where a call was forced, and so do
    ///   other servers.
    init(openAI reason: JSONText, hasCalls: Bool) {
        switch reason {
        case "length", "model_length": self = .length
        case "tool_calls", "function_call": self = .toolCalls
        case "content_filter": self = .refusal(nil)
        case "error", "abort", "insufficient_system_resource": self = .failed(AnswerFault(.other, reason))
        default: self = hasCalls ? .toolCalls : .stop
        }
    }

    /// What an answer's finish is where nothing but its calls tells it.
    init(hasCalls: Bool) {
        self = hasCalls ? .toolCalls : .stop
    }

    /// The error that tells a caller of a failed answer; nil: it did not fail, or the dialect has a word for it.
    func failure(in dialect: ConversationDialect) -> ProviderError? {
        guard case .failed(let fault) = self else { return nil }
        switch dialect {
        case .gemini: return nil
        case .bedrockConverse where fault.kind != .other: return nil
        default: return ProviderError(fault)
        }
    }

    /// Reads Anthropic's `stop_reason` with what stands beside it.
    init(anthropic reason: JSONText, sequence: JSONText?, explanation: JSONText?) {
        switch reason {
        case "max_tokens", "model_context_window_exceeded": self = .length
        case "tool_use": self = .toolCalls
        case "refusal": self = .refusal(explanation)
        case "stop_sequence": self = .stopSequence(sequence)
        default: self = .stop
        }
    }

    /// OpenAI's `finish_reason`. A failed answer is told as an error.
    var openAI: String {
        switch self {
        case .stop, .stopSequence, .failed: "stop"
        case .length: "length"
        case .toolCalls: "tool_calls"
        case .refusal: "content_filter"
        }
    }

    /// Anthropic's `stop_reason`. A failed answer is told as an error.
    var anthropic: String {
        switch self {
        case .stop, .failed: "end_turn"
        case .stopSequence: "stop_sequence"
        case .length: "max_tokens"
        case .toolCalls: "tool_use"
        case .refusal: "refusal"
        }
    }

    /// The text that ended the answer, if it is told.
    var sequence: JSONText? {
        if case .stopSequence(let text) = self { text } else { nil }
    }
}
