/// Which of a provider's answer headers come back to the caller.
enum AnswerHeaderRules {
    /// Whether a header stops at Tollbook: hop-by-hop (RFC 9110, section 7.6.1), framing that Tollbook does
    /// itself, cookies, what binds the client to the provider's own host, and Tollbook's own names.
    static func stops(_ name: HeadText) -> Bool {
        switch name.count {
        case 2: name.equals("te")
        case 7:
            name.equals("alt-svc") || name.equals("trailer")
                || name.equals("upgrade")
        case 10: name.equals("keep-alive") || name.equals("set-cookie")
        case 17: name.equals("transfer-encoding")
        case 25: name.equals("strict-transport-security")
        default: name.begins("x-tollbook-") || name.begins("proxy-")
        }
    }
}
