package import NIOCore

/// An error as OpenAI's API tells it: `{"error":{"message":…,"type":…,"param":…,"code":…}}`.
package struct OpenAIError: Equatable, Sendable {
    /// A named value beside the four, such as a budget figure.
    package enum Value: Equatable, Sendable {
        case string(String)
        case integer(Int64)
        case bool(Bool)
        case null
    }

    package var message: String
    /// The class of error, such as `invalid_request_error`.
    package var type: String
    /// The field of the request that is wrong, if one is.
    package var param: String?
    /// Tollbook's stable code.
    package var code: String?
    /// Further members of the error object, in order; names must differ from the four.
    package var details: [(name: String, value: Value)]

    package init(
        message: String, type: String, param: String? = nil, code: String? = nil,
        details: [(name: String, value: Value)] = []
    ) {
        self.message = message
        self.type = type
        self.param = param
        self.code = code
        self.details = details
    }

    package static func == (left: Self, right: Self) -> Bool { left.body() == right.body() }

    /// The body of an answer.
    package func body() -> ByteBuffer {
        ByteBuffer()
    }

    /// The same as an event for a stream that has begun: `data: {"error":…}` and a blank line.
    package func event() -> ByteBuffer {
        ByteBuffer()
    }
}
