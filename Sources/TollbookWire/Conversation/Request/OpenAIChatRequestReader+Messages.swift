internal import NIOCore

extension OpenAIChatRequestReader {
    mutating func readMessage(_ message: JSONView) throws(WireError) {
        try budget.take(message)
        let role = try message.object(of: "messages[]").requiredText("role", of: "messages[].role")
        switch role {
        case "system": append(ConversationTurn(.system, try readContent(message)))
        case "developer": append(ConversationTurn(.developer, try readContent(message)))
        case "user": append(ConversationTurn(.user, try readContent(message)))
        case "assistant": append(ConversationTurn(.assistant, try readAssistant(message)))
        case "tool": append(ConversationTurn(.tool, [try readToolResult(message)]))
        case "function": keep(.legacyFunctions, message)
        default: throw message.invalid("messages[].role")
        }
    }

    /// The content of a message that has nothing else.
    private mutating func readContent(_ message: JSONView) throws(WireError) -> [ConversationPart] {
        var parts: [ConversationPart] = []
        var hasContent = false
        for (name, value) in message.members where !value.isNull {
            switch name {
            case "role": break
            case "name": keep(.participantName, value)
            case "content":
                parts = try readParts(value)
                hasContent = true
            default: noteUnknown("messages[].", name, value)
            }
        }
        guard hasContent else { throw WireError(.missingField, at: message.offset, field: "messages[].content") }
        return parts
    }

    private mutating func readToolResult(_ message: JSONView) throws(WireError) -> ConversationPart {
        var result = ConversationToolResult(
            callID: try message.requiredText("tool_call_id", of: "messages[].tool_call_id"), parts: [])
        var cacheControl: ByteBuffer?
        for (name, value) in message.members where !value.isNull {
            switch name {
            case "role", "tool_call_id": break
            case "name": keep(.participantName, value)
            case "content":
                result.isPlain = value.kind == .string
                result.parts = try readParts(value)
            case "cache_control": cacheControl = value.bytes
            default: noteUnknown("messages[].", name, value)
            }
        }
        return ConversationPart(.toolResult(result), cacheControl: cacheControl)
    }

    /// What an assistant said, in the order in which it is thought, said and done.
    private mutating func readAssistant(_ message: JSONView) throws(WireError) -> [ConversationPart] {
        var thoughts: [ConversationPart] = []
        var said: [ConversationPart] = []
        var calls: [ConversationPart] = []
        var reasoning: JSONView?
        let signature = GoogleExtras.signature(in: message)
        for (name, value) in message.members where !value.isEmptyValue {
            switch name {
            case "role": break
            case "content": said.insert(contentsOf: try readParts(value), at: 0)
            case "refusal": said.append(ConversationPart(.refusal(try value.text(of: "messages[].refusal"))))
            case "tool_calls": calls = try readCalls(value)
            case "thinking_blocks": thoughts = try readThoughts(value)
            case "reasoning_content", "reasoning": reasoning = value
            case "audio": keep(.audioHistory, value)
            case "function_call": keep(.legacyFunctions, value)
            case "name": keep(.participantName, value)
            case "extra_content": if signature == nil { noteUnknown("messages[].", name, value) }
            default: noteUnknown("messages[].", name, value)
            }
        }
        if let signature { Self.sign(&said, with: signature) }
        if let reasoning { addReasoning(reasoning, to: &thoughts) }
        return thoughts + said + calls
    }

    /// Gemini signs the last of what was said.
    private static func sign(_ said: inout [ConversationPart], with signature: JSONText) {
        if said.isEmpty { said.append(ConversationPart(.text(JSONText("")))) }
        said[said.count - 1].signature = signature
    }

    /// Thoughts without a signature; a stream tells the signature of the only block without its text.
    private mutating func addReasoning(_ reasoning: JSONView, to thoughts: inout [ConversationPart]) {
        guard let text = reasoning.text else { return keep(.unsignedThinking, reasoning) }
        if thoughts.count == 1, case .thinking(let known, let signature) = thoughts[0].content {
            if known.isEmpty { thoughts[0].content = .thinking(text, signature: signature) }
        } else if thoughts.isEmpty {
            thoughts = [ConversationPart(.thinking(text, signature: nil))]
        }
    }

    private mutating func readThoughts(_ value: JSONView) throws(WireError) -> [ConversationPart] {
        var thoughts: [ConversationPart] = []
        for block in try value.array(of: "messages[].thinking_blocks") {
            try budget.take(block)
            switch try block.requiredText("type", of: "messages[].thinking_blocks[].type") {
            case "thinking":
                let text = block.value("thinking")?.text ?? JSONText("")
                thoughts.append(ConversationPart(.thinking(text, signature: block.value("signature")?.text)))
            case "redacted_thinking":
                let data = try block.requiredText("data", of: "messages[].thinking_blocks[].data")
                thoughts.append(ConversationPart(.redactedThinking(data)))
            default: throw block.invalid("messages[].thinking_blocks[].type")
            }
        }
        return thoughts
    }

