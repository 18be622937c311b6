internal import NIOCore

extension GeminiRequestReader {
    mutating func readContent(_ content: JSONView) throws(WireError) {
        try budget.take(content)
        let role: ConversationTurn.Role
        switch content.gemini("role")?.text?.string {
        case "user", "function", nil, "": role = .user
        case "model": role = .assistant
        default: throw content.invalid("contents[].role")
        }
        append(ConversationTurn(role, try readParts(of: content, "contents[]")))
    }

    /// The parts of a content, or a text alone.
    mutating func readParts(of content: JSONView, _ field: String) throws(WireError) -> [ConversationPart] {
        if let text = content.text { return [ConversationPart(.text(text))] }
        var parts: [ConversationPart] = []
        for (name, value) in try content.object(of: field).geminiMembers {
            switch name {
            case "parts":
                for part in value.geminiList {
                    try budget.take(part)
                    if let text = part.text {
                        parts.append(ConversationPart(.text(text)))
                    } else if let read = try readPart(part.object(of: field + ".parts[]")) {
                        parts.append(read)
                    }
                }
            case "role": continue
            default: note(field + "." + name, value)
            }
        }
        return parts
    }

    private mutating func readPart(_ part: JSONView) throws(WireError) -> ConversationPart? {
        var content: ConversationPart.Content?
        var signature: JSONText?
        var isThought = false
        for (name, value) in part.geminiMembers {
            let path = "contents[].parts[]." + name
            switch name {
            case "text": content = .text(try value.text(of: path))
            case "thought": isThought = try value.bool(of: path)
            case "thoughtSignature": signature = try value.text(of: path)
            case "inlineData": content = try readInline(value)
            case "fileData": content = try readFile(value)
            case "functionCall": content = try readCall(value)
            case "functionResponse": content = try readResult(value)
            case "executableCode", "codeExecutionResult", "toolCall", "toolResponse": keep(.googleToolHistory, value)
            case "videoMetadata": keep(.videoInput, value)
            case "mediaResolution": keep(.mediaResolution, value)
            default: note(path, value)
            }
        }
        if isThought { return Self.thought(content, signature) }
        return content.map { ConversationPart($0, signature: signature) }
    }

    private static func thought(_ content: ConversationPart.Content?, _ signature: JSONText?) -> ConversationPart? {
        var text = JSONText("")
        if case .text(let told) = content { text = told }
        switch signature.map(GeminiSeal.read) ?? .foreign {
        case .signature(let told): return ConversationPart(.thinking(text, signature: told))
        case .redacted(let data): return ConversationPart(.redactedThinking(data))
        case .foreign: return ConversationPart(.thinking(text, signature: nil))
        }
    }

    // MARK: Media

    private mutating func readInline(
        _ view: JSONView, _ path: String = "contents[].parts[].inlineData"
    ) throws(WireError) -> ConversationPart.Content? {
        var blob = try RequestObject(view, path, unknown)
        let bytes = GeminiBytes.standard(try blob.requiredText("data"))
        let mediaType = try blob.requiredText("mimeType")
        let name = mediaType.string.lowercased()
        if name.hasPrefix("image/") { return .image(.base64(bytes, mediaType: mediaType)) }
        if name.hasPrefix("audio/") { return .audio(bytes, format: Self.audioFormat(name)) }
        guard !name.hasPrefix("video/") else {
            keep(.videoInput, view)
            return nil
        }
        return .document(.init(media: .base64(bytes, mediaType: mediaType), title: blob.take("displayName")?.text))
    }

    /// OpenAI's word for a type of audio.
    private static func audioFormat(_ type: String) -> JSONText {
        let name = type.dropFirst("audio/".count).prefix { $0 != ";" }
        switch name {
        case "mpeg", "mpeg3", "x-mp3": return JSONText("mp3")
        case "x-wav", "wave", "vnd.wave": return JSONText("wav")
        default: return JSONText(String(name))
        }
    }

    private mutating func readFile(_ view: JSONView) throws(WireError) -> ConversationPart.Content? {
        var file = try RequestObject(view, "contents[].parts[].fileData", unknown)
        let url = try file.requiredText("fileUri")
        let type = file.take("mimeType")?.text?.string ?? MediaEnding.type(of: url) ?? ""
        let address = url.string
        // A file that was uploaded to Google, by either of its names.
        let isPublic = address.hasPrefix("https://") && !address.contains("generativelanguage.googleapis.com/")
        if type.hasPrefix("video/") || address.hasPrefix("https://www.youtube.com/") {
            keep(.videoInput, view)
        } else if !isPublic || type.hasPrefix("audio/") {
            keep(.uploadedFiles, view)
        } else {
            return type.hasPrefix("image/") ? .image(.url(url)) : .document(.init(media: .url(url)))
        }
        return nil
    }

    // MARK: Calls and results

    private mutating func readCall(_ view: JSONView) throws(WireError) -> ConversationPart.Content {
        var call = try RequestObject(view, "contents[].parts[].functionCall", unknown)
        let name = try call.requiredText("name")
        var id = call.take("id")?.text.flatMap { $0.isEmpty ? nil : $0 }
        if id == nil {
            id = JSONText("call_\(madeIDs)")
            madeIDs += 1
        }
        let arguments = try call.take("args")?.object(of: call.path + ".args").bytes
        let read = ConversationToolCall(
            id: id ?? name, name: name, arguments: .object(arguments ?? ByteBuffer(staticString: "{}")))
        openCalls.append((read.id, name))
        return .toolCall(read)
    }

    /// A result without an id is that of the oldest call of its name.
    private mutating func readResult(_ view: JSONView) throws(WireError) -> ConversationPart.Content {
        var result = try RequestObject(view, "contents[].parts[].functionResponse", unknown)
        let name = try result.requiredText("name")
        let told = result.take("id")?.text.flatMap { $0.isEmpty ? nil : $0 }
        let position = openCalls.firstIndex { told == nil ? $0.name == name : $0.id == told }
        var read = ConversationToolResult(callID: told ?? name, parts: [])
        if let position { read.callID = openCalls.remove(at: position).id }
        if let response = result.take("response") {
            let (text, isError) = Self.said(try response.object(of: result.path + ".response"))
            read.parts = [ConversationPart(.text(text))]
            read.isError = isError
            read.isPlain = true
        }
        for view in result.take("parts")?.geminiList ?? [] {
            try budget.take(view)
            var part = try RequestObject(view, "contents[].parts[].functionResponse.parts[]", unknown)
            guard let blob = part.take("inlineData"), let content = try readInline(blob, part.path + ".inlineData")
            else {
                part.skipAll()
                keep(.uploadedFiles, view)
                continue
            }
            read.parts.append(ConversationPart(content))
            read.isPlain = false
        }
        return .toolResult(read)
    }

    /// What a tool said: the text of an object that has but one, under the names that Google proposes; else its JSON.
    private static func said(_ response: JSONView) -> (text: JSONText, isError: Bool) {
        let members = response.members(except: [])
        if members.count == 1, let (name, value) = members.first, let text = value.text {
            if name.equals("error") { return (text, true) }
            if name.equals("output") || name.equals("result") { return (text, false) }
        }
        return (JSONText(escaping: response.bytes), members.first?.name.equals("error") == true && members.count == 1)
    }
}
