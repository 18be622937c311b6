internal import NIOCore

/// A whole `response` object, as plain answers are and as a stream's first and last events carry it.
struct ResponseObject {
    /// How far the response has come.
    enum Status {
        case inProgress, completed, failed
        /// It ended before it was whole; the reason is `max_output_tokens` or `content_filter`.
        case incomplete(StaticString)

        var name: StaticString {
            switch self {
            case .inProgress: "in_progress"
            case .completed: "completed"
            case .failed: "failed"
            case .incomplete: "incomplete"
            }
        }

        /// - Parameter hasRefused: whether the answer says in its own words that the model would not go on.
        init(_ finish: AnswerFinish, hasRefused: Bool) {
            switch finish {
            case .stop, .stopSequence, .toolCalls: self = .completed
            case .length: self = .incomplete("max_output_tokens")
            case .refusal: self = hasRefused ? .completed : .incomplete("content_filter")
            // Told as an error before it comes here.
            case .failed: self = .failed
            }
        }
    }

    let id: JSONText
    let context: AnswerContext

    /// - Parameter id: the provider's.
    init(_ id: JSONText?, _ context: AnswerContext) {
        self.id = context.answerID(id, in: .openAIResponses)
        self.context = context
    }

    /// Writes the object.
    ///
    /// - Parameters:
    ///   - error: why it failed.
    ///   - output: writes the items.
    func write(
        _ json: inout JSONWriter, _ status: Status, tokens: AnswerTokens? = nil, tier: String? = nil,
        error: ProviderError? = nil, output: (inout JSONWriter) -> Void
    ) {
        json.object { json in
            json.member("id", id)
            json.name("object")
            json.value("response")
            json.name("created_at")
            json.value(context.createdSeconds)
            json.name("status")
            json.value("\(status.name)")
            json.name("background")
            json.value(false)
            json.name("error")
            if let error { error.writeFailure(&json) } else { json.null() }
            json.name("incomplete_details")
            if case .incomplete(let reason) = status {
                json.object { json in
                    json.name("reason")
                    json.value("\(reason)")
                }
            } else {
                json.null()
            }
            if context.responsesEcho.readableBytes > 0 { json.raw(context.responsesEcho) }
            json.name("model")
            json.value(context.model)
            json.name("output")
            json.array(output)
            json.name("previous_response_id")
            json.null()
            json.name("store")
            json.value(false)
            if let tier {
                json.name("service_tier")
                json.value(tier)
            }
            json.name("usage")
            if let tokens { tokens.writeResponses(&json) } else { json.null() }
        }
    }

    /// The id of an item: the response's with the item's place.
    ///
    /// - Parameter prefix: `msg_`, `fc_` or `rs_`.
    func itemID(_ prefix: String, _ index: Int) -> JSONText {
        var itemID = JSONText(prefix)
        itemID.append(JSONText(String(id.string.dropFirst(ConversationDialect.openAIResponses.answerPrefix.count))))
        itemID.append(JSONText("_" + String(index)))
        return itemID
    }
}

/// Writes the items of a response's output, and their parts.
enum ResponseItems {
    /// A message with the parts that `content` writes.
    static func message(
        _ id: JSONText, _ status: StaticString, _ json: inout JSONWriter, content: (inout JSONWriter) -> Void
    ) {
        json.object { json in
            json.member("id", id)
            json.name("type")
            json.value("message")
            json.name("status")
            json.value("\(status)")
            json.name("role")
            json.value("assistant")
            json.name("content")
            json.array(content)
        }
    }

    /// A part of a message.
    ///
    /// - Parameter annotations: what it rests on, each an object.
    static func text(
        _ text: JSONText, isRefusal: Bool, annotations: [ByteBuffer] = [], _ json: inout JSONWriter
    ) {
        json.object { json in
            json.name("type")
            guard !isRefusal else {
                json.value("refusal")
                json.member("refusal", text)
                return
            }
            json.value("output_text")
            json.member("text", text)
            json.name("annotations")
            json.array { json in
                for annotation in annotations { json.raw(annotation) }
            }
            json.name("logprobs")
            json.array { _ in }
        }
    }

    /// Thoughts; without a text there is no summary.
    static func reasoning(_ id: JSONText, _ text: JSONText?, _ seal: SealedThoughts, _ json: inout JSONWriter) {
        json.object { json in
            json.member("id", id)
            json.name("type")
            json.value("reasoning")
            json.name("summary")
            json.array { json in
                if let text { summary(text, &json) }
            }
            if let content = seal.content { json.member("encrypted_content", content) }
        }
    }

    /// A part of thoughts.
    static func summary(_ text: JSONText, _ json: inout JSONWriter) {
        json.object { json in
            json.member("type", JSONText("summary_text"))
            json.member("text", text)
        }
    }

    /// A picture that was made.
    ///
    /// - Parameter data: base64; nil: it is not there yet.
    static func image(_ id: JSONText, _ status: StaticString, _ data: JSONText?, _ json: inout JSONWriter) {
        json.object { json in
            json.member("id", id)
            json.name("type")
            json.value("image_generation_call")
            json.name("status")
            json.value("\(status)")
            json.name("result")
            if let data { json.value(data) } else { json.null() }
        }
    }

    static func call(
        _ id: JSONText, _ callID: JSONText, _ name: JSONText, _ arguments: JSONText, _ status: StaticString,
        _ json: inout JSONWriter
    ) {
        json.object { json in
            json.member("id", id)
            json.name("type")
            json.value("function_call")
            json.name("status")
            json.value("\(status)")
            json.member("call_id", callID)
            json.member("name", name)
            json.member("arguments", arguments)
        }
    }
}

extension ProviderError {
    /// The `error` of a response that failed.
    fileprivate func writeFailure(_ json: inout JSONWriter) {
        json.object { json in
            json.name("code")
            json.value(kind == .rateLimited || kind == .billing ? "rate_limit_exceeded" : "server_error")
            json.member("message", message)
        }
    }
}
