internal import NIOCore

/// Gemini's signatures of thoughts where a dialect has signed thoughts alone, and no signed texts and tool calls.
///
/// There a signature becomes that of the thoughts before its part, with a mark in front that tells it from another
/// provider's; on its way back it goes to the part behind those thoughts.
enum GeminiSignature {
    /// No base64, so that no signature begins with it.
    private static let mark = "gemini."

    /// As the signature of thoughts.
    static func marked(_ signature: JSONText) -> JSONText {
        var marked = JSONText(mark)
        marked.append(signature)
        return marked
    }

    /// Gemini's own; nil: another provider's.
    static func unmarked(_ signature: JSONText) -> JSONText? {
        let text = signature.string
        return text.hasPrefix(mark) ? JSONText(String(text.dropFirst(mark.count))) : nil
    }
}

extension [ConversationPart] {
    /// The parts with the signatures of texts and tool calls as those of the thoughts before them.
    var withSignedThoughts: [ConversationPart] {
        guard contains(where: { $0.signature != nil }) else { return self }
        var parts: [ConversationPart] = []
        for part in self {
            if let signature = part.signature { parts.sign(with: GeminiSignature.marked(signature)) }
            var part = part
            part.signature = nil
            if !part.isEmptyText { parts.append(part) }
        }
        return parts
    }

    /// Signs the thoughts at the end, or thoughts without words.
    private mutating func sign(with signature: JSONText) {
        if case .thinking(let text, nil) = last?.content {
            self[count - 1].content = .thinking(text, signature: signature)
        } else {
            append(ConversationPart(.thinking(JSONText(""), signature: signature)))
        }
    }
}
