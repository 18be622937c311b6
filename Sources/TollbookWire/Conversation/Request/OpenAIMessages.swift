internal import NIOCore
internal import TollbookCore

/// Writes turns as OpenAI chat messages.
struct OpenAIMessages {
    private let turns: [ConversationTurn]
    private let chat: Set<ChatDifference>

    init(_ turns: [ConversationTurn], _ options: TranslationOptions) {
        self.turns = turns
        chat = options.chat
    }

    func write(_ json: inout JSONWriter, _ notes: inout TranslationNotes) {
        for turn in turns {
            for part in turn.parts where part.cacheControl != nil { notes.allows(.cacheControl) }
            switch turn.role {
            // Every server knows this role, and OpenAI takes it as the developer's where there is one.
            case .system, .developer: message("system", &json) { writeContent(turn.parts, &$0, &notes) }
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
                json.member("tool_call_id", fitted(result.callID))
                writeContent(result.parts.filter(\.isText), &json, &notes)
            }
        }
        guard !rest.isEmpty || parts.isEmpty else { return }
        message("user", &json) { writeContent(rest, &$0, &notes) }
    }

    private func writeAssistant(
        _ parts: [ConversationPart], _ json: inout JSONWriter, _ notes: inout TranslationNotes
    ) {
        var said: [ConversationPart] = []
        var calls: [ConversationToolCall] = []
        var refusal: JSONText?
        for part in parts {
            if part.signature != nil { notes.allows(.thoughtSignature) }
            switch part.content {
            case .toolCall(var call):
                call.id = fitted(call.id)
                calls.append(call)
            case .refusal(let text) where !chat.contains(.noRefusal): refusal = text
            case .thinking: notes.allows(.thinking)
            case .redactedThinking: notes.allows(.redactedThinking)
            default: said.append(part)
            }
        }
        message("assistant", &json) { json in
            if said.isEmpty, !calls.isEmpty || refusal != nil {
                json.name("content")
                json.null()
            } else {
                writeContent(said, &json, &notes)
            }
            if let refusal { json.member("refusal", refusal) }
            guard !calls.isEmpty else { return }
            json.name("tool_calls")
            json.array { json in
                for call in calls { OpenAIToolCalls.write(call, &json) }
            }
        }
    }

    private func fitted(_ id: JSONText) -> JSONText {
        chat.contains(.nineLetters) ? ToolCallIDs.nineLetters(id) : id
    }

    // MARK: Parts

    private func writeContent(
        _ parts: [ConversationPart], _ json: inout JSONWriter, _ notes: inout TranslationNotes
    ) {
        json.name("content")
        if parts.isEmpty { return json.value("") }
        if parts.count == 1, case .text(let text) = parts[0].content { return json.value(text) }
        json.array { json in
            for part in parts { writePart(part, &json, &notes) }
        }
    }

    private func writePart(
        _ part: ConversationPart, _ json: inout JSONWriter, _ notes: inout TranslationNotes
    ) {
        switch part.content {
        case .text(let text), .refusal(let text): writeText(text, &json)
        case .image(let media):
            guard let url = Self.url(of: media) else { return }
            json.object { json in
                json.name("type")
                json.value("image_url")
                json.name("image_url")
                json.object { $0.member("url", url) }
            }
        case .document(let document): writeDocument(document, &json, &notes)
        case .audio(let data, let format):
            json.object { json in
                json.name("type")
                json.value("input_audio")
                json.name("input_audio")
                guard !chat.contains(.plainAudio) else { return json.value(data) }
                json.object { json in
                    json.member("data", data)
                    json.member("format", format)
                }
            }
        // Written as messages and members of their own.
        case .thinking, .redactedThinking, .toolCall, .toolResult: return
        }
    }

    private func writeText(_ text: JSONText, _ json: inout JSONWriter) {
        json.object { json in
            json.name("type")
            json.value("text")
            json.member("text", text)
        }
    }

    private static func url(of media: ConversationPart.Media) -> JSONText? {
        switch media {
        case .base64(let data, let mediaType): DataURL.make(mediaType, data)
        case .url(let url): url
        case .text: nil
        }
    }

    private func writeDocument(
        _ document: ConversationPart.Document, _ json: inout JSONWriter, _ notes: inout TranslationNotes
    ) {
        switch document.media {
        case .base64(let data, let mediaType) where chat.contains(.linkedDocuments):
            writeLink(DataURL.make(mediaType, data), document.title, &json)
        case .url(let url) where chat.contains(.linkedDocuments): writeLink(url, document.title, &json)
        case .url: notes.allows(.documentURL)
        case .text(let text):
            if document.title != nil { notes.allows(.documentTitle) }
            writeText(text, &json)
        case .base64(let data, let mediaType):
            json.object { json in
                json.name("type")
                json.value("file")
                json.name("file")
                json.object { json in
                    json.member("filename", document.title ?? JSONText("document.pdf"))
                    json.member("file_data", DataURL.make(mediaType, data))
                }
            }
        }
    }

    private func writeLink(_ url: JSONText, _ title: JSONText?, _ json: inout JSONWriter) {
        json.object { json in
            json.name("type")
            json.value("document_url")
            json.member("document_url", url)
            if let title { json.member("document_name", title) }
        }
    }
}

/// Writes tool calls as requests and answers have them.
enum OpenAIToolCalls {
    /// - Parameter signature: Gemini's, of the call.
    static func write(_ call: ConversationToolCall, signature: JSONText? = nil, _ json: inout JSONWriter) {
        json.object { json in
            json.member("id", call.id)
            json.name("type")
            json.value("function")
            json.name("function")
            json.object { json in
                json.member("name", call.name)
                json.member("arguments", call.argumentsText)
            }
            if let signature { GoogleExtras.write(signature, &json) }
        }
    }
}

extension ConversationPart {
    var isText: Bool {
        if case .text = content { true } else { false }
    }

    /// Text that says nothing, which Anthropic refuses.
    var isEmptyText: Bool {
        if case .text(let text) = content { text.isEmpty } else { false }
    }
}
