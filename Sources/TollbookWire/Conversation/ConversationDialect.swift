/// A wire format that conversations are translated between.
package enum ConversationDialect: String, CaseIterable, Sendable {
    case openAIChat = "openai-chat"
    case anthropicMessages = "anthropic-messages"
    /// Callers speak it; a provider that does is sent the bytes as they are.
    case openAIResponses = "openai-responses"
    case bedrockConverse = "bedrock-converse"

    /// Gemini's `generateContent`, at its own API and at Vertex AI.
    case gemini

    /// Cohere's chat, version 2. Providers speak it; of callers it is not translated.
    case cohereChat = "cohere-chat"

    /// Dialects that a request can be translated into.
    package static let providers: [ConversationDialect] = [
        .openAIChat, .anthropicMessages, .gemini, .bedrockConverse, .cohereChat,
    ]

    /// Dialects of callers whose requests can be translated.
    package static let callers: [ConversationDialect] = allCases.filter { $0 != .cohereChat }

    /// What answers' ids begin with.
    var answerPrefix: String {
        switch self {
        case .openAIChat: "chatcmpl-"
        case .anthropicMessages: "msg_"
        case .openAIResponses: "resp_"
        case .gemini: ""
        // Its answers have no ids.
        case .bedrockConverse: ""
        case .cohereChat: ""
        }
    }

    /// Whether an effort is one thing, and thinking another: elsewhere an effort asks for thinking.
    var tellsThinkingApart: Bool {
        switch self {
        case .anthropicMessages, .bedrockConverse: true
        case .openAIChat, .openAIResponses, .gemini, .cohereChat: false
        }
    }

    /// Whether a last message of the assistant is gone on with, rather than answered.
    var continuesPrefill: Bool {
        switch self {
        case .anthropicMessages, .bedrockConverse: true
        case .openAIChat, .openAIResponses, .gemini, .cohereChat: false
        }
    }
}
