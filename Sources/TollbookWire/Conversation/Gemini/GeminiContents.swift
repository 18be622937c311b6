internal import NIOCore

/// Writes turns as Gemini's system instruction and contents.
struct GeminiContents {
    private struct Content {
        let isModel: Bool
        var parts: [ConversationPart]
    }

    private var instructions: [ConversationPart] = []
    private var contents: [Content] = []
    private var hasLaterInstructions = false
    /// The tool that each call was for: results name it there.
    private var tools: [ByteBuffer: JSONText] = [:]
    private let options: TranslationOptions

    init(_ turns: [ConversationTurn], _ options: TranslationOptions) {
        self.options = options
        for turn in turns {
            switch turn.role {
            case .system, .developer:
                if !contents.isEmpty { hasLaterInstructions = true }
                instructions += turn.parts
            case .user, .assistant, .tool:
                let isModel = turn.role == .assistant
                // Results of calls made at once must stand together.
                if contents.last?.isModel == isModel {
                    contents[contents.count - 1].parts += turn.parts
                } else {
                    contents.append(Content(isModel: isModel, parts: turn.parts))
                }
            }
            for part in turn.parts {
                if case .toolCall(let call) = part.content { tools[call.id.unescaped] = call.name }
            }
        }
    }

    func write(_ json: inout JSONWriter, _ notes: inout TranslationNotes) {
        if hasLaterInstructions { notes.allows(.laterInstructions) }
        if instructions.contains(where: { !$0.isEmptyText }) {
            json.name("systemInstruction")
            json.object { json in
                json.name("parts")
                json.array { writeUser(instructions, &$0, &notes) }
            }
        }
        json.name("contents")
        json.array { json in
            for content in contents {
                json.object { json in
                    json.name("role")
                    json.value(content.isModel ? "model" : "user")
                    json.name("parts")
                    json.array { json in
                        if content.isModel {
                            writeModel(content.parts, &json, &notes)
                        } else {
                            writeUser(content.parts, &json, &notes)
                        }
                    }
                }
            }
        }
    }

    // MARK: The model's turns

    /// Signatures go back to the parts that they were told with.
    private func writeModel(_ parts: [ConversationPart], _ json: inout JSONWriter, _ notes: inout TranslationNotes) {
        var pending: JSONText?
        var needsSignature = options.needsSignedCalls
        for part in parts {
            if part.cacheControl != nil { notes.allows(.cacheControl) }
            var signature = part.signature ?? pending
            switch part.content {
            case .thinking(_, let told):
                guard let own = told.flatMap({ GeminiSignature.unmarked($0) }) else {
                    notes.allows(.unsignedThinking)
                    continue
                }
                notes.allows(.thinking)
                pending = own
                continue
            case .redactedThinking:
                notes.allows(.redactedThinking)
                continue
            case .toolCall(let call):
                if signature == nil, needsSignature { signature = Self.noSignature }
                needsSignature = false
                Self.write(call, signature, &json)
            case .text(let text), .refusal(let text):
                guard !text.isEmpty || signature != nil || parts.count == 1 else { continue }
                Self.write(text, signature, &json)
            case .image, .document, .audio, .toolResult: writePart(part, &json, &notes)
            }
            pending = nil
        }
        if let pending { Self.write(JSONText(""), pending, &json) }
    }

    /// What stands for the signature of a call that another model made, for models that want one.
    /// https://ai.google.dev/gemini-api/docs/thought-signatures#faqs
    private static let noSignature = JSONText("skip_thought_signature_validator")

    private static func write(_ text: JSONText, _ signature: JSONText?, _ json: inout JSONWriter) {
        json.object { json in
            json.member("text", text)
            if let signature { json.member("thoughtSignature", signature) }
        }
    }

