/// An error inside a stream of Cohere's chat, where the last event tells it:
/// `{"type":"message-end","delta":{"error":…,"finish_reason":"ERROR"},"code":…}`. As a whole answer it is an
/// `OpenAIError` that repeats its message.
package struct CohereStreamError: ErrorBody, Equatable, Sendable {
    package var message: String
    /// Tollbook's stable code; no member of the dialect.
    package var code: String

    package init(message: String, code: String) {
        self.message = message
        self.code = code
    }

    package static let eventPrefix = "event: message-end\ndata: "

    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.name("type")
            json.value("message-end")
            json.name("delta")
            json.object { json in
                json.name("error")
                json.value(message)
                json.name("finish_reason")
                json.value("ERROR")
            }
            json.name("code")
            json.value(code)
        }
    }
}
