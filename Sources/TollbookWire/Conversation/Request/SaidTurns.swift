/// Turns that say something: an assistant's message may have no content, such as what a filtered answer leaves behind,
/// or thoughts alone that cannot be sent, and a target refuses one that is empty.
struct SaidTurns {
    /// The turns to write; all that there are where none says anything.
    let turns: [ConversationTurn]

    /// - Parameters:
    ///   - notes: names thoughts and signatures of the turns that are left out.
    ///   - says: whether a part says something to the target.
    init(
        _ all: [ConversationTurn], _ notes: inout TranslationNotes, says: (ConversationPart) -> Bool
    ) {
        let said = all.filter { $0.parts.contains(where: says) }
        guard said.count < all.count, said.contains(where: { !$0.isInstruction }) else {
            turns = all
            return
        }
        turns = said
        let silent = all.filter { !$0.parts.contains(where: says) }
        for part in silent.flatMap(\.parts) {
            if part.signature != nil { notes.allows(.thoughtSignature) }
            switch part.content {
            case .thinking: notes.allows(.unsignedThinking)
            case .redactedThinking: notes.allows(.redactedThinking)
            default: break
            }
        }
    }
}

extension ConversationTurn {
    fileprivate var isInstruction: Bool { role == .system || role == .developer }
}

extension ConversationPart {
    /// Whether it says something to a Claude model: a text that is not empty, thoughts that its maker signed.
    var saysToClaude: Bool {
        switch content {
        case .text(let text), .refusal(let text): !text.isEmpty
        case .thinking(_, let signature): signature.map { GeminiSignature.unmarked($0) == nil } ?? false
        default: true
        }
    }

    /// Whether it says something to Gemini: a text that is not empty or is signed, thoughts that Gemini signed.
    var saysToGemini: Bool {
        switch content {
        case .text(let text), .refusal(let text): !text.isEmpty || signature != nil
        case .thinking(_, let told): told.map { GeminiSignature.unmarked($0) != nil } ?? false
        case .redactedThinking: false
        default: true
        }
    }
}
