internal import NIOCore

/// Writes parts as Anthropic content blocks.
struct AnthropicBlocks {
    let source: ConversationDialect

    /// A string where there is one plain text, else a list of blocks. Empty texts, which Anthropic refuses, are left
    /// out where anything else is said.
    func write(_ parts: [ConversationPart], _ json: inout JSONWriter, _ notes: inout TranslationNotes) {
        if parts.count == 1, parts[0].cacheControl == nil, case .text(let text) = parts[0].content {
            return json.value(text)
        }
        json.array { json in
            for part in parts {
                if parts.count > 1, part.isEmptyText { continue }
                write(part, &json, &notes)
            }
        }
    }

    private func write(_ part: ConversationPart, _ json: inout JSONWriter, _ notes: inout TranslationNotes) {
        if part.signature != nil { notes.allows(.thoughtSignature) }
        switch part.content {
        case .text(let text), .refusal(let text): write("text", part, &json) { $0.member("text", text) }
        case .image(let media): write("image", part, &json) { Self.writeSource(media, &$0) }
        case .document(let document): writeDocument(document, part, &json, &notes)
        case .audio: notes.allows(.audioInput)
        case .thinking(let text, let signature):
            guard let signature, GeminiSignature.unmarked(signature) == nil else {
                notes.allows(.unsignedThinking)
                return
            }
            write("thinking", part, &json) { json in
                json.member("thinking", text)
                json.member("signature", signature)
            }
        case .redactedThinking(let data): write("redacted_thinking", part, &json) { $0.member("data", data) }
        case .toolCall(let call): Self.writeCall(call, part.cacheControl, &json)
        case .toolResult(let result): writeResult(result, part, &json, &notes)
        }
    }

    private func write(
        _ type: String, _ part: ConversationPart, _ json: inout JSONWriter, _ members: (inout JSONWriter) -> Void
    ) {
        json.object { json in
            json.name("type")
            json.value(type)
            members(&json)
            json.cacheControl(part.cacheControl)
        }
    }

    private static func writeSource(_ media: ConversationPart.Media, _ json: inout JSONWriter) {
        json.name("source")
        json.object { json in
            json.name("type")
            switch media {
            case .base64(let data, let mediaType):
                json.value("base64")
                json.member("media_type", mediaType)
                json.member("data", data)
            case .url(let url):
                json.value("url")
                json.member("url", url)
            case .text(let text):
                json.value("text")
                json.member("media_type", JSONText("text/plain"))
                json.member("data", text)
            }
        }
    }

    /// A `tool_use` block, as requests and answers have it.
    static func writeCall(_ call: ConversationToolCall, _ cacheControl: ByteBuffer?, _ json: inout JSONWriter) {
        json.object { json in
            json.name("type")
            json.value("tool_use")
            json.member("id", ToolCallIDs.anthropic(call.id))
            json.member("name", call.name)
            json.name("input")
            json.raw(call.argumentsObject)
            json.cacheControl(cacheControl)
        }
    }

    private func writeDocument(
        _ document: ConversationPart.Document, _ part: ConversationPart, _ json: inout JSONWriter,
        _ notes: inout TranslationNotes
    ) {
        var media = document.media
        if case .base64(let data, let type) = media, !type.equals("application/pdf") {
            guard let text = Self.plainText(data, type) else {
                notes.allows(.documentType)
                return
            }
            media = .text(text)
        }
        write("document", part, &json) { json in
            Self.writeSource(media, &json)
            if let title = document.title { json.member("title", title) }
        }
    }

    /// The text of a document that is text; nil for other types, and for what is no UTF-8.
    private static func plainText(_ data: JSONText, _ type: JSONText) -> JSONText? {
        guard type.string.hasPrefix("text/"), let bytes = Base64.decode(data.unescaped) else { return nil }
        let text = bytes.withUnsafeReadableBytes { String(validating: $0, as: UTF8.self) }
        return text.map { JSONText($0) }
    }

    private func writeResult(
        _ result: ConversationToolResult, _ part: ConversationPart, _ json: inout JSONWriter,
        _ notes: inout TranslationNotes
    ) {
        json.object { json in
            json.name("type")
            json.value("tool_result")
            json.member("tool_use_id", ToolCallIDs.anthropic(result.callID))
            if !result.parts.isEmpty {
                json.name("content")
                write(result.parts, &json, &notes)
            }
            if result.isError {
                json.name("is_error")
                json.value(true)
            }
            json.cacheControl(part.cacheControl)
        }
    }
}

extension JSONWriter {
    /// Writes a member that is a string.
    mutating func member(_ name: String, _ text: JSONText) {
        self.name(name)
        value(text)
    }
}
