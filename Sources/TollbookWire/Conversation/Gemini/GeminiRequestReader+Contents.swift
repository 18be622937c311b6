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
            default: noteUnknown(field + "." + name, value)
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
            default: noteUnknown(path, value)
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

    private mutating func readInline(_ blob: JSONView) throws(WireError) -> ConversationPart.Content? {
        let path = "contents[].parts[].inlineData."
        guard let data = blob.gemini("data"), let type = blob.gemini("mimeType") else {
            throw blob.invalid(path + "data")
        }
        let bytes = GeminiBytes.standard(try data.text(of: path + "data"))
        let mediaType = try type.text(of: path + "mimeType")
        let name = mediaType.string.lowercased()
        if name.hasPrefix("image/") { return .image(.base64(bytes, mediaType: mediaType)) }
        if name.hasPrefix("audio/") { return .audio(bytes, format: Self.audioFormat(name)) }
        guard !name.hasPrefix("video/") else {
            keep(.videoInput, blob)
            return nil
        }
        return .document(.init(media: .base64(bytes, mediaType: mediaType)))
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

    private mutating func readFile(_ file: JSONView) throws(WireError) -> ConversationPart.Content? {
        guard let uri = file.gemini("fileUri") else { throw file.invalid("contents[].parts[].fileData.fileUri") }
        let url = try uri.text(of: "contents[].parts[].fileData.fileUri")
        let type = file.gemini("mimeType")?.text?.string ?? MediaEnding.type(of: url) ?? ""
        let address = url.string
        // A file that was uploaded to Google, by either of its names.
        let isPublic = address.hasPrefix("https://") && !address.contains("generativelanguage.googleapis.com/")
        if type.hasPrefix("video/") || address.hasPrefix("https://www.youtube.com/") {
            keep(.videoInput, file)
        } else if !isPublic || type.hasPrefix("audio/") {
            keep(.uploadedFiles, file)
        } else {
            return type.hasPrefix("image/") ? .image(.url(url)) : .document(.init(media: .url(url)))
        }
        return nil
    }

    // MARK: Calls and results

    private mutating func readCall(_ call: JSONView) throws(WireError) -> ConversationPart.Content {
        let path = "contents[].parts[].functionCall."
        let name = try call.requiredText("name", of: path + "name")
        var id = call.value("id")?.text.flatMap { $0.isEmpty ? nil : $0 }
        if id == nil {
            id = JSONText("call_\(madeIDs)")
            madeIDs += 1
        }
        let arguments = try call.value("args")?.object(of: path + "args").bytes ?? ByteBuffer(staticString: "{}")
        let read = ConversationToolCall(id: id ?? name, name: name, arguments: .object(arguments))
        openCalls.append((read.id, name))
        return .toolCall(read)
    }

    /// A result without an id is that of the oldest call of its name.
    private mutating func readResult(_ result: JSONView) throws(WireError) -> ConversationPart.Content {
        let path = "contents[].parts[].functionResponse."
        let name = try result.requiredText("name", of: path + "name")
        let told = result.value("id")?.text.flatMap { $0.isEmpty ? nil : $0 }
        let position = openCalls.firstIndex { told == nil ? $0.name == name : $0.id == told }
        var read = ConversationToolResult(callID: told ?? name, parts: [])
        if let position { read.callID = openCalls.remove(at: position).id }
        if let response = result.value("response") {
            let (text, isError) = Self.said(try response.object(of: path + "response"))
            read.parts = [ConversationPart(.text(text))]
            read.isError = isError
            read.isPlain = true
        }
        for part in result.gemini("parts")?.geminiList ?? [] {
            try budget.take(part)
            guard let blob = part.gemini("inlineData"), let content = try readInline(blob) else {
                keep(.uploadedFiles, part)
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
