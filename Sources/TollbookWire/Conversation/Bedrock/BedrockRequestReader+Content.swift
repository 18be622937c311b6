internal import NIOCore

extension BedrockRequestReader {
    mutating func readMessage(_ message: JSONView) throws(WireError) {
        try budget.take(message)
        let role: ConversationTurn.Role
        switch try message.object(of: "messages[]").requiredText("role", of: "messages[].role") {
        case "user": role = .user
        case "assistant": role = .assistant
        case "system": role = .system
        default: throw message.invalid("messages[].role")
        }
        guard let content = message.value("content") else {
            throw WireError(.missingField, at: message.offset, field: "messages[].content")
        }
        append(ConversationTurn(role, try readContent(content, of: "messages[].content")))
        for (name, value) in message.members(except: ["role", "content"]) { noteUnknown("messages[].", name, value) }
    }

    /// A list of blocks: objects with one member each.
    mutating func readContent(_ value: JSONView, of field: String) throws(WireError) -> [ConversationPart] {
        var parts: [ConversationPart] = []
        for block in try value.array(of: field) {
            try budget.take(block)
            for (name, value) in try block.object(of: field + "[]").members where !value.isNull {
                if name.equals("cachePoint") {
                    // It marks the prompt up to here.
                    if let last = parts.indices.last { parts[last].cacheControl = Self.cacheControl(value) }
                } else {
                    parts += try readBlock(name, value, field + "[]." + name.string)
                }
            }
        }
        return parts
    }

    /// The parts that a block stands for; none when a rule speaks for the whole block.
    private mutating func readBlock(
        _ name: JSONText, _ value: JSONView, _ path: String
    ) throws(WireError) -> [ConversationPart] {
        switch name {
        case "text": return [ConversationPart(.text(try value.text(of: path)))]
        case "json": return [ConversationPart(.text(JSONText(escaping: value.bytes)))]
        case "image": return try readImage(value, path).map { [ConversationPart(.image($0))] } ?? []
        case "document": return try readDocument(value, path)
        case "audio":
            guard let data = try readBytes(value, path) else { return [] }
            return [ConversationPart(.audio(data, format: try value.requiredText("format", of: path + ".format")))]
        case "toolUse": return try readCall(value, path).map { [ConversationPart(.toolCall($0))] } ?? []
        case "toolResult": return [try readResult(value, path)]
        case "reasoningContent": return try readThought(value, path)
        case "citationsContent": return try readCited(value, path)
        case "guardContent":
            // Without a guardrail, which is refused, it is content as any other.
            return try readGuarded(value, path)
        case "video": keep(.videoInput, value)
        case "searchResult": keep(.searchResults, value)
        case "toolAddition", "toolRemoval": keep(.allowedTools, value)
        default: noteUnknown("messages[].content[].", name, value)
        }
        return []
    }

    private mutating func readGuarded(_ value: JSONView, _ path: String) throws(WireError) -> [ConversationPart] {
        if let image = value.value("image") {
            return try readImage(image, path + ".image").map { [ConversationPart(.image($0))] } ?? []
        }
        guard let text = value.value("text") else { throw value.invalid(path) }
        return [ConversationPart(.text(try text.requiredText("text", of: path + ".text.text")))]
    }

    // MARK: Media

    /// The bytes of a source, base64; nil for one that lies in a bucket.
    private mutating func readBytes(_ value: JSONView, _ path: String) throws(WireError) -> JSONText? {
        guard let source = value.value("source") else {
            throw WireError(.missingField, at: value.offset, field: path + ".source")
        }
        guard source.value("s3Location") == nil else {
            keep(.uploadedFiles, source)
            return nil
        }
        return try source.requiredText("bytes", of: path + ".source.bytes")
    }

    private mutating func readImage(
        _ value: JSONView, _ path: String
    ) throws(WireError) -> ConversationPart.Media? {
        let format = try value.requiredText("format", of: path + ".format")
        guard let data = try readBytes(value, path) else { return nil }
        return .base64(data, mediaType: BedrockFormat.mediaType(ofImage: format))
    }

    private mutating func readDocument(_ value: JSONView, _ path: String) throws(WireError) -> [ConversationPart] {
        if let context = value.value("context"), !context.isEmptyValue { keep(.documentContext, context) }
        if let citations = value.value("citations"), citations.value("enabled")?.bool == true {
            keep(.citations, citations)
        }
        let title = value.value("name")?.text
        let source = value.value("source")
        if let content = source?.value("content") { return try readContent(content, of: path + ".source.content") }
        if let text = source?.value("text")?.text {
            return [ConversationPart(.document(.init(media: .text(text), title: title)))]
        }
        guard let data = try readBytes(value, path) else { return [] }
        let type = BedrockFormat.mediaType(ofDocument: value.value("format")?.text)
        return [ConversationPart(.document(.init(media: .base64(data, mediaType: type), title: title)))]
    }

    // MARK: Tools and thoughts

    private mutating func readCall(_ value: JSONView, _ path: String) throws(WireError) -> ConversationToolCall? {
        guard value.value("type")?.text?.equals("server_tool_use") != true else {
            keep(.serverToolHistory, value)
            return nil
        }
        guard let input = value.value("input") else {
            throw WireError(.missingField, at: value.offset, field: path + ".input")
        }
        return ConversationToolCall(
            id: try value.requiredText("toolUseId", of: path + ".toolUseId"),
            name: try value.requiredText("name", of: path + ".name"),
            arguments: .object(try input.object(of: path + ".input").bytes))
    }

    private mutating func readResult(_ value: JSONView, _ path: String) throws(WireError) -> ConversationPart {
        // The result of a tool that the provider ran tells the tool's kind.
        if let type = value.value("type") { keep(.serverToolHistory, type) }
        var result = ConversationToolResult(
            callID: try value.requiredText("toolUseId", of: path + ".toolUseId"), parts: [])
        result.isError = value.value("status")?.text?.equals("error") ?? false
        if let content = value.value("content") { result.parts = try readContent(content, of: path + ".content") }
        return ConversationPart(.toolResult(result))
    }

    private mutating func readThought(_ value: JSONView, _ path: String) throws(WireError) -> [ConversationPart] {
        if let thought = value.value("reasoningText") {
            let text = try thought.requiredText("text", of: path + ".reasoningText.text")
            return [ConversationPart(.thinking(text, signature: thought.value("signature")?.text))]
        }
        guard let data = BedrockBlocks.redacted(value.value("redactedContent")) else { throw value.invalid(path) }
        return [ConversationPart(.redactedThinking(data))]
    }

    /// An earlier answer with citations: its text goes on.
    private mutating func readCited(_ value: JSONView, _ path: String) throws(WireError) -> [ConversationPart] {
        if let citations = value.value("citations"), !citations.isEmptyValue { keep(.citations, citations) }
        guard let content = value.value("content") else { return [] }
        return try readContent(content, of: path + ".content")
    }
}
