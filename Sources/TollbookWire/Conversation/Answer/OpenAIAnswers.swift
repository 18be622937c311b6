internal import NIOCore

/// Plain answers of OpenAI's chat dialect.
enum OpenAIAnswers {
    static func read(_ view: JSONView) throws(WireError) -> ConversationAnswer {
        var answer = ConversationAnswer()
        answer.id = view.value("id")?.text
        answer.model = view.value("model")?.text
        guard let choices = view.value("choices") else {
            throw WireError(.missingField, at: view.offset, field: "choices")
        }
        var isFirst = true
        for choice in try choices.array(of: "choices") {
            guard isFirst else {
                answer.dropped.insert("choices[1...]")
                break
            }
            isFirst = false
            readChoice(choice, &answer)
        }
        guard !isFirst else { throw choices.invalid("choices") }
        answer.tokens = view.value("usage").flatMap { AnswerTokens(openAI: $0) }
        answer.serviceTier = view.value("service_tier")?.text
        return answer
    }

    private static func readChoice(_ choice: JSONView, _ answer: inout ConversationAnswer) {
        defer { answer.finish = finish(of: choice, answer) }
        if let logprobs = choice.value("logprobs"), !logprobs.isEmptyValue { answer.dropped.insert("logprobs") }
        guard let message = choice.value("message") else { return }
        var thoughts: [ConversationPart] = []
        var said: [ConversationPart] = []
        var calls: [ConversationPart] = []
        var images: [ConversationPart] = []
        var annotations: JSONView?
        for (name, value) in message.members where !value.isEmptyValue {
            switch name {
            case "role": continue
            case "content":
                let parts = readParts(value, as: "message.content[]", &answer.dropped)
                thoughts += parts.filter { !$0.isText }
                said.insert(contentsOf: parts.filter { $0.isText }, at: 0)
            case "refusal":
                guard let text = value.text else { continue }
                said.append(ConversationPart(.refusal(text)))
            case "reasoning_content", "reasoning":
                if thoughts.isEmpty, let text = value.text {
                    thoughts = [ConversationPart(.thinking(text, signature: nil))]
                }
            case "thinking_blocks": thoughts = readThoughts(value)
            case "annotations": annotations = value
            case "images": images = readImages(value).map { ConversationPart(.image($0)) }
            case "tool_calls": calls = readCalls(value, answer.id, &answer.dropped)
            default: answer.dropped.insert("message." + name.string)
            }
        }
        answer.parts = thoughts + said + images + calls
        let citations = annotations.map { readAnnotations($0, &answer.dropped) } ?? []
        answer.cite(citations, named: "message.annotations")
    }

    /// The pages among annotations; others are named.
    static func readAnnotations(_ value: JSONView, _ dropped: inout FieldNames) -> [Citation] {
        value.elements.compactMap { annotation in
            if let citation = Citation(openAI: annotation) { return citation }
            dropped.insert("annotations[type=\(annotation.value("type")?.text?.string ?? "")]")
            return nil
        }
    }

    /// Pictures as several servers tell them: `{"type":"image_url","image_url":{"url":"data:…"}}`.
    static func readImages(_ value: JSONView) -> [ConversationPart.Media] {
        value.elements.compactMap { image in
            image.value("image_url")?.value("url")?.text.map { ConversationPart.Media(imageURL: $0) }
        }
    }

    /// One element of `images`.
    static func writeImage(_ url: JSONText, index: Int, _ json: inout JSONWriter) {
        json.object { json in
            json.member("type", JSONText("image_url"))
            json.name("image_url")
            json.object { $0.member("url", url) }
            json.name("index")
            json.value(Int64(index))
        }
    }

    /// Why a choice ended, which its calls and its refusal tell as well.
    private static func finish(of choice: JSONView, _ answer: ConversationAnswer) -> AnswerFinish {
        for case .refusal(let text) in answer.parts.map(\.content) { return .refusal(text) }
        let hasCalls = answer.parts.contains { $0.isToolCall }
        guard let reason = choice.value("finish_reason")?.text else { return AnswerFinish(hasCalls: hasCalls) }
        return AnswerFinish(openAI: reason, hasCalls: hasCalls)
    }

    /// Content: a string, or parts as some servers send them. Mistral's thinking models put their thoughts there
    /// (https://docs.mistral.ai/capabilities/reasoning): `{"type":"thinking","thinking":[{"type":"text","text":…}]}`.
    ///
    /// - Parameter name: what a part of another kind is named as.
    static func readParts(_ value: JSONView, as name: String, _ dropped: inout FieldNames) -> [ConversationPart] {
        if let text = value.text { return [ConversationPart(.text(text))] }
        var parts: [ConversationPart] = []
        for part in value.elements {
            if let text = part.value("text")?.text {
                if !text.isEmpty { parts.append(ConversationPart(.text(text))) }
            } else if let thoughts = part.value("thinking") {
                parts += readParts(thoughts, as: name, &dropped).compactMap { thought in
                    guard case .text(let text) = thought.content else { return nil }
                    return ConversationPart(.thinking(text, signature: nil))
                }
            } else {
                dropped.insert(name)
            }
        }
        return parts
    }

