/// Whose model Bedrock serves, as far as its id tells it.
///
/// Converse has one form for all models; what only one maker's models know goes into `additionalModelRequestFields`
/// under that maker's names. The id of an application inference profile does not tell the model: such a one is
/// `other`.
/// https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference-supported-models-features.html
enum BedrockModelFamily: Equatable {
    /// Anthropic's.
    case claude(ClaudeModel)
    /// Amazon's; `thinks` for those from 2 on.
    case nova(thinks: Bool)
    /// OpenAI's open weights.
    case gptOSS
    case other

    /// - Parameter model: a model's id or an inference profile's, or the ARN of one.
    init(model: String) {
        if model.contains("anthropic.claude") {
            self = .claude(ClaudeModel(model))
        } else if model.contains("amazon.nova") {
            self = .nova(thinks: model.contains("nova-2"))
        } else if model.contains("openai.gpt") {
            self = .gptOSS
        } else {
            self = .other
        }
    }

    var isClaude: Bool {
        if case .claude = self { true } else { false }
    }

    /// Whether prompts may be marked for the cache; other models refuse the marks.
    var takesCachePoints: Bool {
        switch self {
        case .claude, .nova: true
        case .gptOSS, .other: false
        }
    }
}
