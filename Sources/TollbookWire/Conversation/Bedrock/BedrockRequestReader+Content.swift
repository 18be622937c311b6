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
        for (name, value) in message.members(except: ["role", "content"]) { unknown.note("messages[]", name, value) }
    }

    /// A list of blocks: objects with one member each.
    mutating func readContent(_ value: JSONView, of field: String) throws(WireError) -> [ConversationPart] {
        var parts: [ConversationPart] = []
        let path = field + "[]"
        for block in try value.array(of: field) {
            try budget.take(block)
            for (name, value) in try block.object(of: path).members where !value.isNull {
                if name.equals("cachePoint") {
                    let mark = try cacheControl(value, path + ".cachePoint")
                    // It marks the prompt up to here.
                    if let last = parts.indices.last { parts[last].cacheControl = mark }
                } else {
                    parts += try readBlock(name, value, path)
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
        case "text": return [ConversationPart(.text(try value.text(of: path + ".text")))]
        case "json": return [ConversationPart(.text(JSONText(escaping: value.bytes)))]
        case "video": keep(.videoInput, value)
        case "searchResult": keep(.searchResults, value)
        case "toolAddition", "toolRemoval": keep(.allowedTools, value)
        case "image", "document", "audio", "toolUse", "toolResult", "reasoningContent", "citationsContent",
            "guardContent":
            var block = try RequestObject(value, path + "." + name.string, unknown)
            return try readBlock(name, &block)
        default: unknown.note("messages[].content[]", name, value)
        }
        return []
    }

    private mutating func readBlock(
        _ name: JSONText, _ block: inout RequestObject
    ) throws(WireError) -> [ConversationPart] {
        switch name {
        case "image": return try readImage(&block).map { [ConversationPart(.image($0))] } ?? []
        case "document": return try readDocument(&block)
        case "audio":
            guard let data = try readBytes(&block) else { return [] }
            return [ConversationPart(.audio(data, format: try block.requiredText("format")))]
        case "toolUse": return try readCall(&block).map { [ConversationPart(.toolCall($0))] } ?? []
        case "toolResult": return [try readResult(&block)]
        case "reasoningContent": return try readThought(&block)
        case "citationsContent": return try readCited(&block)
        // Without a guardrail, which is refused, it is content as any other.
        default: return try readGuarded(&block)
        }
    }

    private mutating func readGuarded(_ block: inout RequestObject) throws(WireError) -> [ConversationPart] {
        if var image = try block.object("image") {
            return try readImage(&image).map { [ConversationPart(.image($0))] } ?? []
        }
        var text = try block.requiredObject("text")
        text.skip("qualifiers")
        return [ConversationPart(.text(try text.requiredText("text")))]
    }

    // MARK: Media

    /// The bytes of a source, base64; nil for one that lies in a bucket.
    private mutating func readBytes(_ block: inout RequestObject) throws(WireError) -> JSONText? {
        var source = try block.requiredObject("source")
        return try readBytes(of: &source)
    }

    private mutating func readBytes(of source: inout RequestObject) throws(WireError) -> JSONText? {
        guard source.take("s3Location") == nil else {
            source.skipAll()
            keep(.uploadedFiles, source.view)
            return nil
        }
        return try source.requiredText("bytes")
    }

    private mutating func readImage(_ block: inout RequestObject) throws(WireError) -> ConversationPart.Media? {
        let format = try block.requiredText("format")
        guard let data = try readBytes(&block) else { return nil }
        return .base64(data, mediaType: BedrockFormat.mediaType(ofImage: format))
    }

    private mutating func readDocument(_ block: inout RequestObject) throws(WireError) -> [ConversationPart] {
        if let context = block.take("context"), !context.isEmptyValue { keep(.documentContext, context) }
        if var citations = try block.object("citations"), citations.take("enabled")?.bool == true {
            keep(.citations, citations.view)
        }
        let title = block.take("name")?.text
        let format = block.take("format")?.text
        var source = try block.requiredObject("source")
        if let content = source.take("content") { return try readContent(content, of: source.path + ".content") }
        if let text = try source.text("text") {
            return [ConversationPart(.document(.init(media: .text(text), title: title)))]
        }
        guard let data = try readBytes(of: &source) else { return [] }
        let type = BedrockFormat.mediaType(ofDocument: format)
        return [ConversationPart(.document(.init(media: .base64(data, mediaType: type), title: title)))]
    }

    // MARK: Tools and thoughts

    private mutating func readCall(_ block: inout RequestObject) throws(WireError) -> ConversationToolCall? {
        guard block.take("type")?.text?.equals("server_tool_use") != true else {
            block.skipAll()
            keep(.serverToolHistory, block.view)
            return nil
        }
        let input = try block.required("input").object(of: block.path + ".input")
        return ConversationToolCall(
            id: try block.requiredText("toolUseId"), name: try block.requiredText("name"),
            arguments: .object(input.bytes))
    }

    private mutating func readResult(_ block: inout RequestObject) throws(WireError) -> ConversationPart {
        // The result of a tool that the provider ran tells the tool's kind.
        if let type = block.take("type") { keep(.serverToolHistory, type) }
        var result = ConversationToolResult(callID: try block.requiredText("toolUseId"), parts: [])
        result.isError = block.take("status")?.text?.equals("error") ?? false
        if let content = block.take("content") { result.parts = try readContent(content, of: block.path + ".content") }
        return ConversationPart(.toolResult(result))
    }

    private mutating func readThought(_ block: inout RequestObject) throws(WireError) -> [ConversationPart] {
        if var thought = try block.object("reasoningText") {
            let text = try thought.requiredText("text")
            return [ConversationPart(.thinking(text, signature: thought.take("signature")?.text))]
        }
        let hidden = try block.required("redactedContent")
        guard let data = BedrockBlocks.redacted(hidden) else {
            // Bytes that are no text, which only Bedrock can take back.
            guard hidden.text.flatMap({ Base64.decode($0.unescaped) }) != nil else {
                throw block.invalid("redactedContent")
            }
            keep(.redactedBytes, hidden)
            return []
        }
        return [ConversationPart(.redactedThinking(data))]
    }

    /// An earlier answer with citations: its text goes on.
    private mutating func readCited(_ block: inout RequestObject) throws(WireError) -> [ConversationPart] {
        if let citations = block.take("citations"), !citations.isEmptyValue { keep(.citations, citations) }
        guard let content = block.take("content") else { return [] }
        return try readContent(content, of: block.path + ".content")
    }
}
