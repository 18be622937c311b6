/// Every outcome that the data plane tells a caller or counts: the closed list of its stable codes.
///
/// Names are `error.code` in answers and the label in metrics.
package enum AnswerCode: Int, CaseIterable, Sendable {
    /// The provider's answer was relayed.
    case ok
    /// The provider's error answer was relayed.
    case upstreamError
    /// The client left before its answer was whole.
    case clientGone

    // In the order of precedence: where two apply, the earlier is told.
    case invalidApiKey
    case keyExpired
    case requestTimeout
    case headersTooLarge
    case requestTooLarge
    case invalidRequest
    case invalidJson
    case tooDeep
    case duplicateField
    case missingField
    case invalidField
    case invalidHeader
    case unsupportedEncoding
    case notFound
    case methodNotAllowed
    case modelNotFound
    case routeNotPermitted
    case unservable
    case rateLimited
    case budgetExhausted
    case unpricedModel
    case budgetHeld
    case ledgerUnavailable
    case overloaded
    case shuttingDown
    case credentialUnavailable
    case upstreamUnreachable
    case upstreamAuthFailed
    case upstreamRedirect
    case upstreamClosed
    case upstreamMalformed
    case upstreamTimeout
    case upstreamCut

    /// The HTTP status of an answer with this code; 200 for the outcomes that are no error of their own.
    package var status: Int {
        switch self {
        case .ok, .upstreamError, .clientGone: 200
        case .invalidApiKey, .keyExpired: 401
        case .requestTimeout: 408
        case .headersTooLarge: 431
        case .requestTooLarge: 413
        case .invalidRequest, .invalidJson, .tooDeep, .duplicateField, .missingField, .invalidField, .invalidHeader:
            400
        case .unsupportedEncoding: 415
        case .notFound, .modelNotFound: 404
        case .methodNotAllowed: 405
        case .routeNotPermitted: 403
        case .unservable: 422
        case .rateLimited, .budgetHeld: 429
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

    /// The stable code: the case's name in snake case.
    package var name: String { Self.names[rawValue] }

    private static let names = allCases.map { code in
        var name = ""
        for character in String(describing: code) {
            if character.isUppercase { name += "_" }
            name += character.lowercased()
        }
        return name
    }
}
