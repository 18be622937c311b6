/// The query of a Gemini call. Google takes system parameters there that would hide the usage (`fields`), wrap or
/// recode the answer (`callback`, `alt`), bill another project or bring another credential: only what does none of this
/// goes on.
///
/// https://cloud.google.com/apis/docs/system-parameters
enum GeminiQuery {
    /// Asks for server-sent events.
    static let events = "alt=sse"

    /// Whether a stream is to come as server-sent events.
    static func asksForEvents(_ query: String?) -> Bool {
        guard let query else { return false }
        return query.split(separator: "&").contains { pair in
            (parameter(pair).name == "alt" || parameter(pair).name == "$alt") && parameter(pair).value.hasPrefix("sse")
        }
    }

    /// What is wrong with a query, the key already removed; nil: it goes upstream.
    static func error(in query: String) -> GatewayError? {
        for pair in query.split(separator: "&") {
            let (name, value) = parameter(pair)
            switch name {
            case "alt" where value == "json" || value == "sse": break
            case "$alt" where isEncodedJSON(value): break
            case "prettyPrint", "$prettyPrint", "quotaUser": break
            case "alt", "$alt":
                return GatewayError(.invalidField, "Answers come as alt=json or alt=sse only.", param: "alt")
            default:
                return GatewayError(.invalidField, "A parameter of the query is not passed on.", param: known(name))
            }
        }
        return nil
    }

    private static func parameter(_ pair: Substring) -> (name: String, value: String) {
        let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let value = parts.count > 1 ? PercentText.decode(parts[1]) : ""
        return (PercentText.decode(parts[0]) ?? "", value ?? "")
    }

    private static func isEncodedJSON(_ value: String) -> Bool {
        ["json", "sse", "json;enum-encoding=int", "sse;enum-encoding=int"].contains(value)
    }

    /// A name that is told again; others may be secrets that lost their way.
    private static func known(_ name: String) -> String? {
        ["fields", "$fields", "callback", "$callback", "access_token", "oauth_token", "$userProject", "userProject"]
            .first { $0 == name }
    }
}

extension PercentText {
    fileprivate static func decode(_ text: Substring?) -> String? { text.flatMap { decode($0) } }
}
