package import NIOCore
internal import TollbookCore

/// An error as OpenAI's API tells it: `{"error":{"message":…,"type":…,"param":…,"code":…}}`.
package struct OpenAIError: ErrorBody, Equatable, Sendable {
    /// A named value beside the four, such as a budget figure.
    package struct Detail: Equatable, Sendable {
        /// What a detail may hold.
        package enum Value: Equatable, Sendable {
            case string(String)
            case integer(Int64)
            case bool(Bool)
            case null
        }

        /// Differs from the names of the four.
        package let name: String
        package let value: Value

        package init(_ name: String, _ value: Value) {
            self.name = name
            self.value = value
        }
    }

    package var message: String
    /// The class of error, such as `invalid_request_error`.
    package var type: String
    /// The field of the request that is wrong, if one is.
    package var param: String?
    /// Tollbook's stable code.
    package var code: String?
    /// Further members of the error object, in order.
    package var details: [Detail]
    /// Whether the message stands beside the error object as well, where Cohere's clients look for it.
    package var repeatsMessage = false

    package init(
        message: String, type: String, param: String? = nil, code: String? = nil, details: [Detail] = []
    ) {
        self.message = message
        self.type = type
        self.param = param
        self.code = code
        self.details = details
    }

    /// The error that tells what is wrong with a request's body.
    package init(_ error: WireError) {
        self.init(
            message: error.message, type: "invalid_request_error", param: error.field, code: error.code.rawValue)
    }

    /// `data: {"error":…}`.
    package static let eventPrefix = "data: "

    package func write(to json: inout JSONWriter) {
        json.object { json in
            if repeatsMessage {
                json.name("message")
                json.value(message)
            }
            json.name("error")
            json.object { json in
                json.name("message")
                json.value(message)
                json.name("type")
                json.value(type)
                json.name("param")
                json.value(param)
                json.name("code")
                json.value(code)
                for detail in details { detail.write(to: &json) }
            }
        }
    }
}

extension OpenAIError.Detail {
    func write(to json: inout JSONWriter) {
        json.name(name)
        switch value {
        case .string(let text): json.value(text)
        case .integer(let number): json.value(number)
        case .bool(let flag): json.value(flag)
        case .null: json.null()
        }
    }
}
