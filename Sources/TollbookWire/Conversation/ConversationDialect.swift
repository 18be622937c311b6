/// A wire format that conversations are translated between.
package enum ConversationDialect: String, CaseIterable, Sendable {
    case openAIChat = "openai-chat"
    case anthropicMessages = "anthropic-messages"
}
