internal import NIOCore
internal import TollbookCore
internal import TollbookLedger
internal import TollbookPolicy
internal import TollbookWire

/// An error answer of Tollbook's own, told in the caller's dialect.
struct GatewayError {
    let code: AnswerCode
    let message: String
    /// The field or header of the request that is wrong.
    var param: String?
    /// Further members of the error object.
    private var details: [OpenAIError.Detail] = []
    /// Seconds for `retry-after`.
    var retryAfterSeconds: Int?
    /// Whether an SDK may try the same call again by itself; false says so in a header that they read.
    var mayBeRetried = true
    /// For `allow`, with 405.
    var allow: String?

    init(_ code: AnswerCode, _ message: String, param: String? = nil, retryAfterSeconds: Int? = nil) {
        self.code = code
        self.message = message
        self.param = param
        self.retryAfterSeconds = retryAfterSeconds
    }

    var status: Int { code.status }

    private var openAIError: OpenAIError {
        OpenAIError(message: message, type: code.errorType, param: param, code: code.rawValue, details: details)
    }

    private func anthropicError(_ requestID: RequestID?) -> AnthropicError {
        AnthropicError(
            message: message, type: code.anthropicErrorType, code: code.rawValue, param: param, details: details,
            requestID: requestID?.text)
    }

    private func googleError(_ requestID: RequestID?) -> GoogleError {
        GoogleError(
            code: status, message: message, status: code.googleStatus, reason: code.rawValue, param: param,
            retryAfterSeconds: retryAfterSeconds, details: details, requestID: requestID?.text)
    }

    private var bedrockError: BedrockError {
        BedrockError(
            message: message, type: code.bedrockErrorType, code: code.rawValue, param: param, details: details)
    }

    /// The body of a plain answer.
    ///
    /// - Parameter requestID: of the call's row; nil: it has none.
    func body(in dialect: Dialect, requestID: RequestID?) -> ByteBuffer {
        switch dialect {
        case .anthropicMessages: return anthropicError(requestID).body()
        case .gemini: return googleError(requestID).body()
        case .bedrockConverse: return bedrockError.body()
        default:
            var error = openAIError
            error.repeatsMessage = dialect == .rerank
            return error.body()
        }
    }

    /// The in-band event for a stream that has begun; as `body(in:requestID:)`.
    ///
    /// - Parameter sequenceNumber: the event's, in dialects that number them.
    func event(in dialect: Dialect, requestID: RequestID?, sequenceNumber: Int64) -> ByteBuffer {
        switch dialect {
        case .anthropicMessages: anthropicError(requestID).event()
        case .gemini: googleError(requestID).event()
        case .bedrockConverse: bedrockError.event()
        case .openaiResponses:
            ResponsesError(message: message, code: code.rawValue, param: param, sequenceNumber: sequenceNumber).event()
        default: openAIError.event()
        }
    }

    /// The last line of a stream of JSON lines that has begun; as `body(in:requestID:)`.
    ///
    /// Ollama's clients take a text as `error`. Source: https://github.com/ollama/ollama/blob/main/docs/api.md
    func line() -> ByteBuffer {
        var json = JSONWriter()
        json.object { json in
            json.name("error")
            json.value(message)
            json.name("code")
            json.value(code.rawValue)
        }
        var line = json.buffer
        line.writeStaticString("\n")
        return line
    }

    /// Adds the header lines that tell the error beside its body; as `body(in:requestID:)`.
    func writeHeaderLines(in dialect: Dialect, requestID: RequestID?, to lines: inout ByteBuffer) {
        guard dialect.isBedrock else { return }
        lines.writeHeaderLine(BedrockError.typeHeader, code.bedrockErrorType)
        if let requestID { lines.writeHeaderLine("x-amzn-requestid", requestID.text) }
    }
}

extension GatewayError {
    static let unknownKey = GatewayError(
        .invalidAPIKey,
        "No valid Tollbook key was given. Send it as 'Authorization: Bearer tb-…', 'x-api-key: tb-…' or "
            + "'x-goog-api-key: tb-…'.")
    static let invalidSignature = GatewayError(
        .invalidSignature,
        "The request's signature does not fit it. Sign for the service 'bedrock' with the Tollbook key both as access "
            + "key id and as secret access key, and let nothing change host, path, query or body on the way.")
    static let signatureExpired = GatewayError(
        .signatureExpired, "The request was signed more than 5 minutes before or after the gateway's time.")
    static let ledgerUnavailable = GatewayError(
        .ledgerUnavailable, "The ledger cannot record calls now, so none is made. Try again shortly.",
        retryAfterSeconds: 2)
    static let overloaded = GatewayError(
        .overloaded, "Too many calls are in flight. Try again shortly.", retryAfterSeconds: 1)
    /// A call that gets no place among the calls in flight.
    static func overloaded(_ shed: AdmissionShed) -> GatewayError {
        GatewayError(
            .overloaded,
            "Too many calls are in flight, and this one could not wait longer for its project's turn. "
                + "Try again shortly.", retryAfterSeconds: 1
        ).with("reason", .string(shed.rawValue))
    }

