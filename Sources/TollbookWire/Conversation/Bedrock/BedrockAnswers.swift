internal import NIOCore

/// Plain answers of Bedrock's Converse.
///
/// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
enum BedrockAnswers {
    /// Where Claude's models tell which text ended the answer, if they are asked to.
    static let stopSequencePath = "/stop_sequence"

    static func read(_ view: JSONView) throws(WireError) -> ConversationAnswer {
        var answer = ConversationAnswer()
        guard let content = view.value("output")?.value("message")?.value("content") else {
            throw WireError(.missingField, at: view.offset, field: "output.message.content")
        }
        for block in try content.array(of: "output.message.content") { readBlock(block, &answer) }
        if let reason = view.value("stopReason")?.text {
            answer.finish = AnswerFinish(
                bedrock: reason, sequence: stopSequence(view.value("additionalModelResponseFields")),
                hasCalls: answer.parts.contains { $0.isToolCall })
        }
        answer.tokens = view.value("usage").map { AnswerTokens(bedrock: $0) }
        answer.serviceTier = view.value("serviceTier")?.value("type")?.text
        return answer
    }

    /// The text that ended the answer, out of `additionalModelResponseFields`.
    static func stopSequence(_ fields: JSONView?) -> JSONText? { fields?.value("stop_sequence")?.text }

    private static func readBlock(_ block: JSONView, _ answer: inout ConversationAnswer) {
        for (name, value) in block.members where !value.isNull {
            switch name {
            case "text": if let text = value.text { answer.parts.append(ConversationPart(.text(text))) }
            case "toolUse": readCall(value, &answer)
            case "reasoningContent": readThought(value, &answer)
            case "citationsContent":
                readCited(value, &answer)
            default: answer.dropped.insert("content[]." + name.string)
            }
        }
    }

    /// Text with what it rests on.
    private static func readCited(_ view: JSONView, _ answer: inout ConversationAnswer) {
        let start = answer.textLength
        for part in view.value("content")?.elements ?? JSONView.noElements {
            if let text = part.value("text")?.text { answer.parts.append(ConversationPart(.text(text))) }
        }
        let place = start..<answer.textLength
        var citations: [Citation] = []
        for citation in view.value("citations")?.elements ?? JSONView.noElements {
            guard var read = Citation(bedrock: citation) else {
                answer.dropped.insert("content[].citationsContent.citations")
                continue
            }
            read.place = place.isEmpty ? nil : place
            citations.append(read)
        }
        answer.cite(citations, named: "content[].citationsContent.citations")
    }

    private static func readCall(_ view: JSONView, _ answer: inout ConversationAnswer) {
        // A tool that the provider ran: its result is in the answer too.
        guard view.value("type")?.text?.equals("server_tool_use") != true, let id = view.value("toolUseId")?.text,
            let name = view.value("name")?.text
        else { return answer.dropped.insert("content[].toolUse[type=server_tool_use]") }
        let input = view.value("input")?.bytes ?? ByteBuffer(staticString: "{}")
        answer.parts.append(
            ConversationPart(.toolCall(ConversationToolCall(id: id, name: name, arguments: .object(input)))))
    }

    private static func readThought(_ view: JSONView, _ answer: inout ConversationAnswer) {
        if let thought = view.value("reasoningText") {
            answer.parts.append(
                ConversationPart(
                    .thinking(thought.value("text")?.text ?? JSONText(""), signature: thought.value("signature")?.text))
            )
        } else if let data = BedrockBlocks.redacted(view.value("redactedContent")) {
            answer.parts.append(ConversationPart(.redactedThinking(data)))
        } else {
            answer.dropped.insert("content[].reasoningContent")
        }
    }

    // MARK: Writing

    static func write(_ answer: ConversationAnswer, _ context: AnswerContext, _ json: inout JSONWriter) {
        json.object { json in
            json.name("output")
            json.object { json in
                json.name("message")
                json.object { json in
                    json.member("role", JSONText("assistant"))
                    json.name("content")
                    json.array { json in
                        for part in answer.parts.withSignedThoughts { writeBlock(part, &json) }
                    }
                }
            }
            json.name("stopReason")
            json.value(answer.finish.bedrock)
            writeUsage(answer.tokens ?? AnswerTokens(), context, &json)
            if let tier = tier(answer.serviceTier) {
                json.name("serviceTier")
                json.object { json in
                    json.name("type")
                    json.value(tier)
                }
            }
        }
    }

