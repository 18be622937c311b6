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
            default: unknown.note("messages[]", name, value)
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
            default: unknown.note("messages[]", name, value)
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
        var signature: JSONText?
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
            case "extra_content": signature = try readSignature(value, "messages[].extra_content")
            default: unknown.note("messages[]", name, value)
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

    /// Gemini's signature, where Google's own endpoint for OpenAI's clients has it; see `GoogleExtras`.
    private func readSignature(_ value: JSONView, _ path: String) throws(WireError) -> JSONText? {
        var extras = try RequestObject(value, path, unknown)
        guard var google = try extras.object("google") else { return nil }
        return google.take("thought_signature")?.text.flatMap { $0.isEmpty ? nil : $0 }
    }

    private mutating func readThoughts(_ value: JSONView) throws(WireError) -> [ConversationPart] {
        var thoughts: [ConversationPart] = []
        for block in try value.array(of: "messages[].thinking_blocks") {
            try budget.take(block)
            var block = try RequestObject(block, "messages[].thinking_blocks[]", unknown)
            switch try block.requiredText("type") {
            case "thinking":
                let text = block.take("thinking")?.text ?? JSONText("")
                thoughts.append(ConversationPart(.thinking(text, signature: block.take("signature")?.text)))
            case "redacted_thinking":
                thoughts.append(ConversationPart(.redactedThinking(try block.requiredText("data"))))
            default: throw block.invalid("type")
            }
        }
        return thoughts
    }

    private mutating func readCalls(_ value: JSONView) throws(WireError) -> [ConversationPart] {
        var calls: [ConversationPart] = []
        for view in try value.array(of: "messages[].tool_calls") {
            try budget.take(view)
            var call = try RequestObject(view, "messages[].tool_calls[]", unknown)
            if let type = call.take("type")?.text, !type.equals("function") {
                call.skipAll()
                keep(.customTools, view)
                continue
            }
            // Streams number their calls, and clients send what they have put together.
            call.skip("index")
            var function = try call.requiredObject("function")
            var signature: JSONText?
            if let extras = call.take("extra_content") {
                signature = try readSignature(extras, "messages[].tool_calls[].extra_content")
            }
            calls.append(
                ConversationPart(
                    .toolCall(
                        ConversationToolCall(
                            id: try call.requiredText("id"), name: try function.requiredText("name"),
                            arguments: .text(function.take("arguments")?.text ?? JSONText("")))),
                    signature: signature))
        }
        return calls
    }

    // MARK: Parts

    private mutating func readParts(_ value: JSONView) throws(WireError) -> [ConversationPart] {
        if let text = value.text { return [ConversationPart(.text(text))] }
        var parts: [ConversationPart] = []
        for view in try value.array(of: "messages[].content") {
            try budget.take(view)
            var part = try RequestObject(view, "messages[].content[]", unknown)
            let mark = Self.cacheControl(of: &part)
            guard let content = try readPart(&part) else { continue }
            parts.append(ConversationPart(content, cacheControl: mark))
        }
        return parts
    }

    private static func cacheControl(of part: inout RequestObject) -> ByteBuffer? {
        let mark = part.take("cache_control")?.bytes
        let isBreakpoint = part.take("prompt_cache_breakpoint") != nil
        return mark ?? (isBreakpoint ? ByteBuffer(staticString: #"{"type":"ephemeral"}"#) : nil)
    }

    private mutating func readPart(_ part: inout RequestObject) throws(WireError) -> ConversationPart.Content? {
        switch try part.requiredText("type") {
        case "text": return .text(try part.requiredText("text"))
        case "refusal": return .refusal(try part.requiredText("refusal"))
        case "image_url": return .image(try readImage(&part))
        case "input_audio":
            var audio = try part.requiredObject("input_audio")
            return .audio(try audio.requiredText("data"), format: try audio.requiredText("format"))
        case "file": return try readFile(&part)
        default: throw part.invalid("type")
        }
    }

    private mutating func readImage(_ part: inout RequestObject) throws(WireError) -> ConversationPart.Media {
        let view = try part.required("image_url")
        // Some clients write the URL alone.
        guard view.text == nil else { return try ConversationPart.Media(view, "messages[].content[].image_url") }
        var image = try RequestObject(view, "messages[].content[].image_url", unknown)
        if let detail = image.take("detail"), detail.text?.equals("auto") != true { keep(.imageDetail, detail) }
        return try ConversationPart.Media(try image.required("url"), "messages[].content[].image_url.url")
    }

    private mutating func readFile(_ part: inout RequestObject) throws(WireError) -> ConversationPart.Content? {
        var file = try part.requiredObject("file")
        let name = file.take("filename")?.text
        guard let data = file.take("file_data") else {
            file.skipAll()
            keep(.uploadedFiles, file.view)
            return nil
        }
        let media = try ConversationPart.Media(file: data, name: name, "messages[].content[].file.file_data")
        return .document(.init(media: media, title: name))
    }
}

extension ConversationPart.Media {
    /// What a URL stands for: the data in it, or what is there.
    ///
    /// - Throws: `invalid_field` for what is no string, and for a `data:` URL that cannot be read.
    init(_ value: JSONView, _ field: String) throws(WireError) {
        let url = try value.text(of: field)
        if let data = DataURL(url) {
            self = .base64(data.data, mediaType: data.mediaType)
        } else {
            guard !DataURL.isData(url) else { throw value.invalid(field) }
            self = .url(url)
        }
    }

    /// A file's content: base64, in a `data:` URL or alone, of the type that the file's name tells.
    ///
    /// - Throws: as above.
    init(file value: JSONView, name: JSONText?, _ field: String) throws(WireError) {
        let text = try value.text(of: field)
        if let url = DataURL(text) {
            self = .base64(url.data, mediaType: url.mediaType)
        } else {
            guard !DataURL.isData(text) else { throw value.invalid(field) }
            self = .base64(text, mediaType: Self.type(ofFile: name))
        }
    }

    /// The type of a file by its name; most are PDF.
    private static func type(ofFile name: JSONText?) -> JSONText {
        let name = name?.string.lowercased() ?? ""
        if name.hasSuffix(".txt") || name.hasSuffix(".md") { return JSONText("text/plain") }
        return JSONText("application/pdf")
    }
}
