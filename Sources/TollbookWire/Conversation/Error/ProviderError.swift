package import NIOCore

/// A provider's error in no dialect.
///
/// `message` is the provider's own and may quote the request: it goes to the caller, never into a log.
package struct ProviderError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What went wrong, as SDKs tell it by their exception classes.
    package enum Kind: String, CaseIterable, Sendable {
        case invalidRequest = "invalid_request"
        /// The prompt and the answer do not fit the model's window.
        case contextTooLong = "context_too_long"
        /// A provider's filter refused the prompt.
        case contentFiltered = "content_filtered"
        case authentication
        /// The account has no credit left; no retry helps.
        case billing
        case permission
        case notFound = "not_found"
        case conflict
        case tooLarge = "too_large"
        case unprocessable
        case rateLimited = "rate_limited"
        case overloaded
        case timeout
        case server
    }

    package let kind: Kind
    /// The status as it came; nil for an error inside a stream.
    package let status: Int?
    package let message: JSONText
    /// The provider's own words for the class and the case.
    package let type: JSONText?
    package let code: JSONText?
    /// The field that the provider found wrong.
    package let parameter: JSONText?
    package let requestID: JSONText?
    /// Seconds after which the provider takes the request again, where the body tells it, as Google's does; rounded up.
    package let retryAfterSeconds: Int64?

    /// Reads an error's body; what cannot be read is told by its status alone.
    ///
    /// - Parameters:
    ///   - requestID: the provider's header of that name, where there is one.
    ///   - type: the error's class where a header tells it, as AWS's `x-amzn-errortype` does.
    package init(status: Int, body: ByteBuffer, requestID: String? = nil, type: String? = nil) {
        self.init(status: status, view: try? JSONView(body), requestID: requestID.map { JSONText($0) }, type: type)
    }

    /// Reads an error inside a stream: an object with `error`, or the error itself.
    init(event view: JSONView) {
        self.init(status: nil, view: view, requestID: nil)
    }

    /// Reads an exception inside an AWS stream, whose class stands in its headers.
    init(exception message: EventStreamMessage) {
        self.init(status: nil, view: try? JSONView(message.payload), requestID: nil, type: message.name)
    }

    private init(status: Int?, view: JSONView?, requestID: JSONText?, type told: String? = nil) {
        // One provider wraps errors in an array.
        let view = view?.kind == .array ? view?.elements.makeIterator().first() : view
        let inner = view?.value("error")
        let error = inner?.kind == .object ? inner : view
        let detail = ErrorDetail(error?.value("detail"))
        let text = inner?.text ?? error?.value("message")?.text ?? error?.value("Message")?.text ?? detail?.message
        let type = told.map { JSONText(Self.className($0)) } ?? error?.value("type")?.text
        // Google's canonical name says more than the status that it repeats as its code.
        let canonical = error?.value("status")?.text
        let number = error?.value("code")?.number.map { JSONText(escaped: $0) }
        let code = error?.value("code")?.text ?? canonical ?? number
        self.status = status
        self.type = type
        self.code = code
        parameter = error?.value("param")?.text ?? detail?.parameter
        retryAfterSeconds = error.flatMap { RetryInfo.seconds(of: $0) }
        self.requestID = requestID ?? view?.value("request_id")?.text
        // Inside a stream, some servers tell the status as the code.
        let inside =
            error?.value("status")?.count.flatMap { Int(exactly: $0) }
            ?? (code.flatMap { Int($0.string) } ?? number.flatMap { Int($0.string) })
        let status = status ?? inside.flatMap { (400..<600).contains($0) ? $0 : nil }
        kind = Self.kind(status, type?.string ?? "", code?.string ?? "", text)
        message = text.map(Self.cut) ?? JSONText(Self.plainMessage(kind))
    }

    /// The kind alone: the message quotes what was sent.
    package var description: String { "provider_error: \(kind.rawValue), status \(status.map(String.init) ?? "none")" }

    /// Whether the same request may succeed later; both SDK families decide so.
    package var isRetryable: Bool {
        switch kind {
        case .rateLimited, .overloaded, .timeout, .server, .conflict: true
        default: false
        }
    }

    // MARK: Kind

    private static let words: [String: Kind] = [
        "context_length_exceeded": .contextTooLong, "content_filter": .contentFiltered,
        "content_policy_violation": .contentFiltered, "insufficient_quota": .billing, "billing_error": .billing,
        "billing_hard_limit_reached": .billing, "overloaded_error": .overloaded, "server_is_overloaded": .overloaded,
        "service_unavailable_error": .overloaded, "timeout_error": .timeout, "rate_limit_error": .rateLimited,
        "rate_limit_exceeded": .rateLimited, "rate_limited": .rateLimited, "authentication_error": .authentication,
        "invalid_api_key": .authentication, "permission_error": .permission, "not_found_error": .notFound,
        "model_not_found": .notFound, "request_too_large": .tooLarge,
        // https://google.aip.dev/193
        "INVALID_ARGUMENT": .invalidRequest, "FAILED_PRECONDITION": .invalidRequest, "OUT_OF_RANGE": .invalidRequest,
        "UNAUTHENTICATED": .authentication, "PERMISSION_DENIED": .permission, "NOT_FOUND": .notFound,
        "ABORTED": .conflict, "ALREADY_EXISTS": .conflict, "RESOURCE_EXHAUSTED": .rateLimited,
        "UNAVAILABLE": .overloaded, "DEADLINE_EXCEEDED": .timeout, "INTERNAL": .server,
        // AWS's classes.
        "ThrottlingException": .rateLimited, "ServiceQuotaExceededException": .rateLimited,
        "ServiceUnavailableException": .overloaded, "ModelNotReadyException": .overloaded,
        "ModelTimeoutException": .timeout, "InternalServerException": .server, "ModelErrorException": .server,
        "ModelStreamErrorException": .server, "AccessDeniedException": .permission,
        "ResourceNotFoundException": .notFound,
    ]

    /// AWS's class of an error without what stands behind it (`ValidationException:http://…`), and with a capital as
    /// outside streams.
    private static func className(_ type: String) -> String {
        let name = type.prefix { $0 != ":" }
        return name.prefix(1).uppercased() + name.dropFirst()
    }

    /// What the provider's words say, else its status, else its general words.
    private static func kind(_ status: Int?, _ type: String, _ code: String, _ message: JSONText?) -> Kind {
        if status ?? 400 == 400, let message {
            let text = String(message.string.prefix(64))
            if text.hasPrefix("The input token count") { return .contextTooLong }
        }
        let told = words[code] ?? words[type]
        // Whatever the reason is, SDKs raise the same class for this status.
        if status == 403, told != .authentication { return .permission }
        if let told { return told }
        if status ?? 400 == 400, let message {
            let text = String(message.string.prefix(64))
            if text.hasPrefix("prompt is too long") || text.hasPrefix("Input is too long") { return .contextTooLong }
            if text.contains("credit balance is too low") { return .billing }
        }
        guard let status, status >= 400 else {
            return type == "invalid_request_error" || type == "ValidationException" ? .invalidRequest : .server
        }
        return kind(status)
    }

    private static func kind(_ status: Int) -> Kind {
        switch status {
        case 401: .authentication
        case 402: .billing
        case 403: .permission
        case 404: .notFound
        case 408, 504: .timeout
        case 409: .conflict
        case 413: .tooLarge
        case 422: .unprocessable
        case 429: .rateLimited
        case 503, 529: .overloaded
        case 500...: .server
        default: .invalidRequest
        }
    }

    private static func plainMessage(_ kind: Kind) -> String {
        "the provider answered with an error (\(kind.rawValue)) and no message that can be read"
    }

    private static func cut(_ text: JSONText) -> JSONText {
        guard text.escaped.readableBytes > WireLimits.errorMessageBytes else { return text }
        return JSONText(String(text.string.prefix(WireLimits.errorMessageBytes / 4)))
    }
}

extension JSONElements {
    fileprivate func first() -> JSONView? {
        var elements = self
        return elements.next()
    }
}
