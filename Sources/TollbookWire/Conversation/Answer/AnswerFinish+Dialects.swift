extension AnswerFinish {
    /// Reads OpenAI's `finish_reason`. A reason that is not known ended the answer all the same.
    init(openAI reason: JSONText) {
        switch reason {
        case "length": self = .length
        case "tool_calls", "function_call": self = .toolCalls
        case "content_filter": self = .refusal(nil)
        default: self = .stop
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

    /// OpenAI's `finish_reason`.
    var openAI: String {
        switch self {
        case .stop, .stopSequence: "stop"
        case .length: "length"
        case .toolCalls: "tool_calls"
        case .refusal: "content_filter"
        }
    }

    /// Anthropic's `stop_reason`.
    var anthropic: String {
        switch self {
        case .stop: "end_turn"
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
