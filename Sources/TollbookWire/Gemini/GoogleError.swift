/// An error as Google's APIs tell it: `{"error":{"code":…,"message":…,"status":…,"details":[…]}}`.
///
/// Tollbook's stable code is the `reason` of an `ErrorInfo` in capitals, and among its metadata as it is.
/// https://google.aip.dev/193
package struct GoogleError: ErrorBody, Equatable, Sendable {
    /// The HTTP status.
    package var code: Int
    package var message: String
    /// The canonical name of the error's kind, such as `INVALID_ARGUMENT`.
    package var status: String
    /// Tollbook's stable code.
    package var reason: String
    /// The field of the request that is wrong, if one is.
    package var param: String?
    /// Seconds after which the call may be tried again.
    package var retryAfterSeconds: Int?
    /// Further metadata, in order.
    package var details: [OpenAIError.Detail]
    /// nil: the call has no row.
    package var requestID: String?

    package init(
        code: Int, message: String, status: String, reason: String, param: String? = nil,
        retryAfterSeconds: Int? = nil, details: [OpenAIError.Detail] = [], requestID: String? = nil
    ) {
        self.code = code
        self.message = message
        self.status = status
        self.reason = reason
        self.param = param
        self.retryAfterSeconds = retryAfterSeconds
        self.details = details
        self.requestID = requestID
    }

    /// `data: {"error":…}`.
    package static let eventPrefix = "data: "

    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.name("error")
            json.object { json in
                json.name("code")
                json.value(Int64(code))
                json.name("message")
                json.value(message)
                json.name("status")
                json.value(status)
                json.name("details")
                json.array { json in writeDetails(to: &json) }
            }
        }
    }

    private func writeDetails(to json: inout JSONWriter) {
        json.object { json in
            write(type: "ErrorInfo", to: &json)
            json.name("reason")
            json.value(reason.uppercased())
            json.name("domain")
            json.value("tollbook")
            json.name("metadata")
            json.object { json in writeMetadata(to: &json) }
        }
        if let param {
            json.object { json in
                write(type: "BadRequest", to: &json)
                json.name("fieldViolations")
                json.array { json in
                    json.object { json in
                        json.name("field")
                        json.value(param)
                        json.name("description")
                        json.value(message)
                    }
                }
            }
        }
        if let retryAfterSeconds {
            json.object { json in
                write(type: "RetryInfo", to: &json)
                json.name("retryDelay")
                json.value("\(retryAfterSeconds)s")
            }
        }
        if let requestID {
            json.object { json in
                write(type: "RequestInfo", to: &json)
                json.name("requestId")
                json.value(requestID)
            }
        }
    }

    private func write(type: String, to json: inout JSONWriter) {
        json.name("@type")
        json.value("type.googleapis.com/google.rpc.\(type)")
    }

    /// A map of strings.
    private func writeMetadata(to json: inout JSONWriter) {
        json.name("code")
        json.value(reason)
        for detail in details {
            switch detail.value {
            case .string(let text): writeMetadata(detail.name, text, to: &json)
            case .integer(let number): writeMetadata(detail.name, String(number), to: &json)
            case .bool(let flag): writeMetadata(detail.name, flag ? "true" : "false", to: &json)
            case .null: break
            }
        }
    }

    private func writeMetadata(_ name: String, _ value: String, to json: inout JSONWriter) {
        json.name(name)
        json.value(value)
    }
}