    /// `usage` and `metrics`, as answers and the last event of a stream have them.
    static func writeUsage(_ tokens: AnswerTokens, _ context: AnswerContext, _ json: inout JSONWriter) {
        json.name("usage")
        tokens.writeBedrock(&json)
        json.name("metrics")
        json.object { json in
            json.name("latencyMs")
            json.value(context.elapsedMillis())
        }
    }

    /// A provider's tier in Bedrock's words; others are not told.
    private static func tier(_ tier: JSONText?) -> String? {
        guard let tier = tier?.string else { return nil }
        if tier == "standard" { return "default" }
        return ["default", "flex", "priority"].contains(tier) ? tier : nil
    }

    private static func writeBlock(_ part: ConversationPart, _ json: inout JSONWriter) {
        switch part.content {
        case .text(let text), .refusal(let text): json.object { $0.member("text", text) }
        case .thinking(let text, let signature): BedrockBlocks.writeThought(text, signature, &json)
        case .redactedThinking(let data): BedrockBlocks.writeRedacted(data, &json)
        case .toolCall(let call): BedrockBlocks.writeCall(call, &json)
        case .image(.base64(let data, let mediaType)):
            json.object { json in
                json.name("image")
                json.object { json in
                    json.name("format")
                    json.value(BedrockFormat.image(mediaType) ?? "png")
                    json.name("source")
                    json.object { $0.member("bytes", data) }
                }
            }
        // No answer holds these.
        case .image, .document, .audio, .toolResult: return
        }
    }
}

extension AnswerFinish {
    /// Reads Converse's `stopReason`. A reason that is not known ended the answer all the same.
    ///
    /// - Parameter hasCalls: whether the answer calls tools, which some models' reasons do not tell.
    init(bedrock reason: JSONText, sequence: JSONText?, hasCalls: Bool) {
        switch reason {
        case "max_tokens", "model_context_window_exceeded": self = .length
        case "tool_use": self = .toolCalls
        case "guardrail_intervened", "content_filtered": self = .refusal(nil)
        case "stop_sequence": self = .stopSequence(sequence)
        case "malformed_tool_use": self = .failed(AnswerFault(.toolCall, reason))
        case "malformed_model_output": self = .failed(AnswerFault(.output, reason))
        default: self = hasCalls ? .toolCalls : .stop
        }
    }

    /// Converse's `stopReason`.
    var bedrock: String {
        switch self {
        case .stop: "end_turn"
        case .stopSequence: "stop_sequence"
        case .length: "max_tokens"
        case .toolCalls: "tool_use"
        case .refusal: "content_filtered"
        case .failed(let fault): fault.kind == .toolCall ? "malformed_tool_use" : "malformed_model_output"
        }
    }
}

extension AnswerTokens {
    /// Reads Bedrock's numbers, which are disjoint but for thinking, of which nothing is told.
    init(bedrock usage: JSONView) {
        self.init()
        for (name, value) in usage.members {
            guard let tokens = value.tokenCount else { continue }
            switch name {
            case "inputTokens": input = tokens
            case "outputTokens": output = tokens
            case "cacheReadInputTokens": cacheRead = tokens
            case "cacheWriteInputTokens": cacheWrite = tokens
            default: continue
            }
        }
    }

    /// As Bedrock tells usage.
    func writeBedrock(_ json: inout JSONWriter) {
        json.object { json in
            json.name("inputTokens")
            json.value(input)
            json.name("outputTokens")
            json.value(output)
            json.name("totalTokens")
            json.value(prompt &+ output)
            json.name("cacheReadInputTokens")
            json.value(cacheRead)
            json.name("cacheWriteInputTokens")
            json.value(cacheWrite)
        }
    }
}
