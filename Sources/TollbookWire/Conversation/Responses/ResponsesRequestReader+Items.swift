internal import NIOCore

extension ResponsesRequestReader {
    /// Reads an item of the input; one without a type is a message.
    mutating func readItem(_ item: JSONView) throws(WireError) {
        try budget.take(item)
        let type = try item.object(of: "input[]").value("type")
        guard let type else { return try readMessage(item) }
        switch try type.text(of: "input[].type") {
        case "message": try readMessage(item)
        case "function_call": try readCall(item)
        case "function_call_output": try readResult(item)
        case "reasoning": try readReasoningItem(item)
        case "item_reference": keep(.itemReferences, item)
        case "custom_tool_call", "custom_tool_call_output": keep(.customTools, item)
        default: keep(.hostedToolHistory, item)
        }
    }

    private mutating func readMessage(_ item: JSONView) throws(WireError) {
        let role = try item.requiredText("role", of: "input[].role")
        noteOthers(of: item, "input[].", ["type", "id", "status", "role", "content", "phase"])
        guard let content = item.value("content") else {
            throw WireError(.missingField, at: item.offset, field: "input[].content")
        }
        let parts = try readParts(content)
        switch role {
        case "system": append(.system, parts)
        case "developer": append(.developer, parts)
        case "user": append(.user, parts)
        case "assistant": append(.assistant, parts)
        default: throw item.invalid("input[].role")
        }
    }

    private mutating func readCall(_ item: JSONView) throws(WireError) {
        noteOthers(of: item, "input[].", ["type", "id", "status", "call_id", "name", "arguments"])
        let call = ConversationToolCall(
            id: try item.requiredText("call_id", of: "input[].call_id"),
            name: try item.requiredText("name", of: "input[].name"),
            arguments: .text(try item.requiredText("arguments", of: "input[].arguments")))
        append(.assistant, [ConversationPart(.toolCall(call))])
    }

    private mutating func readResult(_ item: JSONView) throws(WireError) {
        noteOthers(of: item, "input[].", ["type", "id", "status", "call_id", "output"])
        guard let output = item.value("output") else {
            throw WireError(.missingField, at: item.offset, field: "input[].output")
        }
        var result = ConversationToolResult(
            callID: try item.requiredText("call_id", of: "input[].call_id"), parts: try readParts(output))
        result.isPlain = output.kind == .string
        append(.tool, [ConversationPart(.toolResult(result))])
    }

    /// Thoughts of an earlier answer. What only their provider can read came through here, else it is another's.
    private mutating func readReasoningItem(_ item: JSONView) throws(WireError) {
        noteOthers(of: item, "input[].", ["type", "id", "status", "summary", "content", "encrypted_content"])
        var text: JSONText?
        for name in ["summary", "content"] as [StaticString] where text == nil {
            for part in item.value(name)?.elements ?? JSONView.noElements {
                try budget.take(part)
                guard let more = part.value("text")?.text else { continue }
                if text == nil { text = more } else { text?.append(more) }
            }
        }
        let content: ConversationPart.Content
        switch SealedThoughts(item.value("encrypted_content")?.text) {
        case .signature(let signature): content = .thinking(text ?? JSONText(""), signature: signature)
        case .redacted(let data): content = .redactedThinking(data)
        case .foreign: content = .thinking(text ?? JSONText(""), signature: nil)
        }
        append(.assistant, [ConversationPart(content)])
    }

    private mutating func noteOthers(of view: JSONView, _ path: String, _ known: [StaticString]) {
        for (name, value) in view.members(except: known) { noteUnknown(path, name, value) }
    }

    // MARK: Parts

    private mutating func readParts(_ value: JSONView) throws(WireError) -> [ConversationPart] {
        if let text = value.text { return [ConversationPart(.text(text))] }
        var parts: [ConversationPart] = []
        for part in try value.array(of: "input[].content") {
            try budget.take(part)
            noteOthers(of: part, "input[].content[].", Self.partMembers)
            guard var read = try readPart(part) else { continue }
            if part.value("prompt_cache_breakpoint") != nil {
                read.cacheControl = ByteBuffer(staticString: #"{"type":"ephemeral"}"#)
            }
            parts.append(read)
        }
        return parts
    }

    private static let partMembers: [StaticString] = [
        "type", "text", "refusal", "image_url", "detail", "file_id", "file_data", "file_url", "filename",
        "input_audio", "logprobs", "prompt_cache_breakpoint",
    ]

    private mutating func readPart(_ part: JSONView) throws(WireError) -> ConversationPart? {
        switch try part.object(of: "input[].content[]").requiredText("type", of: "input[].content[].type") {
        case "input_text", "output_text", "text":
            return ConversationPart(.text(try part.requiredText("text", of: "input[].content[].text")))
        case "refusal":
            return ConversationPart(.refusal(try part.requiredText("refusal", of: "input[].content[].refusal")))
        case "input_image": return try readImage(part)
        case "input_file": return try readFile(part)
        case "input_audio":
            guard let audio = part.value("input_audio") else { throw part.invalid("input[].content[].input_audio") }
            return ConversationPart(
                .audio(
                    try audio.requiredText("data", of: "input[].content[].input_audio.data"),
                    format: try audio.requiredText("format", of: "input[].content[].input_audio.format")))
        default: throw part.invalid("input[].content[].type")
        }
    }

    private mutating func readImage(_ part: JSONView) throws(WireError) -> ConversationPart? {
        if let detail = part.value("detail"), detail.text?.equals("auto") != true { keep(.imageDetail, detail) }
        guard let address = part.value("image_url") else {
            keep(.uploadedFiles, part)
            return nil
        }
        let url = try address.text(of: "input[].content[].image_url")
        guard let data = DataURL(url) else { return ConversationPart(.image(.url(url))) }
        return ConversationPart(.image(.base64(data.data, mediaType: data.mediaType)))
    }

    private mutating func readFile(_ part: JSONView) throws(WireError) -> ConversationPart? {
        let name = part.value("filename")?.text
        if let content = part.value("file_data") {
            let data = try content.text(of: "input[].content[].file_data")
            let url = DataURL(data)
            let media = ConversationPart.Media.base64(
                url?.data ?? data, mediaType: url?.mediaType ?? OpenAIChatRequestReader.mediaType(of: name))
            return ConversationPart(.document(.init(media: media, title: name)))
        }
        if let address = part.value("file_url") {
            let url = try address.text(of: "input[].content[].file_url")
            return ConversationPart(.document(.init(media: .url(url), title: name)))
        }
        keep(.uploadedFiles, part)
        return nil
    }
}
