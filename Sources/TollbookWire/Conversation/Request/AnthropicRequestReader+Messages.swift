internal import NIOCore

extension AnthropicRequestReader {
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
        for (name, value) in message.members where !name.equals("role") && !name.equals("content") {
            noteUnknown("messages[].", name, value)
        }
    }

    /// A string, or a list of blocks.
    mutating func readContent(_ value: JSONView, of field: String) throws(WireError) -> [ConversationPart] {
        if let text = value.text { return [ConversationPart(.text(text))] }
        var parts: [ConversationPart] = []
        for block in try value.array(of: field) {
            try budget.take(block)
            let type = try block.object(of: field + "[]").requiredText("type", of: field + "[].type")
            for (name, value) in block.members(except: Self.blockMembers) {
                noteUnknown("messages[].content[].", name, value)
            }
            var read = try readBlock(type, block)
            guard !read.isEmpty else { continue }
            read[read.count - 1].cacheControl = block.value("cache_control")?.bytes
            parts += read
        }
        return parts
    }

    /// `caller` tells who asked for a tool; where that was another tool, the other's blocks are there and are refused.
    private static let blockMembers: [StaticString] = [
        "type", "text", "citations", "source", "title", "context", "cache_control", "thinking", "signature", "data",
        "id", "name", "input", "caller", "tool_use_id", "content", "is_error",
    ]

    /// The parts that a block stands for; none when a rule speaks for the whole block.
    private mutating func readBlock(_ type: JSONText, _ block: JSONView) throws(WireError) -> [ConversationPart] {
        let path = "messages[].content[]."
        switch type {
        case "text":
            if let citations = block.value("citations"), !citations.isEmptyValue { keep(.citations, citations) }
            return [ConversationPart(.text(try block.requiredText("text", of: path + "text")))]
        case "image":
            guard let media = try readSource(block) else { return [] }
            return [ConversationPart(.image(media))]
        case "document": return try readDocument(block)
        case "thinking":
            return [
                ConversationPart(
                    .thinking(
                        try block.requiredText("thinking", of: path + "thinking"),
                        signature: block.value("signature")?.text))
            ]
        case "redacted_thinking":
            return [ConversationPart(.redactedThinking(try block.requiredText("data", of: path + "data")))]
        case "tool_use":
            guard let input = block.value("input") else {
                throw WireError(.missingField, at: block.offset, field: path + "input")
            }
            return [
                ConversationPart(
                    .toolCall(
                        ConversationToolCall(
                            id: try block.requiredText("id", of: path + "id"),
                            name: try block.requiredText("name", of: path + "name"),
                            arguments: .object(try input.object(of: path + "input").bytes))))
            ]
        case "tool_result": return [try readResult(block)]
        case "search_result": keep(.searchResults, block)
        default: keep(.serverToolHistory, block)
        }
        return []
    }

    private mutating func readResult(_ block: JSONView) throws(WireError) -> ConversationPart {
        var result = ConversationToolResult(
            callID: try block.requiredText("tool_use_id", of: "messages[].content[].tool_use_id"), parts: [])
        result.isError = block.value("is_error")?.bool ?? false
        if let content = block.value("content") {
            result.isPlain = content.kind == .string
            result.parts = try readContent(content, of: "messages[].content[].content")
        }
        return ConversationPart(.toolResult(result))
    }

    private mutating func readDocument(_ block: JSONView) throws(WireError) -> [ConversationPart] {
        if let context = block.value("context"), !context.isEmptyValue { keep(.documentContext, context) }
        if let citations = block.value("citations"), citations.value("enabled")?.bool == true {
            keep(.citations, citations)
        }
        if let source = block.value("source"), source.value("type")?.text?.equals("content") == true {
            guard let content = source.value("content") else { throw source.invalid("messages[].content[].source") }
            return try readContent(content, of: "messages[].content[].source.content")
        }
        guard let media = try readSource(block) else { return [] }
        return [ConversationPart(.document(.init(media: media, title: block.value("title")?.text)))]
    }

    private mutating func readSource(_ block: JSONView) throws(WireError) -> ConversationPart.Media? {
        let path = "messages[].content[].source"
        guard let source = block.value("source") else {
            throw WireError(.missingField, at: block.offset, field: path)
        }
        switch try source.object(of: path).requiredText("type", of: path + ".type") {
        case "base64":
            return .base64(
                try source.requiredText("data", of: path + ".data"),
                mediaType: try source.requiredText("media_type", of: path + ".media_type"))
        case "url": return .url(try source.requiredText("url", of: path + ".url"))
        case "text": return .text(try source.requiredText("data", of: path + ".data"))
        case "file":
            keep(.uploadedFiles, source)
            return nil
        default: throw source.invalid(path + ".type")
        }
    }
}
