/// What one dialect calls the fields that it has, and what becomes of fields when it is the target.
///
/// Each dialect has a file of its own, `DialectRules+NAME.swift`; `FieldRules.table` puts them side by side.
struct DialectRules: Sendable {
    /// Fields by their name in the dialect, absent where it cannot say them.
    let names: [ConversationField: String]
    /// The rule of each field that another dialect has; empty for a dialect that nothing is translated into.
    let rules: [ConversationField: FieldRule]

    /// - Parameter rules: in groups; a field stands in one of them, once.
    init(names: [ConversationField: String], rules: [[ConversationField: FieldRule]]) {
        self.names = names
        self.rules = Dictionary(uniqueKeysWithValues: rules.flatMap { $0.map { ($0.key, $0.value) } })
    }
}

extension ConversationDialect {
    /// The dialect's names and rules.
    var rules: DialectRules {
        switch self {
        case .openAIChat: .openAIChat
        case .anthropicMessages: .anthropicMessages
        case .openAIResponses: .openAIResponses
        case .gemini: .gemini
        case .bedrockConverse: .bedrockConverse
        case .cohereChat: .cohereChat
        }
    }
}
