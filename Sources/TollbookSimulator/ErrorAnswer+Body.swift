internal import NIOCore

extension ErrorAnswer {
    var contentType: StaticString {
        switch shape {
        case .html: "text/html"
        case .text, .empty: "text/plain; charset=utf-8"
        default: "application/json"
        }
    }

    /// The body; `requestID` is told where the provider tells it.
    func body(requestID: String) -> ByteBuffer {
        let text = text(requestID: requestID)
        return ByteBuffer(string: isInArray && shape == .gemini ? "[\(text)]" : text)
    }

    /// Header lines besides the usual ones: how long to wait, and the limits that were reached.
    var headerLines: String {
        var lines = ""
        if let retryAfterSeconds { lines += "retry-after: \(retryAfterSeconds)\r\n" }
        if status == 429, shape == .openai {
            let reset = "\(retryAfterSeconds ?? 1)s"
            lines += "retry-after-ms: \((retryAfterSeconds ?? 1) * 1000)\r\n"
            lines += "x-ratelimit-limit-requests: 500\r\nx-ratelimit-limit-tokens: 30000\r\n"
            lines += "x-ratelimit-remaining-requests: 499\r\nx-ratelimit-remaining-tokens: 0\r\n"
            lines += "x-ratelimit-reset-requests: 120ms\r\nx-ratelimit-reset-tokens: \(reset)\r\n"
        }
        if shape == .bedrock { lines += "x-amzn-errortype: \(bedrockType)\r\n" }
        if status == 529 { lines += "x-should-retry: true\r\n" }
        return lines
    }

    private func text(requestID: String) -> String {
        switch shape {
        case .openai:
            return #"{"error":{"message":\#(quoted(message)),"type":\#(quoted(type)),"#
                + #""param":\#(quoted(parameter)),"code":\#(quoted(code))}}"#
        case .anthropic:
            return #"{"type":"error","error":{"type":\#(quoted(anthropicType)),"message":\#(quoted(message))},"#
                + #""request_id":\#(quoted(requestID))}"#
        case .bedrock:
            return #"{"message":\#(quoted(message))}"#
        case .cohere:
            return #"{"id":\#(quoted(requestID)),"message":\#(quoted(message))}"#
        case .azure:
            return #"{"error":{"code":\#(quoted(code)),"message":\#(quoted(message))}}"#
        case .mistral:
            return #"{"object":"error","message":\#(quoted(message)),"type":\#(quoted(type)),"param":null,"#
                + #""code":\#(quoted(code)),"raw_status_code":\#(status)}"#
        case .gemini:
            let retry = retryAfterSeconds.map {
                #"{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"\#($0)s"}"#
            }
            return #"{"error":{"code":\#(status),"message":\#(quoted(message)),"status":\#(quoted(googleStatus)),"#
                + #""details":[\#(retry ?? "")]}}"#
        case .vllm:
            return #"{"error":\#(quoted(reason))}"#
        case .html:
            return "<html>\r\n<head><title>\(status) \(reason)</title></head>\r\n"
                + "<body>\r\n<center><h1>\(status) \(reason)</h1></center>\r\n<hr>\r\n</body>\r\n</html>\r\n"
        case .text:
            return message + "\n"
        case .empty:
            return ""
        }
    }

    private var reason: String { HTTPStatusReason.text(status) }

    private var anthropicType: String {
        switch status {
        case 400: "invalid_request_error"
        case 401: "authentication_error"
        case 402: "billing_error"
        case 403: "permission_error"
        case 404: "not_found_error"
        case 413: "request_too_large"
        case 429: "rate_limit_error"
        case 504: "timeout_error"
        case 529: "overloaded_error"
        case ..<500: "invalid_request_error"
        default: "api_error"
        }
    }

    private var googleStatus: String {
        switch status {
        case 401: "UNAUTHENTICATED"
        case 403: "PERMISSION_DENIED"
        case 404: "NOT_FOUND"
        case 429: "RESOURCE_EXHAUSTED"
        case 503: "UNAVAILABLE"
        case 504: "DEADLINE_EXCEEDED"
        case ..<500: "INVALID_ARGUMENT"
        default: "INTERNAL"
        }
    }

    private var bedrockType: String {
        switch status {
        case 401: "UnrecognizedClientException"
        case 403: "AccessDeniedException"
        case 404: "ResourceNotFoundException"
        case 408: "ModelTimeoutException"
        case 424: "ModelErrorException"
        case 429: "ThrottlingException"
        case 503: "ServiceUnavailableException"
        case ..<500: "ValidationException"
        default: "InternalServerException"
        }
    }

    private func quoted(_ text: String?) -> String {
        text.map { "\"" + JSONText.escaped($0) + "\"" } ?? "null"
    }
}