    static func readThoughts(_ value: JSONView) -> [ConversationPart] {
        value.elements.compactMap { block in
            if let data = block.value("data")?.text { return ConversationPart(.redactedThinking(data)) }
            guard let text = block.value("thinking")?.text else { return nil }
            return ConversationPart(.thinking(text, signature: block.value("signature")?.text))
        }
    }

    private static func readCalls(
        _ value: JSONView, _ answerID: JSONText?, _ dropped: inout FieldNames
    ) -> [ConversationPart] {
        var calls: [ConversationPart] = []
        for call in value.elements.prefix(WireLimits.answerToolCalls) {
            guard let function = call.value("function"), let name = function.value("name")?.text else {
                dropped.insert("message.tool_calls[type=custom]")
                continue
            }
            let id = call.value("id")?.text.flatMap { $0.isEmpty ? nil : $0 }
            calls.append(
                ConversationPart(
                    .toolCall(
                        ConversationToolCall(
                            id: id ?? OpenAIToolCalls.makeID(answerID, calls.count), name: name,
                            arguments: .text(function.value("arguments")?.text ?? JSONText(""))))))
        }
        return calls
    }

    static func write(_ answer: ConversationAnswer, _ context: AnswerContext, _ json: inout JSONWriter) {
        json.object { json in
            json.member("id", context.answerID(answer.id, in: .openAIChat))
            json.name("object")
            json.value("chat.completion")
            json.name("created")
            json.value(context.createdSeconds)
            json.name("model")
            json.value(context.model)
            json.name("choices")
            json.array { json in
                json.object { json in
                    json.name("index")
                    json.value(0)
                    json.name("message")
                    json.object { writeMessage(answer, &$0) }
                    json.name("logprobs")
                    json.null()
                    json.name("finish_reason")
                    json.value(answer.finish.openAI)
                }
            }
            if let tokens = answer.tokens {
                json.name("usage")
                tokens.writeOpenAI(&json)
            }
            if let tier = tier(answer.serviceTier) {
                json.name("service_tier")
                json.value(tier)
            }
        }
    }

    /// Anthropic's tier in OpenAI's words.
    private static func tier(_ tier: JSONText?) -> String? {
        switch tier {
        case .some(let text) where text.equals("standard"): "default"
        case .some(let text) where text.equals("priority"): "priority"
        default: nil
        }
    }

    private static func writeMessage(_ answer: ConversationAnswer, _ json: inout JSONWriter) {
        var text: JSONText?
        var thoughts: JSONText?
        var blocks: [ConversationPart] = []
        var calls: [(call: ConversationToolCall, signature: JSONText?)] = []
        var signature: JSONText?
        var images: [JSONText] = []
        for part in answer.parts {
            switch part.content {
            case .image(let media): if let url = media.url { images.append(url) }
            case .text(let more), .refusal(let more):
                if !more.isEmpty || part.signature == nil { append(more, to: &text) }
                signature = part.signature ?? signature
            case .thinking(let more, _):
                append(more, to: &thoughts)
                blocks.append(part)
            case .redactedThinking: blocks.append(part)
            case .toolCall(let call): calls.append((call, part.signature))
            case .document, .audio, .toolResult: continue
            }
        }
        json.name("role")
        json.value("assistant")
        json.name("content")
        if let text { json.value(text) } else { json.null() }
        json.name("refusal")
        if case .refusal(let explanation) = answer.finish, let explanation {
            json.value(explanation)
        } else {
            json.null()
        }
        let citations = answer.parts.flatMap(\.citations)
        if !citations.isEmpty {
            json.name("annotations")
            json.array { json in
                for citation in citations { citation.writeOpenAI(&json, isNested: true) }
            }
        }
        if !images.isEmpty {
            json.name("images")
            json.array { json in
                for (index, url) in images.enumerated() { writeImage(url, index: index, &json) }
            }
        }
        if let thoughts { json.member("reasoning_content", thoughts) }
        if !blocks.isEmpty { writeThoughts(blocks, &json) }
        if let signature { GoogleExtras.write(signature, &json) }
        guard !calls.isEmpty else { return }
        json.name("tool_calls")
        json.array { json in
            for (call, signature) in calls { OpenAIToolCalls.write(call, signature: signature, &json) }
        }
    }

    private static func append(_ more: JSONText, to text: inout JSONText?) {
        if text == nil { text = more } else { text?.append(more) }
    }

    /// Thoughts with their signatures, so that they can be sent back: an extension of the dialect.
    private static func writeThoughts(_ parts: [ConversationPart], _ json: inout JSONWriter) {
        json.name("thinking_blocks")
        json.array { json in
            for part in parts {
                json.object { json in
                    switch part.content {
                    case .thinking(let text, let signature):
                        json.member("type", JSONText("thinking"))
                        json.member("thinking", text)
                        if let signature { json.member("signature", signature) }
                    case .redactedThinking(let data):
                        json.member("type", JSONText("redacted_thinking"))
                        json.member("data", data)
                    default: return
                    }
                }
            }
        }
    }
}

extension OpenAIToolCalls {
    /// An id for a call that came without one, the same each time it is made for the same call.
    static func makeID(_ answerID: JSONText?, _ index: Int) -> JSONText {
        let base = (answerID?.string ?? "call").unicodeScalars.map { scalar -> Character in
            let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
            return isPlain ? Character(scalar) : "_"
        }
        return JSONText("call_" + String(base.suffix(40)) + "_" + String(index))
    }
}
