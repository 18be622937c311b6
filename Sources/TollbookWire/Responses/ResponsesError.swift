/// An error inside the stream of an OpenAI response:
/// `{"type":"error","code":…,"message":…,"param":…,"sequence_number":…}`. As a whole answer it is an `OpenAIError`.
package struct ResponsesError: ErrorBody, Equatable, Sendable {
    package var message: String
    /// Tollbook's stable code.
    package var code: String
    /// The field of the request that is wrong, if one is.
    package var param: String?
    /// The event's place in the stream.
    package var sequenceNumber: Int64

    package init(message: String, code: String, param: String? = nil, sequenceNumber: Int64) {
        self.message = message
        self.code = code
        self.param = param
        self.sequenceNumber = sequenceNumber
    }

    /// An event named `error`.
    package static let eventPrefix = "event: error\ndata: "

    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.name("type")
            json.value("error")
            json.name("code")
            json.value(code)
            json.name("message")
            json.value(message)
            json.name("param")
            json.value(param)
            json.name("sequence_number")
            json.value(sequenceNumber)
        }
    }
}
