/// Which of a provider's answer headers come back to the caller.
enum AnswerHeaderRules {
    /// Whether a header stops at Tollbook: hop-by-hop (RFC 9110, section 7.6.1), framing that Tollbook does
    /// itself, cookies, what binds the client to the provider's own host, and Tollbook's own names.
    static func stops(_ name: String) -> Bool {
        switch name.utf8.count {
        case 2: HeaderName.equals(name, "te")
        case 7:
            HeaderName.equals(name, "alt-svc") || HeaderName.equals(name, "trailer")
                || HeaderName.equals(name, "upgrade")
        case 10: HeaderName.equals(name, "keep-alive") || HeaderName.equals(name, "set-cookie")
        case 17: HeaderName.equals(name, "transfer-encoding")
        case 25: HeaderName.equals(name, "strict-transport-security")
        default: HeaderName.begins(name, "x-tollbook-") || HeaderName.begins(name, "proxy-")
        }
    }
}
