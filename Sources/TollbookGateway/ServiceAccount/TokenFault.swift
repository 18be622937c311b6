/// Why a service account has no new token. Never holds anything of the key or of a token.
package enum TokenFault: Error, Equatable, Sendable, CustomStringConvertible {
    case keyUnreadable
    /// What is wrong with the file; without a full stop.
    case keyUnusable(String)
    case unreachable
    case tlsFailed
    case timedOut
    case proxy(String)
    /// The token endpoint's answer is none of its protocol.
    case malformed
    /// The token endpoint refuses; with OAuth's code, if it is one of those known.
    case refused(status: Int, code: String?)
    /// The gateway goes down.
    case stopped

    /// What is wrong; without a full stop.
    package var description: String {
        switch self {
        case .keyUnreadable: "the key's file cannot be read"
        case .keyUnusable(let reason): "the key's file cannot be used: \(reason)"
        case .unreachable: "no connection to the token endpoint"
        case .tlsFailed: "the token endpoint's certificate is not trusted, or its TLS fails"
        case .timedOut: "the token endpoint did not answer in time"
        case .proxy(let reason): reason
        case .malformed: "the token endpoint's answer is not what it should be"
        case .refused(let status, let code?): "the token endpoint refused the key (status \(status), \(code))"
        case .refused(let status, nil): "the token endpoint refused (status \(status))"
        case .stopped: "the gateway goes down"
        }
    }
}
