package import NIOCore

extension ProviderError {
    /// The status at which the caller's SDK raises the class that this kind has at its own provider.
    package func status(in dialect: ConversationDialect) -> Int {
        if dialect == .bedrockConverse { return bedrock.status }
        return switch kind {
        case .invalidRequest: status.map { (400..<500).contains($0) ? $0 : 400 } ?? 400
        case .contextTooLong, .contentFiltered: 400
        case .authentication: 401
        case .billing: dialect == .anthropicMessages ? 402 : 429
        case .permission: 403
        case .notFound: 404
        case .conflict: 409
        case .tooLarge: 413
        case .unprocessable: 422
        case .rateLimited: 429
        case .overloaded: dialect == .anthropicMessages ? 529 : 503
        case .timeout: 504
        case .server: status.map { (500..<600).contains($0) ? $0 : 500 } ?? 500
        }
    }

    /// The header in which a dialect tells the provider's request id.
    package static func requestIDHeader(in dialect: ConversationDialect) -> String {
        switch dialect {
        case .openAIChat, .openAIResponses, .gemini, .cohereChat: "x-request-id"
        case .anthropicMessages: "request-id"
        case .bedrockConverse: "x-amzn-requestid"
        }
    }

    /// Header lines that tell the error beside its body: AWS's SDKs take its class from there.
    package func headers(in dialect: ConversationDialect) -> [(name: String, value: String)] {
        dialect == .bedrockConverse ? [(BedrockError.typeHeader, bedrock.type)] : []
    }

    /// The body of an answer in the caller's dialect.
    package func body(in dialect: ConversationDialect) -> ByteBuffer {
        var json = JSONWriter()
        write(&json, dialect)
        return json.buffer
    }

    /// The same for a stream that has begun.
    ///
    /// - Parameter sequenceNumber: the event's, in dialects that number them.
    package func event(in dialect: ConversationDialect, sequenceNumber: Int64 = 0) -> ByteBuffer {
        if dialect == .bedrockConverse { return BedrockError.event(bedrock.type, body(in: dialect)) }
        let start: StaticString = dialect == .openAIChat || dialect == .gemini ? "data: " : "event: error\ndata: "
        var json = JSONWriter(buffer: ByteBuffer(staticString: start))
        if dialect == .openAIResponses {
            writeResponses(&json, sequenceNumber)
        } else {
            write(&json, dialect)
        }
        var event = json.buffer
        event.writeStaticString("\n\n")
        return event
    }

    private func write(_ json: inout JSONWriter, _ dialect: ConversationDialect) {
        switch dialect {
        case .openAIChat, .openAIResponses: writeOpenAI(&json)
        case .anthropicMessages: writeAnthropic(&json)
        case .bedrockConverse, .cohereChat: json.object { $0.member("message", message) }
        case .gemini: writeGemini(&json)
        }
    }

    /// https://google.aip.dev/193
    private func writeGemini(_ json: inout JSONWriter) {
        json.object { json in
            json.name("error")
            json.object { json in
                json.name("code")
                json.value(Int64(status(in: .gemini)))
                json.member("message", message)
                json.name("status")
                json.value(googleStatus)
            }
        }
    }

    private var googleStatus: String {
        switch kind {
        case .invalidRequest, .contextTooLong, .contentFiltered, .tooLarge, .unprocessable: "INVALID_ARGUMENT"
        case .authentication: "UNAUTHENTICATED"
        case .permission: "PERMISSION_DENIED"
        case .notFound: "NOT_FOUND"
        case .conflict: "ABORTED"
        case .billing, .rateLimited: "RESOURCE_EXHAUSTED"
        case .overloaded: "UNAVAILABLE"
        case .timeout: "DEADLINE_EXCEEDED"
        case .server: "INTERNAL"
        }
    }

    /// AWS's class, and the status that comes with it.
    private var bedrock: (type: String, status: Int) {
        switch kind {
        case .invalidRequest, .contextTooLong, .contentFiltered, .conflict, .tooLarge, .unprocessable:
            ("ValidationException", 400)
        case .authentication: ("UnrecognizedClientException", 403)
        case .billing: ("ServiceQuotaExceededException", 400)
        case .permission: ("AccessDeniedException", 403)
        case .notFound: ("ResourceNotFoundException", 404)
        case .rateLimited: ("ThrottlingException", 429)
        case .overloaded: ("ServiceUnavailableException", 503)
        case .timeout: ("ModelTimeoutException", 408)
        case .server: ("InternalServerException", 500)
        }
    }

    private func writeOpenAI(_ json: inout JSONWriter) {
        let (type, code) = openAIWords
        json.object { json in
            json.name("error")
            json.object { json in
                json.member("message", message)
                json.name("type")
                json.value(type)
                json.name("param")
                if let parameter { json.value(parameter) } else { json.null() }
                json.name("code")
                if let code { json.value(code) } else { json.null() }
            }
        }
    }

    /// An event of a response's stream: the error's members stand beside its type.
    private func writeResponses(_ json: inout JSONWriter, _ sequenceNumber: Int64) {
        let (type, code) = openAIWords
        json.object { json in
            json.member("type", JSONText("error"))
            json.member("code", code ?? JSONText(type))
            json.member("message", message)
            json.name("param")
            if let parameter { json.value(parameter) } else { json.null() }
            json.name("sequence_number")
            json.value(sequenceNumber)
        }
    }

    /// OpenAI's `type` and `code`.
    private var openAIWords: (type: String, code: JSONText?) {
        switch kind {
        case .invalidRequest, .conflict, .tooLarge, .unprocessable: ("invalid_request_error", code)
        case .contextTooLong: ("invalid_request_error", JSONText("context_length_exceeded"))
        case .contentFiltered: ("invalid_request_error", JSONText("content_filter"))
        case .authentication: ("invalid_request_error", JSONText("invalid_api_key"))
        case .billing: ("insufficient_quota", JSONText("insufficient_quota"))
        case .permission: ("invalid_request_error", code)
        case .notFound: ("invalid_request_error", code ?? JSONText("model_not_found"))
        case .rateLimited: ("requests", JSONText("rate_limit_exceeded"))
        case .overloaded, .timeout, .server: ("server_error", code)
        }
    }

    private func writeAnthropic(_ json: inout JSONWriter) {
        json.object { json in
            json.name("type")
            json.value("error")
            json.name("error")
            json.object { json in
                json.name("type")
                json.value(anthropicType)
                json.member("message", message)
                // No members of the dialect, but nothing else carries them.
                if let code { json.member("code", code) }
                if let parameter { json.member("param", parameter) }
            }
            if let requestID { json.member("request_id", requestID) }
        }
    }

    private var anthropicType: String {
        switch kind {
        case .invalidRequest, .contextTooLong, .contentFiltered, .conflict, .tooLarge, .unprocessable:
            "invalid_request_error"
        case .authentication: "authentication_error"
        case .billing: "billing_error"
        case .permission: "permission_error"
        case .notFound: "not_found_error"
        case .rateLimited: "rate_limit_error"
        case .overloaded: "overloaded_error"
        case .timeout: "timeout_error"
        case .server: "api_error"
        }
    }
}