    private static func write(_ call: ConversationToolCall, _ signature: JSONText?, _ json: inout JSONWriter) {
        json.object { json in
            json.name("functionCall")
            json.object { json in
                json.member("id", call.id)
                json.member("name", call.name)
                json.name("args")
                json.raw(call.argumentsObject)
            }
            if let signature { json.member("thoughtSignature", signature) }
        }
    }

    // MARK: The other turns

    /// What results hold beside text follows them.
    private func writeUser(_ parts: [ConversationPart], _ json: inout JSONWriter, _ notes: inout TranslationNotes) {
        for part in parts {
            if part.cacheControl != nil { notes.allows(.cacheControl) }
            if part.isEmptyText, parts.count > 1 { continue }
            writePart(part, &json, &notes)
        }
        for part in parts {
            guard case .toolResult(let result) = part.content else { continue }
            let media = result.parts.filter { !$0.isText }
            if !media.isEmpty { notes.allows(.toolResultMedia) }
            for part in media { writePart(part, &json, &notes) }
        }
    }

    private func writePart(_ part: ConversationPart, _ json: inout JSONWriter, _ notes: inout TranslationNotes) {
        switch part.content {
        case .text(let text), .refusal(let text): Self.write(text, nil, &json)
        case .image(let media): Self.write(media, &json)
        case .document(let document):
            if document.title != nil { notes.allows(.documentTitle) }
            Self.write(document.media, &json)
        case .audio(let data, let format):
            var type = JSONText("audio/")
            type.append(format)
            Self.write(.base64(data, mediaType: type), &json)
        case .toolResult(let result): write(result, &json)
        case .toolCall(let call): Self.write(call, nil, &json)
        case .thinking, .redactedThinking: return
        }
    }

    private static func write(_ media: ConversationPart.Media, _ json: inout JSONWriter) {
        json.object { json in
            switch media {
            case .text(let text): json.member("text", text)
            case .base64(let data, let type):
                json.name("inlineData")
                json.object { json in
                    json.member("mimeType", type)
                    json.member("data", data)
                }
            case .url(let url):
                json.name("fileData")
                json.object { json in
                    if let type = MediaEnding.type(of: url) { json.member("mimeType", JSONText(type)) }
                    json.member("fileUri", url)
                }
            }
        }
    }

    /// A result is an object there: one that is none becomes `output`, and a failure `error`.
    private func write(_ result: ConversationToolResult, _ json: inout JSONWriter) {
        var text = JSONText("")
        for part in result.parts {
            if case .text(let more) = part.content { text.append(more) }
        }
        json.object { json in
            json.name("functionResponse")
            json.object { json in
                json.member("id", result.callID)
                json.member("name", tools[result.callID.unescaped] ?? result.callID)
                json.name("response")
                if !result.isError, let view = try? JSONView(text.unescaped), view.kind == .object {
                    json.raw(view.bytes)
                } else {
                    json.object { $0.member(result.isError ? "error" : "output", text) }
                }
            }
        }
    }
}

extension TranslationOptions {
    /// Whether the model refuses calls in its history that have no signature: Gemini's from version 3 on.
    fileprivate var needsSignedCalls: Bool {
        let name = model.split(separator: "/").last ?? ""
        guard name.hasPrefix("gemini-"), let version = name.dropFirst(7).first?.wholeNumberValue else { return false }
        return version >= 3
    }
}

/// Media types by the endings of URLs; dialects that have URLs alone tell none.
enum MediaEnding {
    private static let types = [
        "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp",
        "heic": "image/heic", "heif": "image/heif", "bmp": "image/bmp", "pdf": "application/pdf",
        "txt": "text/plain", "html": "text/html", "csv": "text/csv", "md": "text/markdown",
    ]

    /// nil: the ending tells nothing.
    static func type(of url: JSONText) -> String? {
        let path = url.string.prefix { $0 != "?" && $0 != "#" }
        guard let name = path.split(separator: "/").last, let dot = name.lastIndex(of: ".") else { return nil }
        return types[name[name.index(after: dot)...].lowercased()]
    }
}
