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
            unknown.note("messages[]", name, value)
        }
    }

    /// A string, or a list of blocks.
    mutating func readContent(_ value: JSONView, of field: String) throws(WireError) -> [ConversationPart] {
        if let text = value.text { return [ConversationPart(.text(text))] }
        var parts: [ConversationPart] = []
        let path = field + "[]"
        for view in try value.array(of: field) {
            try budget.take(view)
            var block = try RequestObject(view, path, unknown)
            let mark = block.take("cache_control")?.bytes
            var read = try readBlock(&block)
            guard !read.isEmpty else { continue }
            read[read.count - 1].cacheControl = mark
            parts += read
        }
        return parts
    }

    /// The parts that a block stands for; none when a rule speaks for the whole block.
    private mutating func readBlock(_ block: inout RequestObject) throws(WireError) -> [ConversationPart] {
        switch try block.requiredText("type") {
        case "text":
            if let citations = block.take("citations"), !citations.isEmptyValue { keep(.citations, citations) }
            return [ConversationPart(.text(try block.requiredText("text")))]
        case "image": return try readSource(&block).map { [ConversationPart(.image($0))] } ?? []
        case "document": return try readDocument(&block)
        case "thinking":
            let text = try block.requiredText("thinking")
            return [ConversationPart(.thinking(text, signature: block.take("signature")?.text))]
        case "redacted_thinking": return [ConversationPart(.redactedThinking(try block.requiredText("data")))]
        case "tool_use": return [ConversationPart(.toolCall(try readCall(&block)))]
        case "tool_result": return [ConversationPart(.toolResult(try readResult(&block)))]
        case "search_result": keep(.searchResults, block.view)
        default: keep(.serverToolHistory, block.view)
        }
        block.skipAll()
        return []
    }

    private func readCall(_ block: inout RequestObject) throws(WireError) -> ConversationToolCall {
        // Who asked for the tool; where that was another tool, the other's blocks are there and are refused.
        block.skip("caller")
        let input = try block.required("input").object(of: block.path + ".input")
        return ConversationToolCall(
            id: try block.requiredText("id"), name: try block.requiredText("name"), arguments: .object(input.bytes))
    }

    private mutating func readResult(_ block: inout RequestObject) throws(WireError) -> ConversationToolResult {
        var result = ConversationToolResult(callID: try block.requiredText("tool_use_id"), parts: [])
        result.isError = block.take("is_error")?.bool ?? false
        if let content = block.take("content") {
            result.isPlain = content.kind == .string
            result.parts = try readContent(content, of: block.path + ".content")
        }
        return result
    }

    private mutating func readDocument(_ block: inout RequestObject) throws(WireError) -> [ConversationPart] {
        let title = block.take("title")?.text
        if let context = block.take("context"), !context.isEmptyValue { keep(.documentContext, context) }
        if var citations = try block.object("citations"), citations.take("enabled")?.bool == true {
            keep(.citations, citations.view)
        }
        var source = try block.requiredObject("source")
        if source.view.value("type")?.text?.equals("content") == true {
            source.skip("type")
            return try readContent(try source.required("content"), of: source.path + ".content")
        }
        guard let media = try readMedia(&source) else { return [] }
        return [ConversationPart(.document(.init(media: media, title: title)))]
    }

    private mutating func readSource(_ block: inout RequestObject) throws(WireError) -> ConversationPart.Media? {
        var source = try block.requiredObject("source")
        return try readMedia(&source)
    }

    /// nil: a rule speaks for it.
    private mutating func readMedia(_ source: inout RequestObject) throws(WireError) -> ConversationPart.Media? {
        switch try source.requiredText("type") {
        case "base64":
            return .base64(try source.requiredText("data"), mediaType: try source.requiredText("media_type"))
        case "url": return .url(try source.requiredText("url"))
        case "text":
            // There is but one.
            source.skip("media_type")
            return .text(try source.requiredText("data"))
        case "file":
            source.skipAll()
            keep(.uploadedFiles, source.view)
            return nil
        default: throw source.invalid("type")
        }
    }
}