    static let shuttingDown = GatewayError(
        .shuttingDown, "The gateway is being stopped.", retryAfterSeconds: 2)

    static let requestTimeout = GatewayError(.requestTimeout, "The request did not arrive in time.")

    static let noChoices = GatewayError(.invalidField, "The field n must be 1 or more.", param: "n")

    static let storedResponse = GatewayError(
        .notFound,
        "Responses that the provider keeps are not read, deleted or cancelled through the gateway, which does not know "
            + "whose they are. Below /v1/responses there is /v1/responses/input_tokens only.")
    static let backgroundResponse = GatewayError(
        .unservable,
        "Background responses are not served: their usage is told when the call is over, so it could not be charged. "
            + "Leave background out, and stream the response if it takes long.", param: "background")
    static let anotherModel = GatewayError(
        .invalidField, "The body names another model than the path.", param: "model")

    static func requestTooLarge(limit: Int) -> GatewayError {
        GatewayError(.requestTooLarge, "The body is larger than \(limit) bytes.")
    }

    /// A form that had to be held whole, and is too large for that.
    static func fieldsBehindFiles(limit: Int) -> GatewayError {
        GatewayError(
            .requestTooLarge,
            "A form larger than \(limit) bytes must have the field model, and to edit images also n, before its files: "
                + "within its first \(GatewayLimits.uploadPrefixBytes) bytes.")
    }

    static func unknownRoute(_ name: String) -> GatewayError {
        guard !name.hasPrefix(RouteRecord.passThroughPrefix) else {
            return GatewayError(.notFound, "There is no route '\(name)', or you do not have access to it.")
        }
        return GatewayError(
            .modelNotFound, "The model '\(name)' does not exist or you do not have access to it.", param: "model")
    }

    /// A body that is not a usable request.
    static func unreadable(_ error: WireError) -> GatewayError {
        let code: AnswerCode =
            switch error.code {
            case .tooDeep: .tooDeep
            case .duplicateField: .duplicateField
            case .missingField: .missingField
            case .invalidField: .invalidField
            case .malformedForm, .formTooLarge: .invalidRequest
            default: .invalidJSON
            }
        return GatewayError(code, error.message, param: error.field)
    }

    /// A refusal by the planner.
    ///
    /// - Parameter field: what stands in the way of a translation, if that is the reason.
    static func denied(_ denial: Denial, _ field: TranslationRefusal? = nil) -> GatewayError {
        switch denial.reason {
        case .untranslatableField:
            GatewayError(.unservable, field.map(\.advice) ?? denial.message, param: field?.field)
                .with("reason", .string(denial.reason.name))
        case .keyExpired: GatewayError(.keyExpired, denial.message)
        case .routeNotPermitted: GatewayError(.routeNotPermitted, denial.message, param: "model")
        default:
            GatewayError(.unservable, denial.message, param: "model")
                .with("reason", .string(denial.reason.name))
        }
    }

    /// A refusal by a budget, with the figures that it rests on.
    static func refused(_ refusal: BudgetRefusal, route: String) -> GatewayError {
        switch refusal.reason {
        case .unpricedModel:
            GatewayError(
                .unpricedModel,
                "'\(route)' has no price, and budget '\(refusal.budgetName)' of \(refusal.scope) counts money. "
                    + "Add a price, or ask for another model.", param: "model"
            ).with(figuresOf: refusal)
        case .budgetHeld:
            GatewayError(
                .budgetHeld,
                "Calls in flight hold what is left of budget '\(refusal.budgetName)' of \(refusal.scope). "
                    + "Try again when they are done.", retryAfterSeconds: refusal.retryAfterSeconds.map { Int($0) }
            ).with(figuresOf: refusal)
        case .budgetThrottled:
            GatewayError(
                .budgetThrottled,
                "Budget '\(refusal.budgetName)' of \(refusal.scope) has no room, and the slower rate that it lets "
                    + "through is used up.", retryAfterSeconds: refusal.retryAfterSeconds.map { Int($0) }
            ).with(figuresOf: refusal)
        default:
            GatewayError(
                .budgetExhausted, "Budget '\(refusal.budgetName)' of \(refusal.scope) has no room for this call."
            ).with(figuresOf: refusal)
        }
    }

