internal import NIOCore

/// Tells answers of Cohere's chat that failed although their status is one of success.
enum CohereFailure {
    /// - Parameter view: a plain answer, or the `delta` of `message-end`.
    /// - Returns: nil if the answer came to its end.
    static func error(_ view: JSONView) -> ProviderError? {
        // A whole error in place of an answer: {"id":…,"message":"…"}.
        if view.value("message")?.text != nil { return ProviderError(event: view) }
        let said = view.value("error")
        guard let reason = view.value("finish_reason")?.text else {
            return said.flatMap { $0.kind == .null ? nil : ProviderError(event: view) }
        }
        let name = reason.string
        guard isFailure(name) else { return nil }
        return ProviderError(
            cohere: name == "TIMEOUT" ? .timeout : .server, reason: reason,
            message: said?.text ?? JSONText("the provider gave the answer up: finish_reason \(name)"))
    }

    /// `ERROR`, one of its kind such as `ERROR_LIMIT`, or `TIMEOUT`: https://docs.cohere.com/reference/chat
    static func isFailure(_ reason: some StringProtocol) -> Bool { reason.hasPrefix("ERROR") || reason == "TIMEOUT" }
}