    private mutating func readCalls(_ value: JSONView) throws(WireError) -> [ConversationPart] {
        var calls: [ConversationPart] = []
        for call in try value.array(of: "messages[].tool_calls") {
            try budget.take(call)
            if let type = call.value("type")?.text, !type.equals("function") {
                keep(.customTools, call)
                continue
            }
            guard let function = call.value("function") else {
                throw WireError(.missingField, at: call.offset, field: "messages[].tool_calls[].function")
            }
            calls.append(
                ConversationPart(
                    .toolCall(
                        ConversationToolCall(
                            id: try call.requiredText("id", of: "messages[].tool_calls[].id"),
                            name: try function.requiredText("name", of: "messages[].tool_calls[].function.name"),
                            arguments: .text(function.value("arguments")?.text ?? JSONText("")))),
                    signature: GoogleExtras.signature(in: call)))
        }
        return calls
    }

    // MARK: Parts

    private mutating func readParts(_ value: JSONView) throws(WireError) -> [ConversationPart] {
        if let text = value.text { return [ConversationPart(.text(text))] }
        var parts: [ConversationPart] = []
        for part in try value.array(of: "messages[].content") {
            try budget.take(part)
            for (name, value) in part.members(except: Self.partMembers) {
                noteUnknown("messages[].content[].", name, value)
            }
            guard var read = try readPart(part) else { continue }
            read.cacheControl = cacheControl(of: part)
            parts.append(read)
        }
        return parts
    }

    private static let partMembers: [StaticString] = [
        "type", "text", "refusal", "image_url", "input_audio", "file", "cache_control", "prompt_cache_breakpoint",
    ]

    private func cacheControl(of part: JSONView) -> ByteBuffer? {
        if let mark = part.value("cache_control") { return mark.bytes }
        return part.value("prompt_cache_breakpoint").map { _ in ByteBuffer(staticString: #"{"type":"ephemeral"}"#) }
    }

    private mutating func readPart(_ part: JSONView) throws(WireError) -> ConversationPart? {
        switch try part.object(of: "messages[].content[]").requiredText("type", of: "messages[].content[].type") {
        case "text": return ConversationPart(.text(try part.requiredText("text", of: "messages[].content[].text")))
        case "refusal":
            return ConversationPart(.refusal(try part.requiredText("refusal", of: "messages[].content[].refusal")))
        case "image_url": return try readImage(part)
        case "input_audio":
            guard let audio = part.value("input_audio") else { throw part.invalid("messages[].content[].input_audio") }
            return ConversationPart(
                .audio(
                    try audio.requiredText("data", of: "messages[].content[].input_audio.data"),
                    format: try audio.requiredText("format", of: "messages[].content[].input_audio.format")))
        case "file": return try readFile(part)
        default: throw part.invalid("messages[].content[].type")
        }
    }

    private mutating func readImage(_ part: JSONView) throws(WireError) -> ConversationPart {
        guard let image = part.value("image_url") else { throw part.invalid("messages[].content[].image_url") }
        if let detail = image.value("detail"), detail.text?.equals("auto") != true { keep(.imageDetail, detail) }
        // Some clients write the URL alone.
        let address = image.kind == .object ? image.value("url") : image
        guard let address else { throw image.invalid("messages[].content[].image_url.url") }
        let url = try address.text(of: "messages[].content[].image_url.url")
        guard let data = DataURL(url) else { return ConversationPart(.image(.url(url))) }
        return ConversationPart(.image(.base64(data.data, mediaType: data.mediaType)))
    }

    private mutating func readFile(_ part: JSONView) throws(WireError) -> ConversationPart? {
        guard let file = part.value("file") else { throw part.invalid("messages[].content[].file") }
        guard let content = file.value("file_data") else {
            keep(.uploadedFiles, file)
            return nil
        }
        let data = try content.text(of: "messages[].content[].file.file_data")
        let name = file.value("filename")?.text
        let url = DataURL(data)
        let media = ConversationPart.Media.base64(
            url?.data ?? data, mediaType: url?.mediaType ?? Self.mediaType(of: name))
        return ConversationPart(.document(.init(media: media, title: name)))
    }

    /// The type of a file by its name; most are PDF.
    static func mediaType(of name: JSONText?) -> JSONText {
        let name = name?.string.lowercased() ?? ""
        if name.hasSuffix(".txt") || name.hasSuffix(".md") { return JSONText("text/plain") }
        return JSONText("application/pdf")
    }
}
