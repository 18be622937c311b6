/// Every outcome that the data plane tells a caller or counts: the closed list of its stable codes.
///
/// Raw values are `error.code` in answers and the label in metrics.
package enum AnswerCode: String, CaseIterable, Sendable {
    /// The provider's answer was relayed.
    case ok
    /// The provider's error answer was relayed.
    case upstreamError = "upstream_error"
    /// The client left before its answer was whole.
    case clientGone = "client_gone"

    // In the order of precedence: where two apply, the earlier is told.
    case invalidAPIKey = "invalid_api_key"
    case keyExpired = "key_expired"
    case invalidSignature = "invalid_signature"
    case signatureExpired = "signature_expired"
    case requestTimeout = "request_timeout"
    case headersTooLarge = "headers_too_large"
    case requestTooLarge = "request_too_large"
    case invalidRequest = "invalid_request"
    case invalidJSON = "invalid_json"
    case tooDeep = "too_deep"
    case duplicateField = "duplicate_field"
    case missingField = "missing_field"
    case invalidField = "invalid_field"
    case invalidHeader = "invalid_header"
    case unsupportedEncoding = "unsupported_encoding"
    case notFound = "not_found"
    case methodNotAllowed = "method_not_allowed"
    case modelNotFound = "model_not_found"
    case routeNotPermitted = "route_not_permitted"
    case unservable
    case rateLimited = "rate_limited"
    case budgetExhausted = "budget_exhausted"
    case unpricedModel = "unpriced_model"
    case budgetHeld = "budget_held"
    case budgetThrottled = "budget_throttled"
    case ledgerUnavailable = "ledger_unavailable"
    case overloaded
    case shuttingDown = "shutting_down"
    case credentialUnavailable = "credential_unavailable"
    case upstreamUnreachable = "upstream_unreachable"
    case upstreamAuthFailed = "upstream_auth_failed"
    case upstreamRedirect = "upstream_redirect"
    case upstreamClosed = "upstream_closed"
    case upstreamMalformed = "upstream_malformed"
    case upstreamTimeout = "upstream_timeout"
    case upstreamCut = "upstream_cut"

    /// The HTTP status of an answer with this code; 200 for the outcomes that are no error of their own.
    package var status: Int {
        switch self {
        case .ok, .upstreamError, .clientGone: 200
        case .invalidAPIKey, .keyExpired: 401
        case .requestTimeout: 408
        case .headersTooLarge: 431
        case .requestTooLarge: 413
        case .invalidRequest, .invalidJSON, .tooDeep, .duplicateField, .missingField, .invalidField, .invalidHeader:
            400
        case .unsupportedEncoding: 415
        case .notFound, .modelNotFound: 404
        case .methodNotAllowed: 405
        case .routeNotPermitted, .invalidSignature, .signatureExpired: 403
        case .unservable: 422
        case .rateLimited, .budgetHeld, .budgetThrottled: 429
        case .budgetExhausted, .unpricedModel: 402
        case .ledgerUnavailable, .overloaded, .shuttingDown: 503
        case .credentialUnavailable, .upstreamUnreachable, .upstreamAuthFailed, .upstreamRedirect, .upstreamClosed,
            .upstreamMalformed, .upstreamCut:
            502
        case .upstreamTimeout: 504
        }
    }

    /// OpenAI's class of error.
    var errorType: String {
        switch status {
        case 402: "insufficient_quota"
        case 403: "permission_error"
        case 429: "rate_limit_error"
        case 500...: "server_error"
        default: "invalid_request_error"
        }
    }

    /// Anthropic's class of error.
    var anthropicErrorType: String {
        switch status {
        case 401: "authentication_error"
        case 402: "billing_error"
        case 403: "permission_error"
        case 404: "not_found_error"
        case 413: "request_too_large"
        case 429: "rate_limit_error"
        case 503: "overloaded_error"
        case 504: "timeout_error"
        case 500...: "api_error"
        default: "invalid_request_error"
        }
    }

    /// The canonical name that Google's APIs have for the class of error.
    /// https://google.aip.dev/193 and google.rpc.Code.
    var googleStatus: String {
        switch status {
        case 401: "UNAUTHENTICATED"
        case 402, 422: "FAILED_PRECONDITION"
        case 403: "PERMISSION_DENIED"
        case 404: "NOT_FOUND"
        case 405: "UNIMPLEMENTED"
        case 408, 504: "DEADLINE_EXCEEDED"
        case 429: "RESOURCE_EXHAUSTED"
        case 502, 503: "UNAVAILABLE"
        case 500...: "INTERNAL"
        default: "INVALID_ARGUMENT"
        }
    }

    /// The class of error that AWS's services would tell.
    var bedrockErrorType: String {
        switch self {
        case .invalidAPIKey: "UnrecognizedClientException"
        case .keyExpired: "ExpiredTokenException"
        case .invalidSignature, .signatureExpired: "InvalidSignatureException"
        case .notFound, .methodNotAllowed: "UnknownOperationException"
        case .modelNotFound: "ResourceNotFoundException"
        case .routeNotPermitted: "AccessDeniedException"
        case .rateLimited, .budgetHeld, .budgetThrottled: "ThrottlingException"
        case .budgetExhausted, .unpricedModel: "ServiceQuotaExceededException"
        case .ledgerUnavailable, .overloaded, .shuttingDown, .upstreamUnreachable: "ServiceUnavailableException"
        case .credentialUnavailable, .upstreamAuthFailed, .upstreamRedirect: "InternalServerException"
        case .upstreamTimeout: "ModelTimeoutException"
        case .upstreamClosed, .upstreamMalformed, .upstreamCut: "ModelErrorException"
        default: "ValidationException"
        }
    }

    /// The code's place in `allCases`, by which it is counted.
    var index: Int { Self.indexes[self] ?? 0 }

    private static let indexes = Dictionary(uniqueKeysWithValues: allCases.enumerated().map { ($1, $0) })
}
