package import TollbookCore

/// The codes that the control plane itself gives; the parts behind it bring their own.
extension TollbookError.Code {
    /// A secret file cannot be read, or holds no secret.
    package static let secretFileUnusable = Self(rawValue: "secret_file_unusable")
    /// 401: no owner token, or a wrong one.
    package static let unauthorized = Self(rawValue: "unauthorized")
    /// 429: too many wrong tokens within a minute.
    package static let tooManyRefusals = Self(rawValue: "too_many_refusals")
    /// 400: the body is not the JSON that the route takes, or a query item is malformed.
    package static let invalidRequest = Self(rawValue: "invalid_request")
    /// 422: a governance document has mistakes; nothing of it was applied.
    package static let governanceInvalid = Self(rawValue: "governance_invalid")
    /// 413: the body is larger than the route takes.
    package static let bodyTooLarge = Self(rawValue: "body_too_large")
    /// 404: no such path, or no such object.
    package static let notFound = Self(rawValue: "not_found")
    /// 503: every reader is busy and the queue is full.
    package static let readersBusy = Self(rawValue: "readers_busy")
    /// 429: too many exports wait for their download.
    package static let tooManyExports = Self(rawValue: "too_many_exports")
    /// 429: too many connections follow the events.
    package static let tooManyFollowers = Self(rawValue: "too_many_followers")
    /// 503: the gateway is going down.
    package static let shuttingDown = Self(rawValue: "shutting_down")
    /// 500: a fault of Tollbook; the log says more.
    package static let internalError = Self(rawValue: "internal_error")
    /// The control plane's port cannot be bound.
    package static let cannotListen = Self(rawValue: "cannot_listen")
    /// A client cannot reach the control plane.
    package static let serverUnreachable = Self(rawValue: "server_unreachable")
    /// A client got an answer that is not the control plane's.
    package static let unexpectedAnswer = Self(rawValue: "unexpected_answer")
    /// An address is not an http or https URL.
    package static let invalidURL = Self(rawValue: "invalid_url")
    /// A client has no owner token to send.
    package static let noToken = Self(rawValue: "no_token")
}
