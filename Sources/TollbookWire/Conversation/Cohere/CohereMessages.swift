internal import NIOCore

/// Writes turns as messages of Cohere's chat.
struct CohereMessages {
    private let turns: [ConversationTurn]

    init(_ turns: [ConversationTurn]) {
        self.turns = turns
    }

    func write(_ json: inout JSONWriter, _ notes: inout TranslationNotes) {
        for turn in turns {
            for part in turn.parts where part.cacheControl != nil { notes.allows(.cacheControl) }
            switch turn.role {
            case .system, .developer: message("system", &json) { Self.writeContent(turn.parts, &$0, &notes) }
            case .user, .tool: writeUser(turn.parts, &json, &notes)
            case .assistant: writeAssistant(turn.parts, &json, &notes)
            }
        }
    }

    private func message(_ role: String, _ json: inout JSONWriter, _ members: (inout JSONWriter) -> Void) {
        json.object { json in
            json.name("role")
            json.value(role)
            members(&json)
        }
    }

    /// Results become messages of their own, before the rest; what they hold beside text goes with the rest.
    private func writeUser(
        _ parts: [ConversationPart], _ json: inout JSONWriter, _ notes: inout TranslationNotes
    ) {
        var rest: [ConversationPart] = []
        for part in parts {
            guard case .toolResult(let result) = part.content else {
                rest.append(part)
                continue
            }
            if result.isError { notes.allows(.toolResultError) }
            let media = result.parts.filter { !$0.isText }
            if !media.isEmpty { notes.allows(.toolResultMedia) }
            rest += media
            message("tool", &json) { json in
                json.member("tool_call_id", result.callID)
                Self.writeContent(result.parts.filter(\.isText), &json, &notes)
            }
        }
        guard !rest.isEmpty || parts.isEmpty else { return }
        message("user", &json) { Self.writeContent(rest, &$0, &notes) }
    }

    /// Thoughts come back without a signature there; beside tool calls they are the plan.
    private func writeAssistant(
        _ parts: [ConversationPart], _ json: inout JSONWriter, _ notes: inout TranslationNotes
    ) {
        let calls = parts.compactMap { if case .toolCall(let call) = $0.content { call } else { nil } }
        var said: [ConversationPart] = []
        var plan: JSONText?
        for part in parts {
            switch part.content {
            case .toolCall: continue
            case .redactedThinking: notes.allows(.redactedThinking)
            // Models that do not reason have plans as well.
            case .thinking(let text, _) where !calls.isEmpty: plan.append(text)
            default: said.append(part)
            }
        }
        message("assistant", &json) { json in
            if !said.isEmpty || calls.isEmpty { Self.writeContent(said, &json, &notes) }
            guard !calls.isEmpty else { return }
            if let plan { json.member("tool_plan", plan) }
            json.name("tool_calls")
            json.array { json in
                for call in calls { OpenAIToolCalls.write(call, &json) }
            }
        }
    }

    // MARK: Parts

    private static func writeContent(
        _ parts: [ConversationPart], _ json: inout JSONWriter, _ notes: inout TranslationNotes
    ) {
        json.name("content")
        if parts.isEmpty { return json.value("") }
        if parts.count == 1, case .text(let text) = parts[0].content { return json.value(text) }
        json.array { json in
            for part in parts { writePart(part, &json, &notes) }
        }
    }

    private static func writePart(
        _ part: ConversationPart, _ json: inout JSONWriter, _ notes: inout TranslationNotes
    ) {
        switch part.content {
        case .text(let text), .refusal(let text): writeText("text", text, &json)
        case .thinking(let text, _): writeText("thinking", text, &json)
        case .image(.base64(let data, let mediaType)): writeImage(DataURL.make(mediaType, data), &json)
        case .image(.url(let url)): writeImage(url, &json)
        case .image(.text): return
        case .document(let document):
            guard case .text(let text) = document.media else {
                notes.allows(.documents)
                return
            }
            if document.title != nil { notes.allows(.documentTitle) }
            writeText("text", text, &json)
        case .audio: notes.allows(.audioInput)
        // Written as messages and members of their own.
        case .redactedThinking, .toolCall, .toolResult: return
        }
    }

    private static func writeText(_ type: String, _ text: JSONText, _ json: inout JSONWriter) {
        json.object { json in
            json.name("type")
            json.value(type)
            json.name(type)
            json.value(text)
        }
    }

    private static func writeImage(_ url: JSONText, _ json: inout JSONWriter) {
        json.object { json in
            json.member("type", JSONText("image_url"))
            json.name("image_url")
            json.object { $0.member("url", url) }
        }
    }
}

extension JSONText? {
    /// Adds a text on a line of its own.
    fileprivate mutating func append(_ text: JSONText) {
        guard var whole = self else {
            self = text
            return
        }
        whole.append(JSONText("\n"))
        whole.append(text)
        self = whole
    }
}