    /// A refusal by a rate limit, with the figures that it rests on.
    static func limited(_ refusal: RateRefusal) -> GatewayError {
        var error = GatewayError(
            .rateLimited, limitMessage(refusal), retryAfterSeconds: refusal.retryAfterSeconds.map { Int($0) })
        error.mayBeRetried = refusal.retryAfterSeconds != nil
        return error.with("scope", .string(refusal.scope)).with("rate_limit", .string(refusal.limitName))
            .with("counts", .string(refusal.kind?.count.rawValue ?? RateRefusal.concurrent))
            .with("per", refusal.kind.map { .string($0.span.name) } ?? .null).with("limit", .integer(refusal.limit))
            .with("used", .integer(refusal.used)).with("asked", .integer(refusal.asked))
    }

    private static func limitMessage(_ refusal: RateRefusal) -> String {
        let name = "Rate limit '\(refusal.limitName)' of \(refusal.scope)"
        let span =
            refusal.kind.map { kind in
                kind.count.rawValue.replacing("_", with: " ") + (kind.span == .hour ? " an " : " a ") + kind.span.name
            } ?? "calls at a time"
        guard let seconds = refusal.retryAfterSeconds else {
            return "\(name) lets \(refusal.limit) \(span) pass, and this call alone asks for \(refusal.asked)."
        }
        return "\(name) is used up: \(refusal.used) of \(refusal.limit) \(span), and this call asks for "
            + "\(refusal.asked). Try again in \(seconds) s."
    }

    private func with(_ name: String, _ value: OpenAIError.Detail.Value) -> GatewayError {
        var error = self
        error.details.append(.init(name, value))
        return error
    }

    private func with(figuresOf refusal: BudgetRefusal) -> GatewayError {
        var error = with("scope", .string(refusal.scope)).with("budget", .string(refusal.budgetName))
        if let figures = refusal.figures {
            func amount(_ amount: Int64) -> OpenAIError.Detail.Value {
                .string(refusal.unit == .money ? NanoAmount(nano: amount).decimalText : String(amount))
            }
            error = error.with("limit", amount(figures.limit)).with("spent", amount(figures.spent))
                .with("held", amount(figures.held)).with("asked", amount(figures.asked))
        }
        let currency: OpenAIError.Detail.Value = refusal.unit == .money ? .string(refusal.currency) : .null
        return error.with("unit", .string(refusal.unit.name)).with("currency", currency)
            .with("period_end", refusal.periodEndMicros.map { .string(UTCTime(micros: $0).iso8601) } ?? .null)
            .with("contact", refusal.contact.map { .string($0) } ?? .null)
    }
}

extension GatewayError {
    /// What is told when the provider's side fails. Holds nothing of what the provider sent.
    static func upstream(_ code: AnswerCode) -> GatewayError {
        GatewayError(code, upstreamMessage(code))
    }

    /// What is told when no connection could be made.
    static func upstream(failedWith errorClass: ErrorClass) -> GatewayError {
        switch errorClass {
        case .connectTimeout: upstream(.upstreamTimeout)
        case .credentialUnavailable: upstream(.credentialUnavailable)
        default: upstream(.upstreamUnreachable)
        }
    }

    private static func upstreamMessage(_ code: AnswerCode) -> String {
        switch code {
        case .credentialUnavailable: "The provider's credential cannot be read by the gateway."
        case .upstreamAuthFailed: "The provider refused the gateway's credential."
        case .upstreamRedirect: "The provider answered with a redirect, which is not followed."
        case .upstreamClosed: "The provider closed the connection before its answer was whole."
        case .upstreamMalformed: "The provider's answer is not well formed."
        case .upstreamTimeout: "The provider did not answer in time."
        case .upstreamCut: "The provider's stream broke off before its end."
        default: "The provider cannot be reached."
        }
    }
}

extension TranslationRefusal {
    /// What stands in the way, and what to do about it.
    fileprivate var advice: String {
        let sentence = message.prefix(1).uppercased() + message.dropFirst()
        return hint.isEmpty ? sentence + "." : "\(sentence). \(hint)"
    }
}
