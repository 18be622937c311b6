package import NIOCore

/// An error as AWS's services tell it: `{"message":…}`, its class in a header of its own.
///
/// Tollbook's code and figures are in a member of their own, because SDKs take a member `code` for the class.
package struct BedrockError: Equatable, Sendable {
    package var message: String
    /// The class of error, such as `ValidationException`.
    package var type: String
    /// Tollbook's stable code.
    package var code: String
    /// The field of the request that is wrong, if one is.
    package var param: String?
    /// Further members beside the code, in order.
    package var details: [OpenAIError.Detail]

    package init(
        message: String, type: String, code: String, param: String? = nil, details: [OpenAIError.Detail] = []
    ) {
        self.message = message
        self.type = type
        self.code = code
        self.param = param
        self.details = details
    }

    /// The header that carries the class.
    package static let typeHeader = "x-amzn-errortype"

    /// The body of an answer.
    package func body() -> ByteBuffer {
        var json = JSONWriter()
        json.object { json in
            json.name("message")
            json.value(message)
            json.name("tollbook")
            json.object { json in
                json.name("code")
                json.value(code)
                if let param {
                    json.name("param")
                    json.value(param)
                }
                for detail in details { detail.write(to: &json) }
            }
        }
        return json.buffer
    }

    /// The same as a message of a stream that has begun.
    package func event() -> ByteBuffer { Self.event(type, body()) }

    /// A message that tells an error of a class.
    static func event(_ type: String, _ body: ByteBuffer) -> ByteBuffer {
        EventStreamWriter.message(
            [
                EventStreamHeader(":exception-type", .string(streamType(type))),
                EventStreamHeader(":content-type", .string("application/json")),
                EventStreamHeader(":message-type", .string("exception")),
            ], payload: body)
    }

    /// The exception that a stream has for the class: a closed list in the service's model, in lower camel case.
    private static func streamType(_ type: String) -> String {
        switch type {
        case "ValidationException": "validationException"
        case "ThrottlingException": "throttlingException"
        case "ServiceUnavailableException": "serviceUnavailableException"
        case "InternalServerException": "internalServerException"
        default: "modelStreamErrorException"
        }
    }
}
