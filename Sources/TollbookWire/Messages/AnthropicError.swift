package import NIOCore

/// An error as Anthropic's API tells it: `{"type":"error","error":{"type":…,"message":…},"request_id":…}`.
package struct AnthropicError: ErrorBody, Equatable, Sendable {
    package var message: String
    /// The class of error, such as `invalid_request_error`.
    package var type: String
    /// Tollbook's stable code.
    package var code: String
    /// The field of the request that is wrong, if one is.
    package var param: String?
    /// Further members of the error object, in order.
    package var details: [OpenAIError.Detail]
    /// nil: the call has no row.
    package var requestID: String?

    package init(
        message: String, type: String, code: String, param: String? = nil, details: [OpenAIError.Detail] = [],
        requestID: String? = nil
    ) {
        self.message = message
        self.type = type
        self.code = code
        self.param = param
        self.details = details
        self.requestID = requestID
    }

    /// An event named `error`.
    package static let eventPrefix = "event: error\ndata: "

    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.name("type")
            json.value("error")
            json.name("error")
            json.object { json in
                json.name("type")
                json.value(type)
                json.name("message")
                json.value(message)
                json.name("code")
                json.value(code)
                if let param {
                    json.name("param")
                    json.value(param)
                }
                for detail in details { detail.write(to: &json) }
            }
            json.name("request_id")
            json.value(requestID)
        }
    }
}
