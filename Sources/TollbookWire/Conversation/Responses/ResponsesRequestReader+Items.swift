internal import NIOCore

extension ResponsesRequestReader {
    /// Reads an item of the input; one without a type is a message.
    mutating func readItem(_ view: JSONView) throws(WireError) {
        try budget.take(view)
        var item = try RequestObject(view, "input[]", unknown)
        let type = try item.text("type")
        switch type ?? JSONText("message") {
        case "message": try readMessage(&item)
        case "function_call": try readCall(&item)
        case "function_call_output": try readResult(&item)
        case "reasoning": try readReasoningItem(&item)
        case "item_reference": skip(&item, .itemReferences)
        case "custom_tool_call", "custom_tool_call_output": skip(&item, .customTools)
        default: skip(&item, .hostedToolHistory)
        }
    }

    private mutating func skip(_ object: inout RequestObject, _ field: ConversationField) {
        object.skipAll()
        keep(field, object.view)
    }

    private mutating func readMessage(_ item: inout RequestObject) throws(WireError) {
        // Ids and states of an earlier answer, which only their provider knows.
        item.skip("id", "status", "phase")
        let role = try item.requiredText("role")
        let parts = try readParts(try item.required("content"), "input[].content")
        switch role {
        case "system": append(.system, parts)
        case "developer": append(.developer, parts)
        case "user": append(.user, parts)
        case "assistant": append(.assistant, parts)
        default: throw item.invalid("role")
        }
    }

    private mutating func readCall(_ item: inout RequestObject) throws(WireError) {
        item.skip("id", "status")
        let call = ConversationToolCall(
            id: try item.requiredText("call_id"), name: try item.requiredText("name"),
            arguments: .text(try item.requiredText("arguments")))
        append(.assistant, [ConversationPart(.toolCall(call))])
    }

    private mutating func readResult(_ item: inout RequestObject) throws(WireError) {
        item.skip("id", "status")
        let output = try item.required("output")
        var result = ConversationToolResult(
            callID: try item.requiredText("call_id"), parts: try readParts(output, "input[].output"))
        result.isPlain = output.kind == .string
        append(.tool, [ConversationPart(.toolResult(result))])
    }

    /// Thoughts of an earlier answer. What only their provider can read came through here, else it is another's.
    private mutating func readReasoningItem(_ item: inout RequestObject) throws(WireError) {
        item.skip("id", "status")
        // The summary is what was told of the thoughts; where there is none, the thoughts themselves.
        let summary = try readTexts(item.take("summary"), "input[].summary[]")
        let content = try readTexts(item.take("content"), "input[].content[]")
        let text = summary ?? content ?? JSONText("")
        let thought: ConversationPart.Content
        switch SealedThoughts(item.take("encrypted_content")?.text) {
        case .signature(let signature): thought = .thinking(text, signature: signature)
        case .redacted(let data): thought = .redactedThinking(data)
        case .foreign: thought = .thinking(text, signature: nil)
        }
        append(.assistant, [ConversationPart(thought)])
    }

    /// The texts of a list of parts as one; nil: there are none.
    private mutating func readTexts(_ list: JSONView?, _ path: String) throws(WireError) -> JSONText? {
        var text: JSONText?
        for view in list?.elements ?? JSONView.noElements {
            try budget.take(view)
            var part = try RequestObject(view, path, unknown)
            part.skip("type")
            guard let more = part.take("text")?.text else { continue }
            if text == nil { text = more } else { text?.append(more) }
        }
        return text
    }

    // MARK: Parts

    private mutating func readParts(_ value: JSONView, _ path: String) throws(WireError) -> [ConversationPart] {
        if let text = value.text { return [ConversationPart(.text(text))] }
        var parts: [ConversationPart] = []
        let place = path + "[]"
        for view in try value.array(of: path) {
            try budget.take(view)
            var part = try RequestObject(view, place, unknown)
            let isMarked = part.take("prompt_cache_breakpoint") != nil
            guard let content = try readPart(&part) else { continue }
            let mark = isMarked ? ByteBuffer(staticString: #"{"type":"ephemeral"}"#) : nil
            parts.append(ConversationPart(content, cacheControl: mark))
        }
        return parts
    }

    private mutating func readPart(_ part: inout RequestObject) throws(WireError) -> ConversationPart.Content? {
        switch try part.requiredText("type") {
        case "input_text", "output_text", "text":
            // Probabilities of an earlier answer's tokens say nothing to a model.
            part.skip("logprobs")
            return .text(try part.requiredText("text"))
        case "refusal": return .refusal(try part.requiredText("refusal"))
        case "input_image": return try readImage(&part)
        case "input_file": return try readFile(&part)
        case "input_audio":
            var audio = try part.requiredObject("input_audio")
            return .audio(try audio.requiredText("data"), format: try audio.requiredText("format"))
        default: throw part.invalid("type")
        }
    }

    private mutating func readImage(_ part: inout RequestObject) throws(WireError) -> ConversationPart.Content? {
        if let detail = part.take("detail"), detail.text?.equals("auto") != true { keep(.imageDetail, detail) }
        guard let url = part.take("image_url") else {
            skip(&part, .uploadedFiles)
            return nil
        }
        return .image(try ConversationPart.Media(url, part.path + ".image_url"))
    }

    private mutating func readFile(_ part: inout RequestObject) throws(WireError) -> ConversationPart.Content? {
        let name = part.take("filename")?.text
        if let data = part.take("file_data") {
            let media = try ConversationPart.Media(file: data, name: name, part.path + ".file_data")
            return .document(.init(media: media, title: name))
        }
        if let url = try part.text("file_url") { return .document(.init(media: .url(url), title: name)) }
        skip(&part, .uploadedFiles)
        return nil
    }
}
